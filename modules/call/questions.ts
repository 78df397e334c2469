/**
 * What the owner is asked in a call: at most one thing at a time, the gravest first. No answer is no: until there is one
 * the microphone stays as it was, and nothing is trusted.
 */
import type { Question } from "./state";
import type { Enrollment, ZrtpStatus } from "./zrtp-stream";

export interface QuestionFacts {
	readonly zrtp: ZrtpStatus | undefined;
	readonly mandatory: boolean;
	readonly expected: "in this call" | "in earlier calls" | undefined;
	readonly clearAgreed: boolean;
	readonly enrollment: Enrollment | undefined;
	/** Keys that servers on the way know are on. */
	readonly toServer: boolean;
}

export function questionOf({
	zrtp,
	mandatory,
	expected,
	clearAgreed,
	enrollment,
	toServer,
}: QuestionFacts): Question | undefined {
	// The other end ended encryption, or never began it: RFC 6189 section 4.7.2 wants the owner to take notice.
	if (!mandatory && !clearAgreed) {
		const who = toServer ? "The servers on the way" : "Anybody on the way";
		if (zrtp?.state === "cleared" && zrtp.by === "peer")
			return {
				about: "cleared",
				text: `The other phone ended encryption. Go on talking without? ${who} can listen.`,
			};
		if (zrtp?.state === "absent" && expected !== undefined)
			return {
				about: "unencrypted",
				text: `There was encryption between the phones ${expected}, and now there is none. Go on without? ${who} can listen.`,
			};
	}
	if (zrtp?.state !== "secure") return undefined;
	if (enrollment?.state === "asked" || enrollment?.state === "unsafe")
		return {
			about: "enrollment",
			text: `"${enrollment.clientId}" asks to be trusted as your gateway. It would stand in the middle of your calls, and could listen. Say yes only if you called it for this.`,
		};
	return undefined;
}
