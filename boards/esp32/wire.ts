/**
 * `board/network` of a board with Ethernet, by the SDK's driver, which follows the cable by itself. The SDK's setup module
 * for Ethernet is left out on purpose: it would start nothing before a cable is in.
 */
import Ethernet from "embedded:network/interface/ethernet";
import { print } from "./process";
import { TimeServer } from "./time-server";

/** Values of `connection` (ECMA-419, network interface): addressed from here on. */
const ADDRESSED = 500;
const DISCONNECTED = 200;

export class Network {
	readonly #ethernet: Ethernet;
	readonly #onFault: (text: string | undefined) => void;
	readonly #timeServer = new TimeServer();

	/** @param onFault what is in the way, in a sentence for the screen; undefined: nothing any more */
	constructor(onFault: (text: string | undefined) => void) {
		this.#onFault = onFault;
		const changed = (): void => this.#changed();
		this.#ethernet = new Ethernet({
			onChanged() {
				changed();
			},
		});
	}

	#changed(): void {
		const { connection } = this.#ethernet;
		if (connection >= ADDRESSED) {
			print(`Ethernet: ${this.#ethernet.address ?? "no address"}`);
			this.#onFault(undefined);
			this.#timeServer.ask();
		} else if (connection <= DISCONNECTED) this.#onFault("There is no network cable in this phone.");
	}

	/** The driver goes on following the cable. */
	close(): void {}
}
