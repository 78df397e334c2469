/**
 * When the microphone may be heard at the other end. Voice leaves in the clear only where the owner's settings allow
 * it: while ZRTP is expected, being agreed, failed or taken away, the microphone is held.
 */
import type { ZrtpStatus } from "./zrtp-stream";

/** `held`: nothing leaves. `open`: the voice. `muted`: silence, by the owner's wish. */
export type Microphone = "held" | "open" | "muted";

export interface MicrophoneFacts {
	readonly connected: boolean;
	/** undefined: ZRTP is switched off in the settings. */
	readonly zrtp: ZrtpStatus["state"] | undefined;
	/** The settings forbid voice without ZRTP. */
	readonly mandatory: boolean;
	/** This call, or an earlier one with this address, was encrypted: silence in ZRTP is no absence. */
	readonly expected: boolean;
	/** The owner has agreed that this call goes on in the clear (RFC 6189 section 4.7.2). */
	readonly clearAgreed: boolean;
	readonly muted: boolean;
}

export function microphoneOf(facts: MicrophoneFacts): Microphone {
	if (!facts.connected || (facts.zrtp !== "secure" && !clearMayPlay(facts))) return "held";
	return facts.muted ? "muted" : "open";
}

/** Whether voice may pass in the clear: ours, once the microphone is open, and what comes from the other end. */
export function clearMayPlay(facts: Omit<MicrophoneFacts, "connected" | "muted">): boolean {
	if (facts.mandatory) return false;
	switch (facts.zrtp) {
		case undefined:
			return true;
		case "absent":
			return !facts.expected || facts.clearAgreed;
		case "cleared":
			return facts.clearAgreed;
		case "idle":
		case "agreeing":
		case "secure":
		case "failed":
		case "clearing":
			return false;
	}
}
