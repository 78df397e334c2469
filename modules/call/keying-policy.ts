/**
 * What the owner's settings and the signalling leg allow SDP to say about keys. Pure functions, so that every row can be
 * tested; keying.ts asks them for each description.
 */
import { isDtls, isPlain, type KeyingLines } from "sdp/keying";
import type { SuiteName } from "srtp/suites";

export interface KeyingPolicy {
	/**
	 * `off`: ZRTP alone keys. `best-effort`: keys are offered where they can be, and a call without goes on.
	 * `mandatory`: no call without keys in signalling.
	 */
	readonly policy: "off" | "best-effort" | "mandatory";
	/** What this phone offers; either is taken from another. */
	readonly offer: "sdes" | "dtls";
	/** Of SDES, best liked first. */
	readonly suites: readonly SuiteName[];
	/** The owner insists on SDES where signalling is not protected, and everybody on the way can read the keys. */
	readonly inClear: boolean;
}

export const NO_KEYING: KeyingPolicy = Object.freeze({
	policy: "off",
	offer: "sdes",
	suites: Object.freeze([]),
	inClear: false,
});

export interface KeyingSituation {
	readonly policy: KeyingPolicy;
	/** The signalling leg is TLS whose certificate was checked: only we and that server read what stands in SDP. */
	readonly protectedLeg: boolean;
	/** What keys the call now: a change keeps to it. */
	readonly inForce: "none" | "sdes" | "dtls";
}

/** How we offer: in which way, over which protocol; or why no call can be made. */
export type OfferPlan =
	| { readonly keys: "none" }
	| { readonly keys: "sdes"; readonly protocol: "RTP/AVP" | "RTP/SAVP" }
	| { readonly keys: "dtls" }
	| { readonly fault: string };

export function planOffer({ policy, protectedLeg, inForce }: KeyingSituation): OfferPlan {
	if (inForce === "dtls") return { keys: "dtls" };
	if (policy.policy === "off") return { keys: "none" };
	if (inForce === "none" && policy.offer === "dtls") return { keys: "dtls" };
	if (inForce === "none" && !protectedLeg && !policy.inClear) {
		if (policy.policy === "best-effort") return { keys: "none" };
		return { fault: "the settings allow no call without keys, and its signalling is not protected by TLS" };
	}
	return { keys: "sdes", protocol: policy.policy === "mandatory" ? "RTP/SAVP" : "RTP/AVP" };
}

/** How an offered section is answered, or why it is refused. */
export type AnswerPlan = { readonly keys: "none" | "sdes" | "dtls" } | { readonly fault: string };

/** `sdes` for RTP/AVP means: where a line can be taken; without one it is answered as `none`, but for `mandatory`. */
export function planAnswer({ policy, protectedLeg }: KeyingSituation, theirs: KeyingLines): AnswerPlan {
	const { protocol } = theirs;
	if (policy.policy === "off")
		return isPlain(protocol) ? { keys: "none" } : { fault: `the audio is offered over ${protocol} alone` };
	if (isDtls(protocol)) return { keys: "dtls" };
	const readable = !protectedLeg && !policy.inClear;
	if (isPlain(protocol)) {
		if (theirs.crypto.length > 0 && !readable) return { keys: "sdes" };
		if (policy.policy === "mandatory")
			return { fault: "the audio is offered without keys, and this phone asks for them" };
		return { keys: "none" };
	}
	// Over SAVP there is no call without; what the keys are worth, the lock says.
	if (readable && policy.policy === "mandatory")
		return { fault: "keys are offered in signalling that is not protected by TLS" };
	return { keys: "sdes" };
}
