/**
 * From the config URL to checked settings: fetches, checks, keeps the last good text in flash, and goes on trying in
 * ever longer steps. A config that is down, damaged or wrong changes nothing.
 */
import { utf8Encode } from "bytes/text";
import { type Query, resolve } from "hal/net/resolve";
import { localAddress } from "hal/net/route";
import type { AreaLog } from "log/log";
import { type Provisioning, provision } from "provisioning/fetch";
import { parseUrl } from "provisioning/url";
import { check, DEFAULTS, type Settings } from "settings/check";
import Timer from "timer";
import type { LastGood } from "./last-good";

const RETRY_FIRST_MS = 5_000;
const RETRY_MOST_MS = 300_000;
const LOOPBACK = "127.0.0.1";
/** A network may give this device its address late, or another one after a while. */
const ADDRESS_LOOK_MS = 2000;
/** From the block that is kept for documentation (RFC 5737): nothing is sent, only the route is asked for. */
const ANYWHERE = "192.0.2.1";

export interface ProvisionerOptions {
	readonly url: string | undefined;
	/** The address to bind, where the owner named one. */
	readonly address: string | undefined;
	/** undefined: nothing is kept. */
	readonly lastGood: LastGood | undefined;
	readonly log: AreaLog;
	/** Settings to run on from now, and the numeric address to bind. */
	readonly onSettings: (settings: Settings, address: string) => void;
	/** What to tell the person; undefined: all is well again. */
	readonly onNotice: (text: string | undefined) => void;
}

export class Provisioner {
	readonly #options: ProvisionerOptions;
	#request: Provisioning | undefined;
	#query: Query | undefined;
	#timer: Timer | undefined;
	#retryMs = RETRY_FIRST_MS;
	#running = false;
	#closed = false;
	#look: Timer | undefined;
	/** What runs: the settings, on the way to whom the address was found, and the address. */
	#given: { readonly settings: Settings; readonly target: string; readonly address: string } | undefined;

	constructor(options: ProvisionerOptions) {
		this.#options = options;
	}

	start(): void {
		const { url, log } = this.#options;
		if (url === undefined) {
			log.info("no config URL: the last good settings, or the defaults");
			this.#fallBack();
			return;
		}
		this.#fetch(url);
	}

	/** Safe to repeat. */
	close(): void {
		this.#closed = true;
		this.#request?.close();
		this.#query?.close();
		if (this.#timer) Timer.clear(this.#timer);
		this.#timer = undefined;
		if (this.#look) Timer.clear(this.#look);
		this.#look = undefined;
	}

	#fetch(url: string): void {
		this.#request = provision({
			url,
			authorities: /^https:/i.test(url) ? this.#keptAuthorities() : undefined,
			onDone: (result) => {
				this.#request = undefined;
				if (this.#closed) return;
				if ("error" in result) this.#failed(url, [result.error]);
				else this.#fetched(url, result.json);
			},
		});
	}

	#fetched(url: string, json: unknown): void {
		const { settings, faults } = check(json);
		if (!settings) {
			this.#failed(
				url,
				faults.map(({ path, message }) => `${path === "" ? "the config" : path} ${message} (config ${url})`),
			);
			return;
		}
		const { log, lastGood, onNotice } = this.#options;
		log.info(`settings from ${url}`);
		try {
			if (lastGood?.write(JSON.stringify(json)) === false)
				log.warn("the config is too long to be kept for a start without its server");
		} catch (error) {
			log.error(`the config could not be kept: ${String(error)}`);
		}
		this.#retryMs = RETRY_FIRST_MS;
		this.#run(settings);
		onNotice(undefined);
	}

	#failed(url: string, reasons: readonly string[]): void {
		const { log, onNotice } = this.#options;
		for (const reason of reasons) log.error(reason);
		if (!this.#running) this.#fallBack();
		log.info(`trying ${url} again in ${this.#retryMs / 1000} s`);
		onNotice(reasons[0]);
		this.#timer = Timer.set(() => {
			this.#timer = undefined;
			this.#fetch(url);
		}, this.#retryMs);
		this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
	}

	#fallBack(): void {
		const { log } = this.#options;
		const text = this.#kept();
		if (text !== undefined) {
			const { settings } = check(parse(text));
			if (settings) {
				log.info("the last good settings are used");
				this.#run(settings);
				return;
			}
			log.warn("the last good settings are not understood by this version");
		}
		log.info("the default settings are used: calls by address alone");
		this.#run(DEFAULTS());
	}

	/** A private authority that the last good config named vouches for its successor, too. */
	#keptAuthorities(): Uint8Array | undefined {
		const text = this.#kept();
		const pem = text === undefined ? undefined : check(parse(text)).settings?.sip.tls.authorities;
		return pem === undefined ? undefined : utf8Encode(pem);
	}

	#kept(): string | undefined {
		const { log, lastGood } = this.#options;
		try {
			return lastGood?.read();
		} catch (error) {
			log.error(`the last good settings cannot be read: ${String(error)}`);
			return undefined;
		}
	}

	#run(settings: Settings): void {
		this.#running = true;
		const { address, url, onSettings, log } = this.#options;
		if (address !== undefined) {
			onSettings(settings, address);
			return;
		}
		const server = url === undefined ? undefined : parseUrl(url);
		if (server === undefined || "error" in server) {
			this.#give(settings, ANYWHERE);
			return;
		}
		// Settings that came later go before an address that was asked for earlier.
		this.#query?.close();
		this.#query = resolve(server.host, (result) => {
			this.#query = undefined;
			const target = "addresses" in result ? result.addresses[0] : undefined;
			if (target === undefined && "error" in result) log.warn(result.error);
			this.#give(settings, target ?? ANYWHERE);
		});
	}

	#give(settings: Settings, target: string): void {
		const address = localAddress(target) ?? LOOPBACK;
		this.#given = { settings, target, address };
		this.#look ??= Timer.repeat(() => this.#lookAgain(), ADDRESS_LOOK_MS);
		this.#options.onSettings(settings, address);
	}

	/** No way at all changes nothing: the network may come back as it was. */
	#lookAgain(): void {
		if (this.#given === undefined) return;
		const { settings, target, address } = this.#given;
		const found = localAddress(target);
		if (found === undefined || found === address) return;
		this.#options.log.info(`the address of this phone is ${found} now`);
		this.#give(settings, target);
	}
}

/** @returns null, which is no config, for what is no JSON */
function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
