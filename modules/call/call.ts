/**
 * One call: its media stream and its ZRTP, between the dialog that phone.ts holds in the SIP agent and the CallState
 * that screen and panel read. Whatever changes, `#settle` sets microphone and clear playback from the facts again, so
 * that no path forgets to.
 */
import type Audio from "hal/audio/audio";
import type { AreaLog } from "log/log";
import { MediaStream, type MediaStreamOptions } from "media/stream";
import type { NegotiatedMedia } from "sdp/offer-answer";
import type { SecretStore } from "zrtp/store";
import type { SessionConfig } from "zrtp/types";
import { lockOf } from "./lock";
import { clearMayPlay, microphoneOf } from "./microphone";
import { noticeOf } from "./notices";
import { PeerName } from "./peer-name";
import type { CallState } from "./state";
import { ZrtpStream } from "./zrtp-stream";

/** What every call of a phone shares. */
export interface CallContext {
	readonly address: string;
	readonly rtpPort: number;
	readonly audio: Audio;
	readonly random: SessionConfig["random"];
	readonly store: SecretStore;
	/** undefined: ZRTP is switched off. */
	readonly zrtp: Omit<SessionConfig, "ssrc" | "peerHelloHash"> | undefined;
	/** Voice only with ZRTP. */
	readonly mandatory: boolean;
	readonly zrtpLog: AreaLog;
	readonly mediaLog: AreaLog;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** The owner's name for a SIP URI, where there is one. */
	readonly nameOf: (uri: string) => string | undefined;
}

export interface CallOptions {
	readonly context: CallContext;
	/** The number by which the SIP agent knows it. */
	readonly id: number;
	readonly peer: string;
	readonly displayName?: string | undefined;
	readonly direction: "incoming" | "outgoing";
	readonly onChange: () => void;
}

export class Call {
	readonly id: number;
	readonly direction: "incoming" | "outgoing";
	readonly #context: CallContext;
	readonly #options: CallOptions;
	#state: CallState["state"] = "ringing";
	#stream: MediaStream | undefined;
	#zrtp: ZrtpStream | undefined;
	#media: NegotiatedMedia | undefined;
	#heldHere = false;
	/** The network plays before the answer. */
	#early = false;
	#muted = false;
	#sasMismatch = false;
	#verifiedHere = false;
	readonly #name: PeerName;
	#connectedAt: number | undefined;
	#endedAt: number | undefined;
	#firstEncryptedAt: number | undefined;
	#zrtpStartedAt = 0;
	#reason: string | undefined;
	#final: Pick<CallState, "stats"> = {};

	constructor(options: CallOptions) {
		this.#options = options;
		this.#context = options.context;
		this.id = options.id;
		this.direction = options.direction;
		this.#name = new PeerName(options.context.store, options.context.zrtpLog);
	}

	/** SIP URI of the other party. */
	get peer(): string {
		return this.#options.peer;
	}
	get state(): CallState["state"] {
		return this.#state;
	}
	get heldHere(): boolean {
		return this.#heldHere;
	}
	/** The port that offer and answer name. Opens the stream. @throws {Error} naming the port when it is in use */
	get rtpPort(): number {
		return this.#open().port;
	}
	/** For a=zrtp-hash; undefined where ZRTP is off. */
	get helloHash(): Uint8Array | undefined {
		this.#open();
		return this.#zrtp?.helloHash;
	}

	/** The network's own sound is heard before the answer. */
	get early(): boolean {
		return this.#early && this.#state === "ringing";
	}
	/** Packets of the other end that were taken; it moves as long as that end is there. */
	get heard(): number {
		return this.#stream?.heard ?? 0;
	}
	/** Joined calls of this phone hear each other. */
	set conference(joined: boolean) {
		if (this.#stream && this.#state !== "ended") this.#stream.conference = joined;
	}

	/** Early media: what comes is heard, and nothing leaves; keys are agreed when the call is answered. */
	hearEarly(media: NegotiatedMedia): void {
		if (this.#state !== "ringing") return;
		this.#point(this.#open(), media);
		this.#early = true;
		this.#settle();
	}

	/** Offer and answer are done: sound may flow as the rules for keys allow. Repeated by a re-INVITE. */
	connect(media: NegotiatedMedia): void {
		if (this.#state === "ended") return;
		const stream = this.#open();
		this.#media = media;
		this.#point(stream, media);
		if (this.#connectedAt === undefined) {
			this.#connectedAt = this.#context.now();
			this.#zrtpStartedAt = this.#connectedAt;
			this.#zrtp?.start(media.zrtpHash);
		}
		this.#state = this.#heldHere || media.heldByPeer ? "held" : "connected";
		this.#settle();
	}

	/** The owner holds or resumes; phone.ts has told the other end. */
	hold(on: boolean): void {
		if (this.#state === "ended") return;
		this.#heldHere = on;
		if (this.#media) this.#state = on || this.#media.heldByPeer ? "held" : "connected";
		this.#settle();
	}

	mute(on: boolean): void {
		this.#muted = on;
		this.#settle();
	}

	/** A digit of the key pad (RFC 4733); nothing happens before the call is connected. */
	dtmf(digit: string): void {
		if (this.#state === "connected") this.#stream?.dtmf(digit);
	}

	/** The owner has compared the SAS. @param name what to call this peer from now on */
	verify(matched: boolean, name?: string): void {
		const sas = this.#zrtp?.sas;
		if (!sas || this.#state === "ended") return;
		this.#sasMismatch = !matched;
		this.#verifiedHere = matched;
		this.#zrtp?.verify(matched);
		if (matched && name !== undefined && name !== "") this.#name.give(sas.peerZid, name);
		this.#settle();
	}

	/** Every wait and every stream ends; safe to repeat. */
	end(reason: string): void {
		if (this.#state === "ended") return;
		this.#state = "ended";
		this.#reason = reason;
		this.#endedAt = this.#context.now();
		if (this.#stream) this.#final = { stats: this.#stream.statistics };
		this.#zrtp?.stop();
		this.#stream?.close();
		this.#options.onChange();
	}

	describe(): CallState {
		const zrtp = this.#zrtp?.status ?? { state: "absent" as const };
		const sas = this.#zrtp?.sas;
		const alive = this.#state !== "ended";
		const secure = zrtp.state === "secure";
		const retained = this.#zrtp?.warned("secretMismatch") ? "mismatch" : (sas?.retained ?? "none");
		const helloHashMismatch = this.#zrtp?.warned("helloHashMismatch") === true;
		const keying = secure ? "zrtp" : "none";
		const verified = sas?.verified === true && !this.#sasMismatch;
		const goClearRefused = this.#zrtp?.warned("goClearRefused") === true;
		const notice =
			this.#connectedAt === undefined
				? undefined
				: noticeOf({
						zrtp: this.#zrtp?.status,
						mandatory: this.#context.mandatory,
						retainedMismatch: retained === "mismatch" && !this.#verifiedHere,
						helloHashMismatch: helloHashMismatch && !this.#verifiedHere,
						goClearRefused,
						secretNotSaved: this.#zrtp?.warned("secretsNotSaved") === true,
						sasMismatch: this.#sasMismatch,
					});
		const { codec } = this.#media ?? {};
		const stats = alive ? this.#stream?.statistics : this.#final.stats;
		return {
			id: this.id,
			peer: this.#options.peer,
			peerName: this.#peerName(),
			direction: this.direction,
			state: this.#state,
			lock: lockOf({
				keying,
				secure,
				alarmed:
					this.#sasMismatch ||
					(helloHashMismatch && !this.#verifiedHere) ||
					goClearRefused ||
					zrtp.state === "failed" ||
					zrtp.state === "cleared",
				retained,
				verified: retained === "mismatch" ? this.#verifiedHere : verified,
				gateway: sas?.mitm === true,
			}),
			keying,
			securing: alive && this.#connectedAt !== undefined && zrtp.state === "agreeing",
			verified,
			retained,
			muted: this.#muted,
			durationMs: this.#connectedAt === undefined ? 0 : (this.#endedAt ?? this.#context.now()) - this.#connectedAt,
			...(sas && {
				sas: sas.text,
				sasType: sas.sasType,
				keyAgreement: sas.keyAgreement,
				hash: sas.hash,
				cipher: sas.cipher,
				authTag: sas.authTag,
			}),
			...(codec && { codec: codec.name }),
			...(notice !== undefined && { notice }),
			...(this.#reason !== undefined && { reason: this.#reason }),
			...(secure &&
				this.#firstEncryptedAt !== undefined && { secureAfterMs: this.#firstEncryptedAt - this.#zrtpStartedAt }),
			...(stats && { stats }),
		};
	}

	#peerName(): string {
		const { peer, displayName } = this.#options;
		return this.#name.given ?? this.#context.nameOf(peer) ?? displayName ?? peer.replace(/^sips?:/, "");
	}

	#open(): MediaStream {
		if (this.#stream) return this.#stream;
		const { zrtp, address, rtpPort, audio, random, store, zrtpLog, mediaLog, now } = this.#context;
		const ssrcBytes = random(4);
		const ssrc = new DataView(ssrcBytes.buffer, ssrcBytes.byteOffset, 4).getUint32(0);
		const options: MediaStreamOptions = {
			address,
			port: rtpPort,
			ssrc,
			audio,
			log: mediaLog,
			onZrtp: (bytes) => this.#zrtp?.receive(bytes),
			onSrtp: () => {
				this.#firstEncryptedAt ??= now();
				this.#zrtp?.srtpReceived();
			},
		};
		const stream = new MediaStream(options);
		this.#stream = stream;
		if (zrtp)
			this.#zrtp = new ZrtpStream({
				config: { ...zrtp, ssrc },
				transport: stream,
				store,
				peer: this.#options.peer,
				log: zrtpLog,
				now,
				onChange: () => this.#settle(),
			});
		return stream;
	}

	#point(stream: MediaStream, media: NegotiatedMedia): void {
		stream.connect({ address: media.remoteAddress, port: media.remotePort, rtcpPort: media.remoteRtcpPort });
		stream.codec({ name: media.codec.name, payloadType: media.codec.payloadType, ptimeMs: media.ptimeMs });
		stream.telephoneEvent(media.telephoneEventPayloadType);
		stream.direction = media.direction;
	}

	/** The one place that opens or holds the microphone. */
	#settle(): void {
		const stream = this.#stream;
		if (!stream || this.#state === "ended") return;
		const sas = this.#zrtp?.sas;
		// Anybody can send another's ZID; its name is for who also has the secret, or the owner's word.
		if (sas && (sas.retained === "match" || this.#verifiedHere)) this.#name.learn(sas.peerZid);
		const facts = {
			connected: this.#connectedAt !== undefined && !this.#heldHere,
			zrtp: this.#zrtp?.status.state,
			mandatory: this.#context.mandatory,
			muted: this.#muted,
		};
		stream.microphone = microphoneOf(facts);
		// What the network plays before the answer is no voice of ours: hearing it gives nothing away.
		const early = this.#early && this.#connectedAt === undefined && !this.#heldHere;
		stream.allowClearReceive = early || (clearMayPlay(facts) && this.#connectedAt !== undefined);
		this.#options.onChange();
	}
}
