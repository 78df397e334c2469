/**
 * Runs the ZRTP engine of one media stream (RFC 6189): what hal/rtp received comes in by `receive`, the engine's
 * actions go out to the stream, the store, the key agreement and the timer. What became of it is in `status`;
 * call.ts turns that into the lock and the microphone.
 */
import { wipe } from "bytes/wipe";
import type { AreaLog } from "log/log";
import Timer from "timer";
import type { Association } from "zrtp/association";
import { describe } from "zrtp/describe";
import { createSession, type Session, step } from "zrtp/engine";
import type { SecretStore } from "zrtp/store";
import { KEY_AGREEMENTS } from "zrtp/suites";
import type { Action, Event, FailCode, Sas, SessionConfig, SrtpKeys, WarnCode } from "zrtp/types";
import { SecretKeeper, wipeSecrets } from "./secret-keeper";

/** What ZRTP needs of a media stream; modules/media has it. */
export interface ZrtpTransport {
	write(bytes: Uint8Array): void;
	installKeys(direction: "send" | "receive", keys: SrtpKeys): void;
	clearKeys(): void;
}

export type ZrtpStatus =
	/** Not started: the call is not connected. */
	| { readonly state: "idle" }
	/** Looking for ZRTP at the other end, or agreeing keys. */
	| { readonly state: "agreeing" }
	/** Both directions encrypted and confirmed. */
	| { readonly state: "secure" }
	/** The other end has no ZRTP. */
	| { readonly state: "absent" }
	/** The other end speaks ZRTP, or its signalling announced it, and no keys came of it. */
	| { readonly state: "failed"; readonly code: FailCode }
	/** Our owner ended encryption, and the other end has not answered yet. */
	| { readonly state: "clearing" }
	/** Keys were on and are gone by a GoClear (section 4.7.2), or because they came apart. */
	| { readonly state: "cleared"; readonly by: "owner" | "peer" };

/** Of a PBX that asks to be trusted (section 7.3.1). */
export type Enrollment =
	/** The owner has not answered. */
	| { readonly state: "asked"; readonly clientId: string }
	/** The owner agreed, but not before the words have been compared: a secret did not match. */
	| { readonly state: "unsafe"; readonly clientId: string }
	| { readonly state: "accepted" | "refused" }
	/** The owner agreed, and the secret could not be kept. */
	| { readonly state: "notStored" };

export interface ZrtpStreamOptions {
	/** The auxsecret is copied. */
	readonly config: Omit<SessionConfig, "peerHelloHash">;
	readonly transport: ZrtpTransport;
	readonly store: SecretStore;
	/** SIP URI of the other party: kept with its secrets as where it was seen. */
	readonly peer: string;
	readonly log: AreaLog;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** Called after anything in `status`, `sas` or `warnings` changed. */
	readonly onChange: () => void;
}

export class ZrtpStream {
	readonly #options: ZrtpStreamOptions;
	readonly #keeper: SecretKeeper;
	readonly #session: Session;
	readonly #warnings: Set<WarnCode> = new Set();
	#status: ZrtpStatus = { state: "idle" };
	#sas: Sas | undefined;
	#timer: Timer | undefined;
	#startedAt = 0;
	#secureAfterMs: number | undefined;
	#enrollment: Enrollment | undefined;
	/** The owner's wish for clear is being carried out. */
	#clearing = false;
	#stopped = false;
	readonly #auxsecret: Uint8Array | undefined;

	constructor(options: ZrtpStreamOptions) {
		this.#options = options;
		this.#keeper = new SecretKeeper(options);
		const { auxsecret, ...config } = options.config;
		// A copy: the owner may change the words during the call.
		this.#auxsecret = auxsecret?.slice();
		this.#session = createSession({ ...config, ...(this.#auxsecret && { auxsecret: this.#auxsecret }) });
	}

	get status(): ZrtpStatus {
		return this.#status;
	}
	get sas(): Sas | undefined {
		return this.#sas;
	}
	/** Milliseconds from the first Hello to keys confirmed in both directions. */
	get secureAfterMs(): number | undefined {
		return this.#secureAfterMs;
	}
	/** Hash of our Hello, 32 bytes, for a=zrtp-hash (section 8.1). */
	get helloHash(): Uint8Array {
		return this.#session.helloHash;
	}
	/** A PBX has asked to be trusted; undefined: none has. */
	get enrollment(): Enrollment | undefined {
		return this.#enrollment;
	}
	/** The Hello message that the peer's keys belong to; undefined where there is none, or the session has failed. */
	get peerHello(): Uint8Array | undefined {
		const { state } = this.#session;
		return "peer" in state ? state.peer?.hello.bytes : undefined;
	}
	/** Nothing has been agreed with anybody: another announcement may still be taken. */
	get undecided(): boolean {
		const { name } = this.#session.state;
		return name === "idle" || name === "discovery";
	}
	/** What added streams of the same call join (section 4.4.3). */
	get association(): Association {
		return this.#session.association;
	}
	warned(code: WarnCode): boolean {
		return this.#warnings.has(code);
	}

	/** @param peerHelloHash the peer's a=zrtp-hash, where signalling brought one. */
	start(peerHelloHash: Uint8Array | undefined): void {
		if (this.#status.state !== "idle" || this.#stopped) return;
		this.#startedAt = this.#options.now();
		this.#status = { state: "agreeing" };
		if (peerHelloHash) this.#feed({ type: "helloHash", now: this.#startedAt, hash: peerHelloHash });
		this.#feed({ type: "start", now: this.#startedAt });
		this.#options.onChange();
	}

	/** Signalling named another Hello for the session that runs. */
	announce(peerHelloHash: Uint8Array): void {
		if (this.#stopped) return;
		this.#feed({ type: "helloHash", now: this.#options.now(), hash: peerHelloHash });
		this.#options.onChange();
	}

	/** A whole ZRTP packet as it stood in the datagram. */
	receive(bytes: Uint8Array): void {
		if (this.#stopped) return;
		this.#trace(bytes, "in");
		this.#feed({ type: "packet", now: this.#options.now(), bytes });
		this.#options.onChange();
	}

	/** The first SRTP packet with a good tag has come. */
	srtpReceived(): void {
		if (this.#stopped) return;
		this.#feed({ type: "srtpReceived", now: this.#options.now() });
		this.#options.onChange();
	}

	/** The owner has compared the SAS (section 7.1); `matched` false erases this session's secret. */
	verify(matched: boolean): void {
		if (this.#stopped) return;
		const now = this.#options.now();
		this.#feed(matched ? { type: "sasVerified", now, verified: true } : { type: "sasMismatch", now });
		this.#options.onChange();
	}

	/** The owner's answer to a PBX that asks to be trusted; nothing happens where none does. */
	enroll(accepted: boolean): void {
		const asked = this.#enrollment;
		if (this.#stopped || (asked?.state !== "asked" && asked?.state !== "unsafe")) return;
		this.#enrollment = accepted ? { ...asked, state: "unsafe" } : { state: "refused" };
		// Accepted, and safe: the engine answers with savePbxsecret, which says how it went.
		this.#feed({ type: "enrolled", now: this.#options.now(), accepted });
		this.#options.onChange();
	}

	/** The owner ends encryption (GoClear, section 4.7.2); nothing happens where the other end does not allow it. */
	clear(): void {
		if (this.#stopped || this.#status.state !== "secure") return;
		this.#clearing = true;
		this.#feed({ type: "clear", now: this.#options.now() });
		this.#clearing = false;
		this.#options.onChange();
	}

	/** The owner wants encryption back. */
	goSecure(): void {
		if (this.#stopped || this.#status.state !== "cleared") return;
		this.#feed({ type: "goSecure", now: this.#options.now() });
		this.#options.onChange();
	}

	/** Of an added stream: the one it joins has keys. */
	firstStreamSecure(): void {
		if (this.#stopped) return;
		this.#feed({ type: "firstStreamSecure", now: this.#options.now() });
		this.#options.onChange();
	}

	/** The call is over; safe to repeat. */
	stop(): void {
		if (this.#stopped) return;
		// First: the keys go off with the call, and what the lock said of it stays said.
		this.#stopped = true;
		this.#feed({ type: "stop", now: this.#options.now() });
		this.#setTimer(undefined);
		wipe(this.#auxsecret);
	}

	/** Behind a device in the middle anybody may be: its secrets say nothing about the address that was called. */
	get #address(): string | undefined {
		return this.#sas?.mitm === true ? undefined : this.#options.peer;
	}

	/** One event, and every event that answers its actions. */
	#feed(first: Event): void {
		const events: Event[] = [first];
		for (let event = events.shift(); event; event = events.shift()) {
			for (const action of step(this.#session, event)) {
				const answer = this.#run(action);
				if (answer) events.push(answer);
			}
			// The engine keeps a copy of its own.
			if (event.type === "secretsLoaded") wipeSecrets(event.secrets);
		}
	}

	#run(action: Action): Event | undefined {
		const { transport, log, now } = this.#options;
		switch (action.type) {
			case "send":
				this.#trace(action.bytes, "out");
				transport.write(action.bytes);
				return undefined;
			case "wakeAt":
				this.#setTimer(action.at);
				return undefined;
			case "loadSecrets":
				return { type: "secretsLoaded", now: now(), secrets: this.#keeper.load(action.zid) };
			case "saveSecrets":
				return { type: "secretsSaved", now: now(), saved: this.#keeper.save(action, this.#address) };
			case "agree": {
				const agreement = KEY_AGREEMENTS[action.keyAgreement].of(this.#options.config.provider);
				return {
					type: "agreed",
					now: now(),
					sharedSecret: agreement.agree(action.privateKey, action.peerPublicKey),
				};
			}
			case "installKeys":
				transport.installKeys(action.direction, action.keys);
				wipe(action.keys.key, action.keys.salt);
				log.debug(`${action.direction} keys on: ${action.keys.cipher} ${action.keys.authTag}, as ${action.role}`);
				return undefined;
			case "securing":
				this.#status = { state: "agreeing" };
				return undefined;
			case "clearKeys":
				transport.clearKeys();
				if (this.#status.state === "secure" && !this.#stopped)
					this.#status = this.#clearing ? { state: "clearing" } : { state: "cleared", by: "peer" };
				return undefined;
			case "cleared":
				this.#status = { state: "cleared", by: "owner" };
				log.info("encryption ended at the owner's wish");
				return undefined;
			case "showSas":
				this.#sas = action.sas;
				return undefined;
			case "enroll":
				// No answer is no.
				this.#enrollment = { state: "asked", clientId: action.peerClientId };
				log.info("a PBX asks to be trusted");
				return undefined;
			case "savePbxsecret":
				this.#enrollment = { state: this.#keeper.enroll(action) ? "accepted" : "notStored" };
				return undefined;
			case "secure":
				this.#status = { state: "secure" };
				this.#secureAfterMs ??= now() - this.#startedAt;
				log.info(`secure after ${Math.round(this.#secureAfterMs)} ms, retained secrets: ${action.retained}`);
				return undefined;
			case "warn":
				this.#warnings.add(action.code);
				log.warn(`warning: ${action.code}`);
				return undefined;
			case "failed":
				// A peer whose ZRTP was announced fails with another code: only silence that was to be expected is absence.
				this.#status = action.code === "noPeer" ? { state: "absent" } : { state: "failed", code: action.code };
				log.warn(
					`ended without keys: ${action.code}${action.errorCode === undefined ? "" : ` 0x${action.errorCode.toString(16)}`}`,
				);
				return undefined;
		}
	}

	#setTimer(at: number | undefined): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		if (at === undefined) return;
		this.#timer = Timer.set(
			() => {
				this.#timer = undefined;
				this.#feed({ type: "tick", now: this.#options.now() });
				this.#options.onChange();
			},
			Math.max(0, Math.ceil(at - this.#options.now())),
		);
	}

	#trace(bytes: Uint8Array, direction: "in" | "out"): void {
		if (!this.#options.log.enabled("trace")) return;
		this.#options.log.trace(describe(bytes, direction) ?? `${direction} ${bytes.length} bytes that are no ZRTP`);
	}
}
