/** Certificates and the age of secrets need a clock that is right: a time server is asked once there is a network. */
import SNTP from "sntp";
import Time from "time";
import { preference, print } from "./process";

export class TimeServer {
	#asked = false;

	/** Safe to repeat: it asks until it was answered once. */
	ask(): void {
		const host = preference("sntp");
		if (this.#asked || host === undefined) return;
		this.#asked = true;
		new SNTP({ host }, (message, value) => {
			if (message === SNTP.time && value !== undefined) Time.set(value);
			else if (message === SNTP.error) {
				this.#asked = false;
				print(`the time server ${host} does not answer`);
			}
		});
	}
}
