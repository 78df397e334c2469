/**
 * The sentences that tell a person what became of a call's security; each names the thing and what to do. Every code
 * with which the engine ends or warns has one here.
 */
import type { FailCode, WarnCode } from "zrtp/types";
import type { ServerKeys } from "./keying";
import type { Enrollment, ZrtpStatus } from "./zrtp-stream";

export interface NoticeFacts {
	/** undefined: ZRTP is switched off in the settings. */
	readonly zrtp: ZrtpStatus | undefined;
	/** What keys of signalling are worth; `none` without it. */
	readonly server?: ServerKeys | undefined;
	/** The call had such keys, and has none or worse now. */
	readonly serverLost?: boolean | undefined;
	/** Why they failed. */
	readonly serverReason?: string | undefined;
	readonly mandatory: boolean;
	/** Why encryption was to be expected although there is none: this call had it, or an earlier one with this address. */
	readonly expected: "in this call" | "in earlier calls" | undefined;
	/** The owner has agreed that this call goes on in the clear. */
	readonly clearAgreed: boolean;
	readonly retainedMismatch: boolean;
	readonly helloHashMismatch: boolean;
	/** The other end asked to end encryption, and this phone did not. */
	readonly goClearRefused: boolean;
	readonly secretNotSaved: boolean;
	/** The owner said that the words differ. */
	readonly sasMismatch: boolean;
	/** Keys were agreed anew in this call, with another phone than before. */
	readonly anotherPhone: boolean;
	/** A device in the middle named other words, and this phone does not trust it (section 7.3). */
	readonly sasRelayIgnored: boolean;
	readonly enrollment: Enrollment["state"] | undefined;
	/** The owner wanted clear, and the other end does not allow it. */
	readonly clearNotAllowed: boolean;
	/** The other phone may hand out its keys (section 11). */
	readonly disclosure: boolean;
	/** The words that both owners were to type are not the same (section 4.3.2). */
	readonly auxsecretMismatch: boolean;
}

/** @returns the most important sentence, or undefined where nothing needs saying. */
export function noticeOf(facts: NoticeFacts): string | undefined {
	const { zrtp, mandatory } = facts;
	if (facts.sasMismatch) return "The words did not match: somebody may be listening. Hang up and call again.";
	const ofServer = zrtp?.state === "secure" ? undefined : ofServerKeys(facts);
	if (ofServer !== undefined) return ofServer;
	// Between this phone and the server nobody listens: the lock says so, and who else can.
	const toServer = (facts.server === "on" || facts.server === "agreeing") && !mandatory && facts.expected === undefined;
	switch (zrtp?.state) {
		case undefined:
			if (toServer) return undefined;
			return mandatory
				? "The settings switch encryption off and allow no call without it: the microphone stays off."
				: "Encryption is switched off on this phone: this call can be overheard.";
		case "absent":
			return toServer ? undefined : ofAbsence(facts);
		case "failed":
			if (toServer) return `No keys of the two phones were agreed: ${REASONS[zrtp.code]}. The servers can listen.`;
			return `No keys were agreed: ${REASONS[zrtp.code]}. The microphone stays off.`;
		case "clearing":
			return "Encryption is being ended: the microphone is off until the other phone agrees.";
		case "cleared":
			return ofClear(facts, zrtp.by);
		case "idle":
		case "agreeing":
		case "secure":
			return ofKeys(facts);
	}
}

/** What is wrong with the keys of signalling. */
function ofServerKeys({ server, serverLost, serverReason, zrtp, mandatory }: NoticeFacts): string | undefined {
	if (server === "failed")
		return `No keys were agreed: ${serverReason ?? "signalling brought none"}. The microphone stays off.`;
	if (mandatory || zrtp?.state === "agreeing" || zrtp?.state === "idle") return undefined;
	if (serverLost === true) return "This call was encrypted to the server, and no longer is: it can be overheard.";
	if (server === "exposed" && (zrtp === undefined || zrtp.state === "absent"))
		return "The keys of this call came in signalling that everybody on the way can read: it can be overheard.";
	return undefined;
}

function ofAbsence({ mandatory, expected, clearAgreed }: NoticeFacts): string {
	if (expected === undefined || clearAgreed)
		return mandatory
			? "The other phone cannot encrypt, and this phone does not talk without: the microphone stays off."
			: "The other phone cannot encrypt: this call can be overheard.";
	const what =
		expected === "in this call"
			? "This call was encrypted, and no longer is: somebody else may be there."
			: "Calls with this address were encrypted, and this one is not: a mailbox, another phone, or somebody in between.";
	return `${what} The microphone is off.`;
}

function ofClear({ mandatory, clearAgreed }: NoticeFacts, by: "owner" | "peer"): string {
	if (by === "peer" && !clearAgreed) return "The other phone ended encryption: the microphone is off.";
	if (mandatory) return "Encryption was ended, and this phone does not talk without: the microphone stays off.";
	return by === "owner"
		? "You ended encryption: this call can be overheard."
		: "The other phone ended encryption: this call can be overheard.";
}

/** Where there are keys, or may be soon. */
function ofKeys(facts: NoticeFacts): string | undefined {
	if (facts.helloHashMismatch) return WARNINGS.helloHashMismatch.text;
	if (facts.retainedMismatch)
		return facts.enrollment === "unsafe" ? WARNINGS.enrollmentUnsafe.text : WARNINGS.secretMismatch.text;
	if (facts.goClearRefused) return WARNINGS.goClearRefused.text;
	if (facts.anotherPhone)
		return "The call goes on with another phone than before: compare the words with who is there now.";
	if (facts.sasRelayIgnored) return WARNINGS.sasRelayIgnored.text;
	if (facts.disclosure) return "The other phone says that it may give the keys of this call to somebody else.";
	if (facts.enrollment === "notStored")
		return "The gateway's key could not be stored: it is not trusted. Try again later.";
	if (facts.enrollment === "accepted") return "This phone trusts the gateway from the next call on.";
	if (facts.auxsecretMismatch) return "The shared words of the two phones are not the same, or only one has some.";
	if (facts.clearNotAllowed) return WARNINGS.clearNotAllowed.text;
	return facts.secretNotSaved ? WARNINGS.secretsNotSaved.text : undefined;
}

export interface Warning {
	/** The lock turns to a warning. */
	readonly alarm: boolean;
	readonly text: string;
}

const alarm = (text: string): Warning => Object.freeze({ alarm: true, text });
const remark = (text: string): Warning => Object.freeze({ alarm: false, text });

/** What each warning of the engine says. Those that are no alarm are for the page about the call. */
export const WARNINGS: Readonly<Record<WarnCode, Warning>> = Object.freeze({
	helloHashMismatch: alarm("The keys are not those that were announced: compare the words now."),
	secretMismatch: alarm("This is not who answered last time, or their phone lost its memory: compare the words now."),
	goClear: alarm("The other phone ended encryption."),
	goClearRefused: alarm("The other phone asked to end encryption, and this phone refused: ask why."),
	goClearMac: remark("Somebody tried to end encryption with a forged message: it was ignored."),
	clearNotAllowed: remark("The other phone does not allow encryption to be ended: the call stays encrypted."),
	secretsNotSaved: remark("The secret of this call could not be stored: the next call starts anew."),
	malformed: remark("Damaged packets were dropped."),
	hashChain: remark("Packets that belong to no part of this exchange were dropped."),
	badConfirm: remark("A confirmation that was not the other phone's was dropped."),
	unexpectedHello: remark("Another phone wanted to agree keys in the middle of the call: it was ignored."),
	strangeSource: remark("Packets of another stream were dropped."),
	unsupportedVersion: remark("The other phone first spoke another version of ZRTP."),
	errorIgnored: remark("An error message came that anybody could have sent: it was ignored."),
	sasRelayIgnored: remark("A device in between named other words: this phone does not trust it and shows its own."),
	enrollmentUnsafe: remark("Before the gateway is trusted, compare the words: a stored secret did not match."),
});

/** Sentences for the page about the call, of warnings that left the lock as it was. */
export function remarksOf(warned: (code: WarnCode) => boolean): readonly string[] {
	const codes = Object.keys(WARNINGS) as WarnCode[];
	return codes.filter((code) => !WARNINGS[code].alarm && warned(code)).map((code) => WARNINGS[code].text);
}

/** After "No keys were agreed:". */
export const REASONS: Readonly<Record<FailCode, string>> = Object.freeze({
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
