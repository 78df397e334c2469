/** What the tests of whole phones share: phones on loopback with real sockets, media threads, stores on flash files. */
import { now } from "board/clock";
import { Phone } from "call/phone";
import type { PhoneOptions } from "call/phone-options";
import type { CallState } from "call/state";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import Audio from "hal/audio/audio";
import Flash from "hal/flash/flash";
import { type Entry, Log } from "log/log";
import { bracketed } from "sip/uri";
import { ok } from "test/harness";
import { statePath } from "test/unit/flash/state-folder";
import Timer from "timer";
import type { SessionConfig } from "zrtp/types";
import { openStore, type Store } from "zrtp-store/store";

export const HOME = "127.0.0.1";
const FLASH = { byteLength: 8192, sectorByteLength: 4096, durable: false };

export const SUITES: SessionConfig["suites"] = {
	keyAgreements: ["X255", "DH3k"],
	hashes: ["S256"],
	ciphers: ["AES1"],
	authTags: ["HS80", "HS32"],
	sasTypes: ["B32"],
};

export interface StationOptions extends Partial<Omit<PhoneOptions, "zrtp">> {
	/** false: switched off. */
	readonly zrtp?: boolean;
	/** What its ZRTP sessions are configured with beside the rest. */
	readonly session?: Partial<SessionConfig>;
	/** Hz of the microphone's tone; silence without it. */
	readonly tone?: number;
	/** SIP user part of its account; without it there is none. */
	readonly user?: string;
}

/** One phone with all its parts. Closing it leaves the flash file, so that it can be switched on again. */
export class Station {
	readonly name: string;
	readonly log: Log;
	readonly entries: Entry[] = [];
	readonly audio: Audio;
	readonly path: string;
	changes = 0;
	/** Called at every change of its phone. */
	watch: () => void = () => {};
	flash: Flash;
	store: Store;
	phone: Phone;
	readonly #options: StationOptions;

	constructor(name: string, options: StationOptions = {}) {
		this.name = name;
		this.#options = options;
		this.path = statePath(`${name}.flash`);
		this.log = new Log({ now, levels: { sip: "debug", media: "debug", zrtp: "trace" } });
		this.log.listen((entry) => this.entries.push(entry));
		this.audio = new Audio({ microphone: options.tone === undefined ? { silence: true } : { tone: options.tone } });
		this.flash = new Flash({ path: this.path, ...FLASH });
		this.store = this.#openStore();
		this.phone = this.#makePhone();
	}

	get uri(): string {
		return `sip:${this.name}@${bracketed(this.#options.address ?? HOME)}:${this.phone.sipPort}`;
	}

	/** The call, which there must be. */
	get call(): CallState {
		const [call] = this.phone.state.calls;
		if (!call) throw new Error(`${this.name} has no call`);
		return call;
	}

	/** The text of every log entry so far. */
	get said(): string {
		return this.entries.map(({ area, text }) => `${area}: ${text}`).join("\n");
	}

	/** Power off and on, with the same flash. */
	restart(): void {
		this.phone.close();
		this.store.close();
		this.flash.close();
		this.flash = new Flash({ path: this.path, ...FLASH });
		this.store = this.#openStore();
		this.phone = this.#makePhone();
	}

	close(): void {
		this.phone.close();
		this.audio.close();
		this.store.close();
		this.flash.close();
	}

	#openStore(): Store {
		return openStore({
			flash: this.flash,
			provider: nativeProvider,
			deviceKey: new Uint8Array(32).fill(7),
			random: hardwareRandom,
			now: () => Date.now(),
		});
	}

	#makePhone(): Phone {
		const { zrtp, session, tone: _, user, ...rest } = this.#options;
		return new Phone({
			name: this.name,
			address: HOME,
			sipPort: 0,
			rtpPort: 0,
			agent: {
				provider: nativeProvider,
				random: hardwareRandom,
				userAgent: "Sotto/test",
				user: this.name,
				accounts:
					user === undefined ? [] : [{ id: "1", aor: `sip:${user}@${HOME}`, password: undefined, expiresSec: 60 }],
			},
			zrtp:
				zrtp === false
					? undefined
					: {
							provider: nativeProvider,
							random: hardwareRandom,
							zid: this.store.zid,
							clientId: "Sotto test",
							suites: SUITES,
							...session,
						},
			mandatory: false,
			codecs: ["PCMA", "PCMU"],
			autoAnswer: false,
			audio: this.audio,
			store: this.store,
			log: this.log,
			now,
			nameOf: () => undefined,
			onChange: () => {
				this.changes++;
				this.watch();
			},
			...rest,
		});
	}
}

/** Phones for one test; all of them are closed at its end, whatever happened. */
export async function withStations(stations: readonly Station[], body: () => Promise<void>): Promise<void> {
	try {
		await body();
	} catch (error) {
		throw new Error(
			`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${stations
				.map((station) => `--- ${station.name}\n${station.said}`)
				.join("\n")}`,
		);
	} finally {
		for (const station of stations) station.close();
	}
}

/** Two phones, the first with a tone of 440 Hz. */
export function withPair(
	body: (alice: Station, bob: Station) => Promise<void>,
	alice: StationOptions = {},
	bob: StationOptions = {},
): Promise<void> {
	const a = new Station("alice", { tone: 440, ...alice });
	const b = new Station("bob", bob);
	return withStations([a, b], () => body(a, b));
}

/** From the first key to both ends encrypted. */
export async function connect(alice: Station, bob: Station): Promise<void> {
	await ring(alice, bob);
	bob.phone.answer();
	await until("connected", () => alice.call.state === "connected" && bob.call.state === "connected");
}

export async function ring(alice: Station, bob: Station): Promise<void> {
	alice.phone.dial(bob.uri);
	await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
}

export async function secured(alice: Station, bob: Station): Promise<void> {
	await connect(alice, bob);
	await until("secure", () => alice.call.secureAfterMs !== undefined && bob.call.secureAfterMs !== undefined);
}

export async function ended(...stations: readonly Station[]): Promise<void> {
	for (const station of stations) await until(`${station.name} ended`, () => station.call.state === "ended");
}

/** The call that a phone has with another, or had with it last. */
export function callWith(station: Station, other: Station): CallState {
	const calls = station.phone.state.calls.filter(({ peer }) => peer.includes(`${other.name}@`));
	const call = calls.find(({ state }) => state !== "ended") ?? calls[0];
	if (!call) throw new Error(`${station.name} has no call with ${other.name}`);
	return call;
}

/** Calls that have not ended. */
export function live(station: Station): readonly CallState[] {
	return station.phone.state.calls.filter(({ state }) => state !== "ended");
}

/** The lock is closed at both ends, under the same words. */
export async function securedBetween(...pairs: readonly (readonly [Station, Station])[]): Promise<void> {
	for (const [one, other] of pairs)
		await until(`${one.name} and ${other.name} secure`, () => {
			if (live(one).length === 0 || live(other).length === 0) return false;
			const locks = [...live(one), ...live(other)].filter(({ lock }) => lock === "closed");
			return locks.some(({ id, sas }) => live(one).some((a) => a.id === id && live(other).some((b) => b.sas === sas)));
		});
}

export function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => {
		Timer.set(() => resolve(), ms);
	});
}

export async function until(what: string, condition: () => boolean, timeoutMs = 8000): Promise<void> {
	const start = now();
	while (!condition()) {
		ok(now() - start < timeoutMs, `${what}: not within ${timeoutMs} ms`);
		await sleep(5);
	}
}
