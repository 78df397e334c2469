/** The sentences that tell a person what became of a call's security; each names the thing and what to do. */
import type { FailCode } from "zrtp/types";
import type { ZrtpStatus } from "./zrtp-stream";

export interface NoticeFacts {
	/** undefined: ZRTP is switched off in the settings. */
	readonly zrtp: ZrtpStatus | undefined;
	readonly mandatory: boolean;
	readonly retainedMismatch: boolean;
	readonly helloHashMismatch: boolean;
	/** The other end asked to end encryption, and this phone did not. */
	readonly goClearRefused: boolean;
	readonly secretNotSaved: boolean;
	/** The owner said that the words differ. */
	readonly sasMismatch: boolean;
}

/** @returns the most important sentence, or undefined where nothing needs saying. */
export function noticeOf(facts: NoticeFacts): string | undefined {
	const { zrtp, mandatory } = facts;
	if (facts.sasMismatch) return "The words did not match: somebody may be listening. Hang up and call again.";
	switch (zrtp?.state) {
		case undefined:
			return mandatory
				? "The settings switch encryption off and allow no call without it: the microphone stays off."
				: "Encryption is switched off on this phone: this call can be overheard.";
		case "absent":
			return mandatory
				? "The other phone cannot encrypt, and this phone does not talk without: the microphone stays off."
				: "The other phone cannot encrypt: this call can be overheard.";
		case "failed":
			return `No keys were agreed: ${REASONS[zrtp.code]}. The microphone stays off.`;
		case "cleared":
			return "The other phone ended encryption: the microphone is off.";
		case "idle":
		case "agreeing":
		case "secure":
			return ofKeys(facts);
	}
}

/** Where there are keys, or may be soon. */
function ofKeys(facts: NoticeFacts): string | undefined {
	if (facts.helloHashMismatch) return "The keys are not those that were announced: compare the words now.";
	if (facts.retainedMismatch)
		return "This is not who answered last time, or their phone lost its memory: compare the words now.";
	if (facts.goClearRefused) return "The other phone asked to end encryption, and this phone refused: ask why.";
	return facts.secretNotSaved ? "The secret of this call could not be stored: the next call starts anew." : undefined;
}

const REASONS: Readonly<Record<FailCode, string>> = Object.freeze({
	noPeer: "the other phone has no ZRTP",
	timeout: "the other phone does not answer in ZRTP, or no longer",
	unsupportedVersion: "the other phone speaks another version of ZRTP",
	equalZids: "the other phone has this phone's own identity",
	ssrcCollision: "both ends chose the same stream number",
	hashNotSupported: "no hash in common",
	cipherNotSupported: "no cipher in common",
	keyAgreementNotSupported: "no key agreement in common",
	authTagNotSupported: "no authentication tag in common",
	sasTypeNotSupported: "no rendering of the words in common",
	helloMac: "a message was altered on the way",
	commitMac: "a message was altered on the way",
	dhPartMac: "a message was altered on the way",
	hvi: "a message was altered on the way",
	dhValue: "the other end sent a forged key",
	confirmMac: "a message was altered on the way",
	nonceReuse: "an old message came again",
	zidChanged: "the streams of this call come from different phones",
	modeMismatch: "the streams of this call do not fit together",
	peerError: "the other phone refused",
});
