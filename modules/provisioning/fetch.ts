/**
 * A config by its URL: one HTTP or HTTPS GET, redirects followed, everything bounded. The URL comes from the command line or from
 * settings; a JSON object goes to settings/check, or a sentence says why there is none.
 * @module
 */
import { Reader } from "bytes/reader";
import { utf8Decode, utf8Encode } from "bytes/text";
import { type Query, resolve } from "hal/net/resolve";
import type { StreamCallbacks } from "hal/net/stream";
import TCP from "hal/net/tcp";
import TLS from "hal/net/tls";
import Timer from "timer";
import { HttpResponse } from "./http-response";
import { jsonFault } from "./json-syntax";
import { type HttpUrl, parseUrl, redirected, withMac } from "./url";

/** Longest config, in bytes. */
export const CONFIG_MAXIMUM = 65_536;
const TIMEOUT_MS = 10_000;
const REDIRECTS_MAXIMUM = 5;

/** A JSON object that nobody has checked yet; or the URL and the cause in plain words. */
export type ProvisionResult = { readonly json: Readonly<Record<string, unknown>> } | { readonly error: string };

export interface ProvisionOptions {
	/** http://host[:port]/path or https; "{mac}" in it becomes `mac`. */
	readonly url: string;
	/** The device's own, in whatever form the server expects. */
	readonly mac?: string;
	/** Authorities to trust for https beside those that come with the device, in PEM. */
	readonly authorities?: Uint8Array | undefined;
	/** For everything together, redirects too; default 10,000. */
	readonly timeoutMs?: number;
	/** Comes once, never before provision() returns and never after close(). */
	onDone(result: ProvisionResult): void;
}

/** Fetches a config. Nothing a server does throws. */
export function provision(options: ProvisionOptions): Provisioning {
	return new Provisioning(options);
}

/** A fetch under way. */
export class Provisioning {
	readonly #onDone: (result: ProvisionResult) => void;
	readonly #timeoutMs: number;
	readonly #first: string;
	#timer: Timer | undefined;
	/** What is being done, for the time-out to name. */
	#stage = "";
	#redirects = 0;
	#url: HttpUrl | undefined;
	#query: Query | undefined;
	#socket: TCP | TLS | undefined;
	readonly #authorities: Uint8Array | undefined;
	/** The way so far was by https: nobody on it may lead us to where he could read and write. */
	#secure = false;

	constructor(options: ProvisionOptions) {
		this.#authorities = options.authorities;
		this.#onDone = (result) => options.onDone(result);
		this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
		this.#first = withMac(options.url, options.mac);
		this.#timer = Timer.set(() => {
			this.#timer = Timer.set(
				() => this.#fail(`no whole answer within ${this.#timeoutMs / 1000} s (${this.#stage})`),
				this.#timeoutMs,
			);
			this.#go(this.#first);
		}, 0);
	}

	/** Gives up. Safe to repeat; onDone does not come after it. */
	close(): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#release();
	}

	#release(): void {
		this.#query?.close();
		this.#query = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}

	#finish(result: ProvisionResult): void {
		this.close();
		this.#onDone(result);
	}

	#fail(cause: string): void {
		const { text } = this.#url ?? { text: "" };
		const where = this.#redirects === 0 ? this.#first : `${this.#first} (redirected to ${text})`;
		this.#finish({ error: `config ${where}: ${cause}` });
	}

	#go(text: string): void {
		const url = parseUrl(text);
		if ("error" in url) {
			// What does not parse may hold a password: it is not repeated here.
			this.#finish({
				error: this.#redirects === 0 ? `config URL: ${url.error}` : `config ${this.#first}: redirected: ${url.error}`,
			});
			return;
		}
		this.#url = url;
		if (this.#secure && url.scheme === "http") {
			this.#fail("the redirect leads away from https, and is not followed");
			return;
		}
		this.#secure = url.scheme === "https";
		if (/\{mac\}/.test(text)) {
			this.#fail("the URL asks for this phone's MAC address, which is not known");
			return;
		}
		this.#stage = `looking for ${url.host}`;
		this.#query = resolve(url.host, (result) => {
			this.#query = undefined;
			if ("error" in result) this.#fail(result.error);
			else this.#connect(url, result.addresses);
		});
	}

	/** Tries one address after the other. */
	#connect(url: HttpUrl, addresses: readonly string[]): void {
		const [address, ...others] = addresses;
		if (address === undefined) return;
		const response = new HttpResponse(CONFIG_MAXIMUM);
		let asked = false;
		this.#stage = `connecting to ${url.authority}`;
		const callbacks: StreamCallbacks = {
			onWritable: () => {
				if (asked) return;
				asked = true;
				this.#stage = `waiting for ${url.authority}`;
				this.#socket?.write(request(url));
			},
			onReadable: () => {
				const bytes = this.#socket?.read();
				if (bytes === undefined) return;
				response.push(new Uint8Array(bytes));
				this.#stage = `${response.bodyByteLength} bytes so far`;
				this.#look(url, response);
			},
			onError: ({ code, message }) => {
				if (!asked && others.length > 0) {
					this.#release();
					this.#connect(url, others);
				} else if (!asked || code !== "closed") this.#fail(message);
				else {
					response.end();
					this.#look(url, response);
				}
			},
		};
		const place = { address, port: url.port };
		this.#socket =
			url.scheme === "http"
				? new TCP({ ...place, ...callbacks })
				: new TLS({
						...place,
						...callbacks,
						name: url.host,
						wildcards: true,
						...(this.#authorities && { authorities: this.#authorities }),
					});
	}

	/** Goes on once the answer is whole or cannot become so. */
	#look(url: HttpUrl, response: HttpResponse): void {
		if (response.error !== undefined) {
			this.#fail(response.error);
			return;
		}
		if (!response.done) return;
		this.#release();
		const { status, reason, location } = response;
		if (status === 200) {
			this.#read(response.body);
			return;
		}
		if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) {
			this.#fail(`the server answered ${status}${reason === "" ? "" : ` ${reason}`}`);
			return;
		}
		if (this.#redirects === REDIRECTS_MAXIMUM) {
			this.#fail(`more than ${REDIRECTS_MAXIMUM} redirects`);
			return;
		}
		this.#redirects++;
		this.#go(redirected(url, location));
	}

	#read(body: Uint8Array): void {
		const text = withoutMark(body);
		const fault = jsonFault(text);
		if (fault !== undefined) {
			this.#fail(text.length === 0 ? "the file is empty" : `not JSON: ${fault}`);
			return;
		}
		const string = utf8Decode(text);
		if (string === undefined) {
			this.#fail("the text is not UTF-8");
			return;
		}
		let json: unknown;
		try {
			json = JSON.parse(string);
		} catch (error) {
			this.#fail(`not JSON: ${String(error)}`);
			return;
		}
		if (isObject(json)) this.#finish({ json });
		else
			this.#fail(
				`expected an object, found ${Array.isArray(json) ? "an array" : json === null ? "null" : `a ${typeof json}`}`,
			);
	}
}

function request(url: HttpUrl): Uint8Array {
	const lines = [
		`GET ${url.path} HTTP/1.1`,
		`Host: ${url.authority}`,
		"User-Agent: Sotto",
		"Accept: application/json",
		"Connection: close",
	];
	return utf8Encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** Some editors begin a file with a byte order mark. */
function withoutMark(bytes: Uint8Array): Uint8Array {
	const reader = new Reader(bytes);
	return reader.u8() === 0xef && reader.u8() === 0xbb && reader.u8() === 0xbf ? reader.rest() : bytes;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
