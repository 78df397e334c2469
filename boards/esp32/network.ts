/**
 * Keeps the device on its network: Wi-Fi by the SDK's driver, joined again whenever it is lost. Who opens sockets does not
 * wait for it: no route is an answer like another, and provisioning and registration try again. Ethernet comes up by itself,
 * from the SDK's setup module of a board that has it.
 */
import WiFi from "embedded:network/interface/wifi";
import SNTP from "sntp";
import Time from "time";
import Timer from "timer";
import { preference, print } from "./process";

const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 60_000;
/** Values of `connection` (ECMA-419, network interface): joined from here on, addressed from here on. */
const ADDRESSED = 500;
const DISCONNECTED = 200;

export class Network {
	readonly #wifi: WiFi;
	readonly #SSID: string;
	#retryMs = RETRY_FIRST_MS;
	#retry: Timer | undefined;
	#timed = false;

	/** undefined where no network name is known. */
	static start(): Network | undefined {
		const name = preference("ssid");
		if (name === undefined) {
			print("no Wi-Fi network is known: docs/flash.md tells how to name one");
			return undefined;
		}
		return new Network(name);
	}

	constructor(name: string) {
		this.#SSID = name;
		const changed = (): void => this.#changed();
		this.#wifi = new WiFi({
			onChanged() {
				changed();
			},
		});
		this.#join();
	}

	#join(): void {
		const password = preference("password");
		this.#wifi.connect({ SSID: this.#SSID, ...(password !== undefined && { password }) });
	}

	#changed(): void {
		const { connection } = this.#wifi;
		if (connection >= ADDRESSED) {
			print(`Wi-Fi ${this.#SSID}: ${this.#wifi.address ?? "no address"}`);
			this.#retryMs = RETRY_FIRST_MS;
			this.#askTime();
		} else if (connection <= DISCONNECTED) this.#rejoin();
	}

	#rejoin(): void {
		if (this.#retry !== undefined) return;
		print(`Wi-Fi ${this.#SSID} is lost or refuses the password; joining again in ${this.#retryMs / 1000} s`);
		this.#retry = Timer.set(() => {
			this.#retry = undefined;
			this.#join();
		}, this.#retryMs);
		this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
	}

	/** Certificates and the age of secrets need a clock that is right. */
	#askTime(): void {
		const host = preference("sntp");
		if (this.#timed || host === undefined) return;
		this.#timed = true;
		new SNTP({ host }, (message, value) => {
			if (message === SNTP.time && value !== undefined) Time.set(value);
			else if (message === SNTP.error) this.#timed = false;
		});
	}
}
