/** What every call of a phone shares: phone-options.ts fills it in, call.ts and leg.ts take it apart. */
import type Audio from "hal/audio/audio";
import type { DTLSIdentity } from "hal/dtls/dtls";
import type { IceConfig, TransportAddress } from "ice/types";
import type { AreaLog } from "log/log";
import type { SecretStore } from "zrtp/store";
import type { SessionConfig } from "zrtp/types";
import type { KeyingPolicy } from "./keying-policy";
import type { RtpPorts } from "./rtp-ports";

export interface CallContext {
	readonly address: string;
	readonly rtpPorts: RtpPorts;
	readonly audio: Audio;
	readonly random: SessionConfig["random"];
	readonly store: SecretStore;
	/** undefined: ZRTP is switched off. */
	readonly zrtp: Omit<SessionConfig, "ssrc" | "peerHelloHash" | "joins"> | undefined;
	/** Keys that come with signalling. */
	readonly srtp: KeyingPolicy;
	/** Words that both owners have agreed on (RFC 6189 section 4.3), as octets; asked for at every call, and copied. */
	readonly auxsecret?: (() => Uint8Array | undefined) | undefined;
	/** The certificate of DTLS-SRTP, made when it is first asked for; undefined: the board has no DTLS. */
	readonly dtlsIdentity: () => DTLSIdentity | undefined;
	/** Voice only with ZRTP. */
	readonly mandatory: boolean;
	/** Ways through NATs; undefined: media goes where SDP says. */
	readonly nat?: NatContext | undefined;
	readonly zrtpLog: AreaLog;
	readonly mediaLog: AreaLog;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** The owner's name for a SIP URI, where there is one. */
	readonly nameOf: (uri: string) => string | undefined;
}

export interface NatContext {
	readonly provider: IceConfig["provider"];
	/** ICE is offered where there is a STUN server, and answered whenever it is offered. */
	readonly ice: boolean;
	/** Its numeric address, where it is known. */
	readonly stunServer: () => TransportAddress | undefined;
}
