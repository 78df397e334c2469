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
	readonly muted: boolean;
}

export function microphoneOf(facts: MicrophoneFacts): Microphone {
	if (!facts.connected || !mayOpen(facts)) return "held";
	return facts.muted ? "muted" : "open";
}

/** Whether voice that comes in the clear may be played: the same rule, for the other direction. */
export function clearMayPlay(facts: Pick<MicrophoneFacts, "zrtp" | "mandatory">): boolean {
	return (facts.zrtp === undefined || facts.zrtp === "absent") && !facts.mandatory;
}

function mayOpen({ zrtp, mandatory }: MicrophoneFacts): boolean {
	switch (zrtp) {
		case "secure":
			return true;
		case undefined:
		case "absent":
			return !mandatory;
		case "idle":
		case "agreeing":
		case "failed":
		case "cleared":
			return false;
	}
}
