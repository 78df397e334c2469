/**
 * The face of the ICE room (RFC 8445, with STUN of RFC 8489 and consent of RFC 7675): what call/ gives the agent of one stream
 * and what it gets back. Times are milliseconds of one monotonic clock. IPv4 and UDP, host and server-reflexive candidates; a
 * relay (TURN) is left out.
 * @module
 */

import type { Provider, RandomSource } from "crypto/types";

/** 1 is RTP, 2 is RTCP. */
export type ComponentId = 1 | 2;

export interface TransportAddress {
	/** IPv4, dotted. */
	readonly address: string;
	readonly port: number;
}

export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** RFC 8445 section 5.1, RFC 8839 section 5.1. */
export interface Candidate extends TransportAddress {
	/** 1 to 32 ice-chars. */
	readonly foundation: string;
	readonly component: ComponentId;
	/** 1..2^31-1 */
	readonly priority: number;
	readonly type: CandidateType;
	/** Of a candidate that is no host's: what it was derived from. */
	readonly related?: TransportAddress;
}

/** What one end says of itself in SDP (RFC 8839 section 5). */
export interface IceDescription {
	/** 4 to 256 ice-chars. */
	readonly ufrag: string;
	/** 22 to 256 ice-chars. */
	readonly pwd: string;
	readonly candidates: readonly Candidate[];
	/** a=ice-lite: it answers checks and makes none. */
	readonly lite: boolean;
}

export interface IceConfig {
	/** hmacSha1, for MESSAGE-INTEGRITY. */
	readonly provider: Pick<Provider, "hmacSha1">;
	readonly random: RandomSource;
	/** The offerer is controlling (RFC 8445 section 6.1.1). */
	readonly controlling: boolean;
	/** Our socket of each component, by its numeric address. */
	readonly components: readonly (TransportAddress & { readonly id: ComponentId })[];
	/** Asked what our address looks like from outside; undefined: host candidates alone. */
	readonly stunServer?: TransportAddress | undefined;
}

export type IceEvent =
	| { readonly type: "start"; readonly now: number }
	| { readonly type: "tick"; readonly now: number }
	/** A STUN datagram. */
	| {
			readonly type: "packet";
			readonly now: number;
			readonly component: ComponentId;
			readonly bytes: Uint8Array;
			readonly from: TransportAddress;
	  }
	/** The other end's description; again after a restart is a new agent's. */
	| { readonly type: "remote"; readonly now: number; readonly description: IceDescription }
	| { readonly type: "stop"; readonly now: number };

export type IceAction =
	| {
			readonly type: "send";
			readonly component: ComponentId;
			readonly bytes: Uint8Array;
			readonly to: TransportAddress;
	  }
	/** Send a tick at that time; undefined: nothing is waited for. Replaces the one before. */
	| { readonly type: "wakeAt"; readonly at: number | undefined }
	/** Our description is complete: it may go into an offer or answer. */
	| { readonly type: "gathered"; readonly description: IceDescription }
	/** From now on this component's packets go there; may come again. */
	| { readonly type: "selected"; readonly component: ComponentId; readonly remote: TransportAddress }
	/** Every component has its pair. Once. */
	| { readonly type: "completed" }
	/** No pair works. Once; what comes later may still select one. */
	| { readonly type: "failed" }
	/** The other end has not agreed to be sent to for 30 s (RFC 7675 section 5.1): stop sending. */
	| { readonly type: "consentLost" };
