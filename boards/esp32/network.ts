/** Keeps the device on its Wi-Fi by the SDK's driver. ./wire is this of a board with Ethernet. */

import WiFi from "embedded:network/interface/wifi";
import { Joining } from "board/joining";
import { preference, print, wifiFault } from "./process";
import { TimeServer } from "./time-server";

export class Network {
	readonly #wifi: WiFi;
	readonly #timeServer = new TimeServer();
	readonly #joining: Joining | undefined;

	/**
	 * Without a network's name the radio runs all the same: its noise is what the chip's random numbers are made of.
	 * @param onFault what is in the way, in a sentence for the screen; undefined: nothing any more
	 */
	constructor(onFault: (text: string | undefined) => void) {
		const SSID = preference("wifiName");
		const changed = (): void => this.#joining?.changed(this.#wifi.connection);
		this.#wifi = new WiFi({
			onChanged() {
				changed();
			},
		});
		if (SSID === undefined) {
			onFault("This phone was told of no Wi-Fi network.");
			return;
		}
		const password = preference("password");
		this.#joining = new Joining({
			name: `Wi-Fi ${SSID}`,
			join: () => this.#wifi.connect({ SSID, ...(password !== undefined && { password }) }),
			fault: wifiFault,
			onJoined: () => {
				print(`Wi-Fi ${SSID}: ${this.#wifi.address ?? "no address"}`);
				this.#timeServer.ask();
			},
			onNotice: onFault,
		});
		this.#joining.start();
	}

	/** The network stays; it is not joined again. Safe to repeat. */
	close(): void {
		this.#joining?.close();
	}
}
