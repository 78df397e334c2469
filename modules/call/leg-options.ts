/** What a stream of a call is made of, and what call.ts tells it of the owner and the settings; leg.ts has the stream. */
import type { CallContext } from "./call-context";
import type { Leg } from "./leg";

export interface LegOptions {
	readonly context: CallContext;
	/** SIP URI of the other party. */
	readonly peer: string;
	/** Of an added stream: the call's first one, whose ZRTP session keys this one too (RFC 6189 section 4.4.3). */
	readonly first?: Leg;
	/** The signalling is protected by TLS that was checked. */
	readonly protectedLeg: boolean;
	/** The first offer is ours. */
	readonly offerer: boolean;
	readonly onChange: () => void;
}

/** What the owner and the settings allow. */
export interface LegFacts {
	/** The call is connected, and not held by us. */
	readonly connected: boolean;
	readonly muted: boolean;
	readonly expected: boolean;
	readonly clearAgreed: boolean;
	/** The network's own sound is heard before the answer. */
	readonly early: boolean;
}
