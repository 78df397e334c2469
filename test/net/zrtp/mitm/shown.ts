/** What the phone shows and does about its microphone, by call/'s own rules, from what the engine of one end said. */
import { lockOf } from "call/lock";
import { microphoneOf } from "call/microphone";
import type { Lock } from "call/state";
import type { Endpoint } from "test/net/zrtp/endpoint";

export interface Shown {
	readonly lock: Lock;
	readonly microphone: "held" | "open" | "muted";
}

/** @param toldDifferent the owner has said that the words differ */
export function shown(end: Endpoint, toldDifferent = false): Shown {
	const state = stateOf(end);
	const secure = state === "secure";
	const { sas, warnings, history } = end;
	return {
		lock: lockOf({
			keying: secure ? "zrtp" : "none",
			secure,
			alarmed:
				toldDifferent ||
				warnings.includes("helloHashMismatch") ||
				warnings.includes("goClearRefused") ||
				state === "failed" ||
				state === "cleared",
			retained: warnings.includes("secretMismatch") ? "mismatch" : (sas?.retained ?? "none"),
			verified: sas?.verified === true,
			gateway: sas?.mitm === true,
		}),
		microphone: microphoneOf({
			connected: true,
			zrtp: state,
			mandatory: false,
			expected: history.includes("secure"),
			clearAgreed: false,
			muted: false,
		}),
	};
}

function stateOf({ history, failures, sendKeys }: Endpoint) {
	const last = history.filter((type) => ["securing", "secure", "clearKeys", "failed"].includes(type)).pop();
	if (last === "secure" && sendKeys) return "secure";
	if (failures.length > 0) return failures[failures.length - 1] === "noPeer" ? "absent" : "failed";
	return last === "clearKeys" ? "cleared" : "agreeing";
}

export const WARNED: Shown = Object.freeze({ lock: "warning", microphone: "held" });
/** The call goes on, loudly: keys are agreed with whoever is there, and the lock says that it is not who it was. */
export const LOUD: Shown = Object.freeze({ lock: "warning", microphone: "open" });
