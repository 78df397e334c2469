/**
 * What may be said about the security of one call: from what its streams' ZRTP says and what the owner has said, to the
 * fields of CallState. A pure function, so that screen, panel and tests read the same truth.
 */

import type { Sas, WarnCode } from "zrtp/types";
import type { KeyingStatus } from "./keying";
import { lockOf, worstLock } from "./lock";
import { type NoticeFacts, noticeOf, remarksOf } from "./notices";
import { questionOf } from "./questions";
import type { CallState, Keying, Lock } from "./state";
import type { Enrollment, ZrtpStatus } from "./zrtp-stream";

/** What a stream's ZRTP says; zrtp-stream.ts has it. */
export interface StreamSecurity {
	readonly status: ZrtpStatus;
	readonly sas: Sas | undefined;
	readonly enrollment: Enrollment | undefined;
	warned(code: WarnCode): boolean;
}

export interface SecurityFacts {
	/** The call is or was connected. */
	readonly connected: boolean;
	readonly ended: boolean;
	readonly mandatory: boolean;
	/** The call's first stream; undefined: ZRTP is off, or there is no stream yet. */
	readonly first: StreamSecurity | undefined;
	/** What signalling says of the first stream's keys. */
	readonly keying?: KeyingStatus | undefined;
	/** What ZRTP says of the streams that were added to it. */
	readonly added: readonly (ZrtpStatus | undefined)[];
	readonly expected: NoticeFacts["expected"];
	readonly clearAgreed: boolean;
	/** The owner said that the words differ, or that they match. */
	readonly sasMismatch: boolean;
	readonly verifiedHere: boolean;
	readonly anotherPhone: boolean;
	/** The owner's name for the gateway. */
	readonly gatewayName: string | undefined;
}

export type Security = Pick<
	CallState,
	| "lock"
	| "keying"
	| "securing"
	| "verified"
	| "retained"
	| "sas"
	| "sasType"
	| "keyAgreement"
	| "hash"
	| "cipher"
	| "authTag"
	| "gateway"
	| "question"
	| "disclosure"
	| "sharedWords"
	| "clear"
	| "remarks"
	| "notice"
>;

export function securityOf(facts: SecurityFacts): Security {
	const { first, connected, ended, mandatory, expected, clearAgreed, sasMismatch, verifiedHere } = facts;
	const status = first?.status;
	const state = status?.state;
	const secure = state === "secure";
	// Words of keys that are gone are nothing to compare.
	const sas = secure ? first?.sas : undefined;
	const retained = first?.warned("secretMismatch") ? "mismatch" : (first?.sas?.retained ?? "none");
	const helloHashMismatch = first?.warned("helloHashMismatch") === true && !verifiedHere;
	const goClearRefused = first?.warned("goClearRefused") === true;
	const verified = first?.sas?.verified === true && !sasMismatch;
	const { by = "none", server = "none", lost: serverLost = false, reason: serverReason } = facts.keying ?? {};
	const toServer = server === "on";
	const keying: Keying = secure ? "zrtp" : by;
	// Keys that servers know are what is left where ZRTP fails, and no more; not in a call that had better ones.
	const failed = state === "failed" && (!toServer || expected !== undefined);
	const serverAlarm = !secure && (server === "failed" || (serverLost && !clearAgreed));
	const lost = state === "absent" && expected !== undefined && !clearAgreed;
	const lock = lockOf({
		keying,
		secure: secure || toServer,
		alarmed:
			sasMismatch ||
			helloHashMismatch ||
			goClearRefused ||
			failed ||
			serverAlarm ||
			isLoss(status, clearAgreed) ||
			lost,
		retained,
		verified: retained === "mismatch" ? verifiedHere : verified,
		gateway: sas?.mitm === true,
	});
	const notice = connected
		? noticeOf({
				zrtp: status,
				server,
				serverLost: serverLost && !clearAgreed,
				serverReason,
				mandatory,
				expected,
				clearAgreed,
				retainedMismatch: retained === "mismatch" && !verifiedHere,
				helloHashMismatch,
				goClearRefused,
				secretNotSaved: first?.warned("secretsNotSaved") === true,
				sasMismatch,
				anotherPhone: facts.anotherPhone && !verified,
				sasRelayIgnored: first?.warned("sasRelayIgnored") === true,
				enrollment: first?.enrollment?.state,
				clearNotAllowed: first?.warned("clearNotAllowed") === true,
				disclosure: sas?.disclosure === true,
				auxsecretMismatch: sas?.auxsecret === "mismatch",
			})
		: undefined;
	const weak = facts.added.findIndex((each) => addedLock(each, lock) !== lock);
	const question =
		connected && !ended
			? questionOf({ zrtp: status, mandatory, expected, clearAgreed, enrollment: first?.enrollment, toServer })
			: undefined;
	const clear = ended ? undefined : clearOf(status, sas);
	const remarks = first ? remarksOf((code) => first.warned(code)) : [];
	return {
		lock: worstLock([lock, ...(secure ? facts.added.map((each) => addedLock(each, lock)) : [])]) ?? lock,
		keying,
		securing: !ended && connected && (state === "agreeing" || (!secure && server === "agreeing")),
		verified,
		retained,
		...(sas && {
			sas: sas.text,
			sasType: sas.sasType,
			keyAgreement: sas.keyAgreement,
			hash: sas.hash,
			cipher: sas.cipher,
			authTag: sas.authTag,
		}),
		...(!secure && facts.keying?.cipher !== undefined && { cipher: facts.keying.cipher }),
		...(!secure && facts.keying?.authTag !== undefined && { authTag: facts.keying.authTag }),
		...(sas?.mitm && {
			gateway: { name: facts.gatewayName ?? sas.peerClientId, trusted: sas.trustedMitm, relayed: sas.relayed },
		}),
		...(question && { question }),
		...(sas?.disclosure && { disclosure: true }),
		...(sas && sas.auxsecret !== "none" && { sharedWords: sas.auxsecret }),
		...(clear && { clear }),
		...(remarks.length > 0 && { remarks }),
		...noticeField(notice ?? (connected && secure && weak >= 0 ? ofAdded(facts.added[weak]) : undefined)),
	};
}

function noticeField(notice: string | undefined): Pick<CallState, "notice"> {
	return notice === undefined ? {} : { notice };
}

/** Encryption ended, and the owner has not agreed to it. */
function isLoss(status: ZrtpStatus | undefined, clearAgreed: boolean): boolean {
	return status?.state === "cleared" && !clearAgreed;
}

/** An added stream is as good as the first where it has keys of its own from it, and no better. */
function addedLock(status: ZrtpStatus | undefined, first: Lock): Lock {
	switch (status?.state) {
		case "secure":
			return first;
		case "failed":
		case "cleared":
			return "warning";
		case undefined:
		case "absent":
		case "idle":
		case "agreeing":
		case "clearing":
			return "open";
	}
}

function ofAdded(status: ZrtpStatus | undefined): string {
	switch (status?.state) {
		case "idle":
		case "agreeing":
			return "The second stream of this call is not encrypted yet: its microphone is held.";
		default:
			return "The second stream of this call is not encrypted: nothing of yours goes there.";
	}
}

function clearOf(status: ZrtpStatus | undefined, sas: Sas | undefined): CallState["clear"] {
	switch (status?.state) {
		case "secure":
			return sas?.allowClear === true ? "possible" : undefined;
		case "clearing":
			return "asked";
		case "cleared":
			return "done";
		default:
			return undefined;
	}
}
