/**
 * One voice stream of a call, who keys it (keying.ts) and its ZRTP session. call.ts tells it what was negotiated and what the owner
 * wants; it begins a new session where somebody else is at the other end (rekeying.ts), and holds or opens its microphone.
 */

import type { ComponentId, TransportAddress } from "ice/types";
import { MediaStream, type MediaStreamOptions } from "media/stream";
import { isIPv6 } from "sdp/address";
import type { AnnouncedStream as Announced } from "sdp/announced";
import { isDtls } from "sdp/keying";
import type { IceLines, NegotiatedMedia } from "sdp/offer-answer";
import { IceStream } from "./ice-stream";
import { Keying } from "./keying";
import type { LegFacts, LegOptions } from "./leg-options";
import { clearMayPlay, type Microphone, microphoneOf } from "./microphone";
import { beginsAnew, stillKeyedFor } from "./rekeying";
import type { StreamStatistics } from "./state";
import { Takeover } from "./takeover";
import { type ZrtpStatus, ZrtpStream, type ZrtpTransport } from "./zrtp-stream";

export class Leg {
	readonly #options: LegOptions;
	readonly #stream: MediaStream;
	/** Of the stream, for whoever has keys. */
	readonly keying: Keying;
	#zrtp: ZrtpStream | undefined;
	#ice: IceStream | undefined;
	/** What waits until it is known how this stream looks from outside. */
	#waiting: (() => void)[] = [];
	/** Where ICE says that each component's packets go. */
	readonly #selected = new Map<ComponentId, TransportAddress>();
	/** ICE has found no way: SDP's address is taken as it stands. */
	#iceFailed = false;
	/** The a=zrtp-hash that came with a description, while there is no way to its sender yet. */
	#unreached: { readonly announced: Uint8Array | undefined } | undefined;
	/** The session above has not been started yet. */
	#fresh = true;
	#media: NegotiatedMedia | undefined;
	/** The description that the session belongs to. */
	#keyedFor: Announced | undefined;
	#takeover: Takeover | undefined;
	#sessions = 0;
	#startedAt = 0;
	#firstEncryptedAt: number | undefined;
	#wasSecure = false;
	#lostKeys = false;
	#toldSecure = false;
	#final: StreamStatistics | undefined;
	readonly #ssrc: number;
	/** As rtpPorts gave it. */
	readonly #port: number;

	/** Opens the stream. @throws {Error} naming the port when it is in use */
	constructor(options: LegOptions) {
		this.#options = options;
		const { address, rtpPorts, audio, random, srtp, mediaLog, now } = options.context;
		const ssrcBytes = random(4);
		this.#ssrc = new DataView(ssrcBytes.buffer, ssrcBytes.byteOffset, 4).getUint32(0);
		this.#port = rtpPorts.take();
		this.#stream = this.#open({
			address,
			port: this.#port,
			ssrc: this.#ssrc,
			audio,
			log: mediaLog,
			onZrtp: (bytes) => this.#receive(bytes),
			onStun: (component, bytes, from) => this.#ice?.receive(component, bytes, from),
			onDtls: (bytes) => this.keying.receiveDtls(bytes),
			onSrtp: () => {
				// Under the keys of signalling it is no word of ZRTP's.
				if (!this.keying.zrtpReceives) return;
				this.#firstEncryptedAt ??= now();
				this.#zrtp?.srtpReceived();
			},
		});
		this.keying = new Keying({
			policy: srtp,
			random,
			log: mediaLog,
			stream: this.#stream,
			identity: options.context.dtlsIdentity,
			now,
			onChange: options.onChange,
		});
		this.keying.protectedLeg = options.protectedLeg;
		this.#zrtp = this.#session();
		if (options.context.nat?.stunServer()) this.#beginIce(options.offerer);
	}

	#open(options: MediaStreamOptions): MediaStream {
		try {
			return new MediaStream(options);
		} catch (error) {
			this.#options.context.rtpPorts.give(this.#port);
			throw error;
		}
	}

	/** Once it is known how this stream looks from outside a NAT; at once where nobody is asked. */
	whenReachable(then: () => void): void {
		if (this.#ice === undefined || this.#ice.gathered) then();
		else this.#waiting.push(then);
	}

	/** For our descriptions (RFC 8839); undefined: this stream does no ICE. */
	get ice(): IceLines | undefined {
		return this.#options.context.nat?.ice ? this.#ice?.lines : undefined;
	}
	/** Without a STUN server there is nothing to offer that m= and c= do not say. */
	get offersIce(): boolean {
		return this.#options.context.nat?.stunServer() !== undefined;
	}
	/** As the STUN server sees us. */
	get outside(): IceStream["outside"] {
		return this.#ice?.outside;
	}

	get zrtp(): ZrtpStream | undefined {
		return this.#zrtp;
	}
	get status(): ZrtpStatus | undefined {
		return this.#zrtp?.status;
	}
	get media(): NegotiatedMedia | undefined {
		return this.#media;
	}
	/** RTP port that offer and answer name. */
	get rtpPort(): number {
		return this.#stream.port;
	}
	/** For a=zrtp-hash; undefined where ZRTP is off. */
	get helloHash(): Uint8Array | undefined {
		return this.#zrtp?.helloHash;
	}
	/** How many ZRTP sessions this stream has had: more than one where somebody else came. */
	get sessions(): number {
		return this.#sessions;
	}
	/** Voice of this call was encrypted at some time. */
	get wasSecure(): boolean {
		return this.#wasSecure;
	}
	/** Keys were on and went. */
	get lostKeys(): boolean {
		return this.#lostKeys;
	}
	get secureAfterMs(): number | undefined {
		return this.#firstEncryptedAt === undefined ? undefined : this.#firstEncryptedAt - this.#startedAt;
	}
	get statistics(): StreamStatistics {
		return this.#final ?? this.#stream.statistics;
	}

	/**
	 * A description of the other end is about to be answered: where it is somebody else, our Hello has to be another one.
	 * @param announced sections of it that may be this stream @returns whether there is a new session
	 */
	expect(announced: readonly Announced[]): boolean {
		this.#expectIce(announced[0]?.ice);
		const keyedFor = this.#keyedFor;
		if (this.#fresh || !keyedFor || !this.#zrtp || announced.length === 0) return false;
		if (!announced.every((section) => beginsAnew(keyedFor, section))) return false;
		// Nobody has been met yet: the session takes another announcement.
		if (this.#zrtp.undecided && this.#zrtp.status.state === "agreeing") return false;
		this.#options.context.zrtpLog.info("the other end is another one than before: keys are agreed anew");
		this.renew();
		return true;
	}

	/** A new session, with a Hello of its own, that waits for its start. */
	renew(): void {
		this.#lostKeys ||= this.#wasSecure;
		this.#takeover?.close();
		this.#zrtp?.stop();
		this.#zrtp = this.#session();
		this.#fresh = true;
		this.#toldSecure = false;
	}

	/** Of an added stream: the first one has keys. */
	firstStreamSecure(): void {
		if (this.#toldSecure) return;
		this.#toldSecure = true;
		this.#zrtp?.firstStreamSecure();
	}

	/** Offer and answer are done. Repeated by a re-INVITE. */
	connect(media: NegotiatedMedia): void {
		this.expect([media]);
		this.#media = media;
		this.point(media);
		const keyedFor = this.#keyedFor && !this.#fresh ? stillKeyedFor(this.#keyedFor, media) : media;
		const announced = keyedFor.zrtpHash;
		const told = this.#keyedFor?.zrtpHash;
		this.#keyedFor = keyedFor;
		if (this.#fresh && this.#isReachable(media)) this.#start(announced);
		else if (this.#fresh) this.#unreached = { announced };
		else if (announced && announced !== told) this.#zrtp?.announce(announced);
	}

	/** Where sound goes and comes from. */
	point(media: NegotiatedMedia): void {
		const stream = this.#stream;
		this.#media = media;
		if (media.ice) this.#ice?.meet(media.ice);
		this.#connectStream();
		stream.codec({ name: media.codec.name, payloadType: media.codec.payloadType, ptimeMs: media.ptimeMs });
		stream.telephoneEvent(media.telephoneEventPayloadType);
		stream.direction = media.direction;
		this.keying.connect(media);
	}

	/** Packets of the peer that were taken. */
	get heard(): number {
		return this.#stream.heard;
	}
	/** Joined streams of one phone hear each other. */
	set conference(joined: boolean) {
		this.#stream.conference = joined;
	}

	/** Sets microphone and clear playback from the facts. */
	settle({ connected, muted, expected, clearAgreed, early }: LegFacts): Microphone {
		const { state } = this.#zrtp?.status ?? {};
		if (state === "secure") this.#wasSecure = true;
		else if (this.#wasSecure) this.#lostKeys = true;
		const { mandatory } = this.#options.context;
		const { server } = this.keying.status;
		const announced = this.#keyedFor?.zrtpHash !== undefined;
		const facts = { zrtp: state, mandatory, expected, clearAgreed, connected, muted, server, announced };
		const microphone = microphoneOf(facts);
		this.#stream.microphone = microphone;
		this.#stream.allowClearReceive = early || (this.#media !== undefined && clearMayPlay(facts));
		return microphone;
	}

	dtmf(digit: string): void {
		this.#stream.dtmf(digit);
	}

	/** Every wait and the stream end; safe to repeat. */
	end(): void {
		if (this.#final) return;
		this.#final = this.#stream.statistics;
		this.#takeover?.close();
		this.#zrtp?.stop();
		this.keying.close();
		this.#ice?.close();
		this.#waiting = [];
		this.#stream.close();
		this.#options.context.rtpPorts.give(this.#port);
	}

	/** An agent for this stream, in place of the one before: the peer has begun anew, or is the first to speak of it. It knows IPv4 alone. */
	#beginIce(offerer: boolean): void {
		const { nat, address, random, mediaLog, now } = this.#options.context;
		if (!nat || this.#final || isIPv6(address)) return;
		this.#ice?.close();
		this.#selected.clear();
		this.#iceFailed = false;
		this.#stream.stun = true;
		this.#ice = new IceStream({
			provider: nat.provider,
			random,
			address,
			port: this.#stream.port,
			offerer,
			stunServer: nat.stunServer(),
			log: mediaLog,
			now,
			send: (component, bytes, to) => this.#stream.sendStun(component, bytes, to),
			onGathered: () => {
				for (const then of this.#waiting.splice(0)) then();
			},
			onSelected: (component, remote) => {
				this.#selected.set(component, remote);
				this.#reached();
			},
			onLost: (reason) => {
				mediaLog.warn(reason);
				this.#iceFailed = this.#selected.size === 0;
				this.#reached();
			},
		});
		this.#ice.start();
	}

	/** An offer of the other end is about to be answered. */
	#expectIce(lines: IceLines | undefined): void {
		if (lines === undefined || !this.#options.context.nat?.ice) return;
		if (this.#ice === undefined || this.#ice.isAnother(lines)) this.#beginIce(false);
	}

	#isReachable({ ice }: NegotiatedMedia): boolean {
		return ice === undefined || this.#ice === undefined || this.#iceFailed || this.#selected.has(1);
	}

	/** To where ICE leads, or SDP where there is none. */
	#connectStream(): void {
		const media = this.#media;
		if (!media || !this.#isReachable(media)) return;
		const [rtp, rtcp] = [this.#selected.get(1), this.#selected.get(2)];
		const mux = media.remoteRtcpPort === media.remotePort;
		// RTCP on a port of its own would want a handshake of its own (RFC 5764 section 3): then there is none.
		const without = !mux && isDtls(media.profile);
		if (rtp && media.ice) {
			const rtcpPort = mux ? rtp.port : !without && rtcp?.address === rtp.address ? rtcp.port : 0;
			this.#stream.connect({ ...rtp, rtcpPort });
		} else {
			const { remoteAddress, remotePort, remoteRtcpPort } = media;
			this.#stream.connect({ address: remoteAddress, port: remotePort, rtcpPort: without ? 0 : remoteRtcpPort });
		}
	}

	/** There is a way to the other end, or a better one. */
	#reached(): void {
		if (this.#final) return;
		this.#connectStream();
		const unreached = this.#unreached;
		this.#unreached = undefined;
		if (unreached && this.#fresh) this.#start(unreached.announced);
		this.#options.onChange();
	}

	#start(announced: Uint8Array | undefined): void {
		this.#fresh = false;
		this.#sessions++;
		const { now } = this.#options.context;
		if (this.#sessions === 1) this.#startedAt = now();
		// Who says in signalling which Hello is its own is nobody to listen for another one.
		this.#takeover = announced ? undefined : (this.#takeover ?? this.#listen());
		this.#zrtp?.start(announced);
	}

	/** For another phone where this one was. */
	#listen(): Takeover {
		const { context, onChange } = this.#options;
		return new Takeover({
			now: context.now,
			heard: () => this.#stream.statistics.encryptedReceived,
			transport: this.keying,
			begin: (transport, changed) => this.#session(transport, changed),
			onTaken: (session, install) => {
				context.zrtpLog.info("another phone is at the other end");
				this.#zrtp?.stop();
				this.#zrtp = session;
				install();
				this.#sessions++;
				onChange();
			},
			onChange,
		});
	}

	#receive(bytes: Uint8Array): void {
		const zrtp = this.#zrtp;
		if (!zrtp) return;
		const { state } = zrtp.status;
		const settled = state === "secure" || state === "failed";
		if (!settled || this.#takeover?.hear(bytes, zrtp) !== true) zrtp.receive(bytes);
	}

	#session(transport: ZrtpTransport = this.keying, onChange = this.#options.onChange): ZrtpStream | undefined {
		const { context, peer, first } = this.#options;
		const { zrtp, store, zrtpLog, now } = context;
		if (!zrtp) return undefined;
		const joins = first?.zrtp?.association;
		const auxsecret = context.auxsecret?.() ?? zrtp.auxsecret;
		return new ZrtpStream({
			config: { ...zrtp, ssrc: this.#ssrc, ...(joins && { joins }), ...(auxsecret && { auxsecret }) },
			transport,
			store,
			peer,
			log: zrtpLog,
			now,
			onChange,
		});
	}
}
