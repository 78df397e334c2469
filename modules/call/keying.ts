/**
 * Who keys one voice stream: what SDP agrees (SDES, DTLS-SRTP) and ZRTP, which takes over from it. call.ts gives what offer and
 * answer brought, zrtp-stream.ts its keys; both reach the media stream through here, so that neither undoes the other.
 * ZRTP's keys stand above those of signalling in each direction from the moment the engine installs them
 * (RFC 6189 section 4.6), and keys that ZRTP has replaced never come back into use: their packet index is lost with them.
 */
import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import type { RandomSource } from "crypto/types";
import type { DTLSIdentity } from "hal/dtls/dtls";
import type { AreaLog } from "log/log";
import type { MediaKeys } from "media/stream";
import { isDtls, isPlain, type KeyingLines, PLAIN, type Protocol, type StreamKeys, sameTransport } from "sdp/keying";
import type { NegotiatedMedia } from "sdp/offer-answer";
import { type DtlsRole, fingerprintOf, formatFingerprint, roleOf, setupAnswer } from "srtp/fingerprint";
import { Sdes } from "srtp/sdes";
import { DtlsAssociation, type DtlsAssociationOptions } from "./dtls-association";
import { type KeyingPolicy, type KeyingSituation, planAnswer, planOffer } from "./keying-policy";
import type { ZrtpTransport } from "./zrtp-stream";

/** What signalling's keys are worth now. */
export type ServerKeys =
	/** SDP keys nothing. */
	| "none"
	/** Agreed to come, and not there: nothing may be heard or said without. */
	| "agreeing"
	/** On, and only the servers on the way know them. */
	| "on"
	/** On, and everybody who saw the signalling knows them. */
	| "exposed"
	/** Agreed to come, and never will. */
	| "failed";

export interface KeyingStatus {
	/** By which means; of ZRTP nothing is said here. */
	readonly by: "none" | "sdes" | "dtls";
	readonly server: ServerKeys;
	/** The call had keys that only servers knew, and has none or worse now. */
	readonly lost: boolean;
	/** ZRTP's code names, for the details screen. */
	readonly cipher: string | undefined;
	readonly authTag: string | undefined;
	/** Why it failed, in plain words. */
	readonly reason: string | undefined;
}

/** What is needed of a media stream; modules/media has it. */
export interface KeyedStream {
	write(bytes: Uint8Array): void;
	installKeys(direction: "send" | "receive", keys: MediaKeys): void;
	clearKeys(): void;
	/** DTLS packets of the peer are to come up from now on. */
	expectDtls(): void;
}

/** For who only judges descriptions. */
export const NO_STREAM: KeyedStream = Object.freeze({ write() {}, installKeys() {}, clearKeys() {}, expectDtls() {} });

export interface KeyingOptions {
	readonly policy: KeyingPolicy;
	readonly random: RandomSource;
	readonly log: AreaLog;
	/** The media stream, whose keys are set here and nowhere else. */
	readonly stream: KeyedStream;
	/** This phone's certificate; the same in every call. undefined: the board has no DTLS. */
	readonly identity: () => DTLSIdentity | undefined;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** `status` changed by itself. */
	readonly onChange: () => void;
}

/** What a description says of one stream, as far as its keys go. */
export type KeyedMedia = Pick<NegotiatedMedia, "keying" | "profile"> &
	Partial<Pick<NegotiatedMedia, "remoteAddress" | "remotePort">>;

type Direction = "send" | "receive";
const DIRECTIONS = ["send", "receive"] as const;

export class Keying implements StreamKeys, ZrtpTransport {
	/** TLS that was checked carries the signalling. Set by whoever knows, before the first description. */
	protectedLeg = false;
	readonly #options: KeyingOptions;
	readonly #sdes: Sdes;
	#by: KeyingStatus["by"] = "none";
	#server: ServerKeys = "none";
	#lost = false;
	#reason: string | undefined;
	/** Of signalling, as agreed last. */
	readonly #keys: Partial<Record<Direction, MediaKeys>> = {};
	/** ZRTP's are on the stream. */
	readonly #zrtp = { send: false, receive: false };
	#zrtpSecure = false;
	/** Of the description in force: a change keeps to it. */
	#protocol: Protocol = "RTP/AVP";
	/** The handshake in force, and whom it is with. */
	#dtls: { readonly association: DtlsAssociation; readonly role: DtlsRole; readonly peer: string } | undefined;

	constructor(options: KeyingOptions) {
		this.#options = options;
		this.#sdes = new Sdes({ suites: options.policy.suites, random: options.random });
	}

	get status(): KeyingStatus {
		const { cipher, authTag } = this.#keys.send ?? {};
		const on = this.#server === "on" || this.#server === "exposed";
		return {
			by: this.#by,
			server: this.#server,
			lost: this.#lost,
			cipher: on ? cipher : undefined,
			authTag: on ? authTag : undefined,
			reason: this.#reason,
		};
	}

	/** Packets under ZRTP's keys are taken now: one of them is ZRTP's Conf2ACK (RFC 6189 section 4.6), none before is. */
	get zrtpReceives(): boolean {
		return this.#zrtp.receive;
	}

	/** @throws {Error} in plain words where the settings allow no call */
	offer(): KeyingLines {
		const plan = planOffer(this.#situation);
		if ("fault" in plan) throw new Error(plan.fault);
		if (plan.keys === "none") return PLAIN;
		if (plan.keys === "dtls") {
			const fingerprint = this.#fingerprint();
			if (fingerprint === undefined) throw new Error("the settings ask for DTLS-SRTP, and this phone has none");
			this.#options.stream.expectDtls();
			const protocol = isDtls(this.#protocol) ? this.#protocol : "UDP/TLS/RTP/SAVP";
			return { protocol, crypto: [], fingerprints: [fingerprint], setup: "actpass" };
		}
		const protocol = this.#by === "sdes" ? this.#protocol : plan.protocol;
		return { ...PLAIN, protocol, crypto: this.#sdes.offer(this.#zrtp.send) };
	}

	answer(theirs: KeyingLines): KeyingLines | { readonly fault: string } {
		const plan = planAnswer(this.#situation, theirs);
		if ("fault" in plan) return plan;
		const plain = { ...PLAIN, protocol: theirs.protocol };
		if (plan.keys === "none") return plain;
		if (plan.keys === "dtls") return this.#answerDtls(theirs);
		const line = this.#sdes.answer(theirs.crypto, this.#zrtp.send);
		if (typeof line === "string") return { ...plain, crypto: [line] };
		// RTP/AVP means voice with or without: a line that cannot be taken is passed over.
		const goesOn = isPlain(theirs.protocol) && this.#options.policy.policy !== "mandatory";
		return goesOn ? plain : line;
	}

	judge(ours: KeyingLines, theirs: KeyingLines): string | undefined {
		if (!sameTransport(ours.protocol, theirs.protocol)) return `the audio is answered over ${theirs.protocol}`;
		if (isDtls(ours.protocol)) {
			if (fingerprintOf(theirs.fingerprints) === undefined)
				return "the answer brings no fingerprint that can be checked";
			// Where there is an association, who began it is settled; some peers then repeat what they said first.
			const settled = this.#dtls?.peer.startsWith(theirs.fingerprints.join()) === true;
			if (settled || roleOf(ours.setup, theirs.setup) !== undefined) return undefined;
			return "the answer leaves open who begins with DTLS";
		}
		if (ours.crypto.length === 0 || (isPlain(ours.protocol) && theirs.crypto.length === 0)) return undefined;
		return this.#sdes.judge(ours.crypto, theirs.crypto);
	}

	/** What offer and answer brought is in force from now on. Repeated by a re-INVITE. */
	connect(media: KeyedMedia): void {
		const { keying } = media;
		this.#protocol = media.profile;
		const before = this.#server;
		const sdes = keying && keying.theirs.crypto.length > 0 && keying.ours.crypto.length > 0;
		if (isDtls(media.profile)) this.#takeDtls(media);
		else if (sdes) this.#takeSdes(keying.ours.crypto, keying.theirs.crypto);
		else if (isPlain(media.profile)) this.#drop();
		if (before === "on" && this.#server !== "on" && this.#server !== "agreeing") {
			this.#lost = true;
			this.#options.log.warn("the call is no longer encrypted to the server");
		} else if (this.#server === "on") this.#lost = false;
	}

	/** ZRTP's: they replace what is there. */
	installKeys(direction: Direction, keys: MediaKeys): void {
		this.#zrtp[direction] = true;
		this.#options.stream.installKeys(direction, keys);
		this.#zrtpSecure ||= this.#zrtp.send && this.#zrtp.receive;
	}

	/**
	 * ZRTP's keys go. Where they had only begun to take over, signalling's go on; once both were on, signalling's are spent:
	 * the call stays without until a new description brings new ones.
	 */
	clearKeys(): void {
		const { send, receive } = this.#zrtp;
		this.#zrtp.send = this.#zrtp.receive = false;
		this.#options.stream.clearKeys();
		if (!send && !receive) return;
		if (this.#zrtpSecure) {
			this.#spend();
			return;
		}
		for (const direction of DIRECTIONS) this.#install(direction);
	}

	write(bytes: Uint8Array): void {
		this.#options.stream.write(bytes);
	}

	/** Every key here is overwritten; safe to repeat. */
	close(): void {
		this.#endDtls();
		this.#forget();
		this.#sdes.close();
	}

	get #situation(): KeyingSituation {
		return { policy: this.#options.policy, protectedLeg: this.protectedLeg, inForce: this.#by };
	}

	#takeSdes(ours: readonly string[], theirs: readonly string[]): void {
		const agreed = this.#sdes.agreed(ours, theirs);
		this.#endDtls();
		this.#by = "sdes";
		this.#reason = undefined;
		if (agreed === undefined) {
			this.#server = "failed";
			this.#reason = "the keys of the two ends do not fit together";
			return;
		}
		const { suite, send, receive } = agreed;
		const { cipher, authTag } = suite;
		this.#server = this.protectedLeg ? "on" : "exposed";
		this.#take({ send: { cipher, authTag, ...send }, receive: { cipher, authTag, ...receive } });
		this.#options.log.debug(`keys by SDES: ${suite.name}${this.protectedLeg ? "" : ", readable on the way"}`);
	}

	/** Keys of signalling are in force, unless ZRTP's are; they are kept. */
	#take(keys: Readonly<Record<Direction, MediaKeys>>): void {
		for (const direction of DIRECTIONS) {
			const next = keys[direction];
			// The same key goes on with its rollover counter and its replay list (RFC 3711 section 3.3.1).
			if (same(this.#keys[direction], next)) {
				wipe(next.key, next.salt);
				continue;
			}
			wipe(this.#keys[direction]?.key, this.#keys[direction]?.salt);
			this.#keys[direction] = next;
			if (!this.#zrtp[direction]) this.#install(direction);
		}
	}

	#fingerprint(): string | undefined {
		const identity = this.#options.identity();
		return identity && formatFingerprint(new Uint8Array(identity.fingerprint));
	}

	#answerDtls(theirs: KeyingLines): KeyingLines | { readonly fault: string } {
		if (fingerprintOf(theirs.fingerprints) === undefined)
			return { fault: "the audio is offered with no fingerprint that can be checked" };
		const fingerprint = this.#fingerprint();
		if (fingerprint === undefined) return { fault: `the audio is offered over ${theirs.protocol} alone` };
		const setup = setupAnswer(theirs.setup, this.#dtls?.role);
		if (setup === undefined) return { fault: "the offer leaves open who begins with DTLS" };
		this.#options.stream.expectDtls();
		return { protocol: theirs.protocol, crypto: [], fingerprints: [fingerprint], setup };
	}

	/** A handshake, unless there is one with this very end (RFC 5763 section 6.6). */
	#takeDtls({ keying, remoteAddress = "", remotePort = 0 }: KeyedMedia): void {
		const fingerprint = fingerprintOf(keying?.theirs.fingerprints ?? []);
		const peer = `${keying?.theirs.fingerprints.join()} ${remoteAddress}:${remotePort}`;
		if (this.#dtls?.peer === peer && this.#server !== "failed") return;
		const role = roleOf(keying?.ours.setup, keying?.theirs.setup) ?? this.#dtls?.role;
		this.#by = "dtls";
		const identity = this.#options.identity();
		// What the handshake replaces never comes back: its packet index is lost.
		this.#sdes.close();
		if (fingerprint === undefined || role === undefined || identity === undefined) {
			this.#dtlsFailed("the descriptions of the two ends do not fit together");
			return;
		}
		this.#endDtls();
		this.#server = "agreeing";
		this.#reason = undefined;
		const { now, log, stream, onChange } = this.#options;
		const association = this.#handshake({
			identity,
			role,
			fingerprint,
			peer: `${remoteAddress}:${remotePort}`,
			now,
			log,
			write: (bytes) => stream.write(bytes),
			onKeys: (send, receive) => {
				// The certificate is the one that signalling announced, but nobody vouches for the signalling end to end.
				this.#server = "on";
				this.#take({ send: copyOf(send), receive: copyOf(receive) });
				onChange();
			},
			onFailed: (reason) => {
				this.#dtlsFailed(reason);
				onChange();
			},
		});
		if (association === undefined) return;
		stream.expectDtls();
		this.#dtls = { association, role, peer };
		association.start();
	}

	/** undefined: there is no memory for one, and the call says so. */
	#handshake(options: DtlsAssociationOptions): DtlsAssociation | undefined {
		try {
			return new DtlsAssociation(options);
		} catch (error) {
			this.#options.log.error(String(error));
			this.#dtlsFailed("the DTLS handshake could not be started");
			return undefined;
		}
	}

	/** A DTLS packet of the peer. */
	receiveDtls(bytes: Uint8Array): void {
		this.#dtls?.association.receive(bytes);
	}

	#dtlsFailed(reason: string): void {
		this.#server = "failed";
		this.#reason = reason;
	}

	#endDtls(): void {
		this.#dtls?.association.close();
		this.#dtls = undefined;
	}

	#install(direction: Direction): void {
		const keys = this.#keys[direction];
		if (keys) this.#options.stream.installKeys(direction, keys);
	}

	/** SDP keys nothing any more. */
	#drop(): void {
		if (this.#by === "none") return;
		this.#by = "none";
		this.#server = "none";
		this.#reason = undefined;
		this.#endDtls();
		this.#forget();
		this.#sdes.close();
		if (!this.#zrtp.send && !this.#zrtp.receive) this.#options.stream.clearKeys();
	}

	#spend(): void {
		if (this.#by === "none") return;
		this.#server = "failed";
		this.#reason = "those of the server are used up (hold and resume the call for new ones)";
		this.#endDtls();
		this.#forget();
		this.#sdes.close();
	}

	#forget(): void {
		for (const direction of DIRECTIONS) {
			wipe(this.#keys[direction]?.key, this.#keys[direction]?.salt);
			delete this.#keys[direction];
		}
	}
}

function copyOf(keys: MediaKeys): MediaKeys {
	return { ...keys, key: keys.key.slice(), salt: keys.salt.slice() };
}

function same(a: MediaKeys | undefined, b: MediaKeys): boolean {
	if (a === undefined || a.cipher !== b.cipher || a.authTag !== b.authTag) return false;
	const mki = a.mki === undefined ? b.mki === undefined : b.mki !== undefined && equal(a.mki, b.mki);
	return mki && equal(a.key, b.key) && equal(a.salt, b.salt);
}
