/**
 * Keeps the device on its Wi-Fi by the SDK's driver: joined again whenever it is lost. Who opens sockets does not wait for
 * it: no route is an answer like another, and provisioning and registration try again. ./wire is this of a board with
 * Ethernet.
 */
import WiFi from "embedded:network/interface/wifi";
import Timer from "timer";
import { preference, print } from "./process";
import { TimeServer } from "./time-server";

const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 60_000;
/** Values of `connection` (ECMA-419, network interface): joined from here on, addressed from here on. */
const ADDRESSED = 500;
const DISCONNECTED = 200;

export class Network {
	readonly #wifi: WiFi;
	readonly #SSID: string | undefined;
	readonly #timeServer = new TimeServer();
	#retryMs = RETRY_FIRST_MS;
	#retry: Timer | undefined;

	static start(): Network {
		return new Network(preference("wifiName"));
	}

	/** Without a name the radio runs all the same: its noise is what the chip's random numbers are made of. */
	constructor(name: string | undefined) {
		this.#SSID = name;
		const changed = (): void => this.#changed();
		this.#wifi = new WiFi({
			onChanged() {
				changed();
			},
		});
		if (name === undefined) print("no Wi-Fi network is known: docs/flash.md tells how to name one");
		else this.#join(name);
	}

	#join(SSID: string): void {
		const password = preference("password");
		this.#wifi.connect({ SSID, ...(password !== undefined && { password }) });
	}

	#changed(): void {
		const { connection } = this.#wifi;
		if (connection >= ADDRESSED) {
			print(`Wi-Fi ${this.#SSID}: ${this.#wifi.address ?? "no address"}`);
			this.#retryMs = RETRY_FIRST_MS;
			this.#timeServer.ask();
		} else if (connection <= DISCONNECTED) this.#rejoin();
	}

	#rejoin(): void {
		const name = this.#SSID;
		if (this.#retry !== undefined || name === undefined) return;
		print(`Wi-Fi ${name} is lost or refuses the password; joining again in ${this.#retryMs / 1000} s`);
		this.#retry = Timer.set(() => {
			this.#retry = undefined;
			this.#join(name);
		}, this.#retryMs);
		this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
	}
}
