/**
 * What becomes of a caller: it rings, it waits, it is sent elsewhere or refused. A pure function of the owner's wishes
 * and of what the phone is doing, so that every row of it can be tested.
 */
import type { Features } from "./features";

/** SIP status code (RFC 3261 section 21.4.24). */
export const BUSY_HERE = 486;

export interface ArrivalFacts {
	readonly features: Pick<Features, "waiting" | "doNotDisturb" | "doNotDisturbStatus" | "forward">;
	/** Somebody talks, is being called or rings. */
	readonly inUse: boolean;
	/** Another line is free. */
	readonly room: boolean;
}

export type Arrival =
	| { readonly type: "ring" }
	| { readonly type: "forward"; readonly to: string }
	| { readonly type: "refuse"; readonly status: number };

export function arrivalOf({ features, inUse, room }: ArrivalFacts): Arrival {
	const { waiting, doNotDisturb, doNotDisturbStatus, forward } = features;
	if (forward.always !== undefined) return { type: "forward", to: forward.always };
	const busy = doNotDisturb || !room || (inUse && !waiting);
	if (!busy) return { type: "ring" };
	if (forward.busy !== undefined) return { type: "forward", to: forward.busy };
	return { type: "refuse", status: doNotDisturb ? doNotDisturbStatus : BUSY_HERE };
}
