/**
 * When the microphone may be heard at the other end. Voice leaves in the clear only where the owner's settings allow
 * it: while ZRTP is expected, being agreed, failed or taken away, the microphone is held.
 */
import type { ServerKeys } from "./keying";
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
	/** What keys of signalling are worth; `none` without it. */
	readonly server?: ServerKeys | undefined;
	/** The other end's signalling named its ZRTP: it will come. */
	readonly announced?: boolean | undefined;
}

export function microphoneOf(facts: MicrophoneFacts): Microphone {
	if (!facts.connected || (facts.zrtp !== "secure" && !serverMayHear(facts) && !clearMayPlay(facts))) return "held";
	return facts.muted ? "muted" : "open";
}

/** Whether voice may pass in the clear: ours, once the microphone is open, and what comes from the other end. */
export function clearMayPlay(facts: Omit<MicrophoneFacts, "connected" | "muted">): boolean {
	if (facts.mandatory || facts.server === "on" || facts.server === "agreeing" || facts.server === "failed")
		return false;
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

/**
 * Whether voice may leave under keys that servers on the way know: not while ZRTP, which was announced, is to come, and not
 * where it was to be expected and is missing.
 */
function serverMayHear({ server, zrtp, mandatory, expected, clearAgreed, announced }: MicrophoneFacts): boolean {
	if (server !== "on" || mandatory) return false;
	switch (zrtp) {
		case undefined:
			return true;
		case "idle":
		case "agreeing":
			return announced !== true && !expected;
		case "absent":
		case "failed":
			return !expected || clearAgreed;
		case "cleared":
			return clearAgreed;
		case "clearing":
			return false;
		case "secure":
			return true;
	}
}
