/**
 * What an INVITE says about itself beside its offer: who calls, by which detour, how it wants to ring. Headers enter from
 * accept.ts; the CallInfo of types.ts leaves to the screen. Nothing here changes what the phone does: it only tells.
 * @module
 */

import { type Address, parseAddress } from "./address";
import type { Core } from "./core";
import { header, headerLines, headerList, type Message, type Request } from "./message";
import { param, parseNumber } from "./syntax";
import type { Account, AutoAnswer, CallInfo, Diversion, Party } from "./types";
import type { Destination } from "./uri";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const AUTO = /^auto(\s*;|\s*$)/i;
const REQUIRED = /;\s*require\b/i;
const HISTORY_CAUSE = /[?&]Reason=SIP(?:%3B|;)cause(?:%3D|=)([0-9]{3})/i;

/** Longest `answer-after` that is believed, in seconds. */
const MAX_ANSWER_AFTER_SEC = 60;

/** @param from where the INVITE came from */
export function callInfo(core: Core, request: Request, account: Account | undefined, from: Destination): CallInfo {
	const identity = core.trusts(account, from) ? assertedIdentity(request) : undefined;
	const diversion = diversionOf(request);
	const referredBy = partyOf(parseAddress(header(request, "referred-by") ?? ""));
	const alert = alertInfo(request);
	const autoAnswer = autoAnswerOf(request);
	return {
		...(account !== undefined && { account: account.id }),
		...(identity !== undefined && { identity }),
		...(diversion !== undefined && { diversion }),
		...(referredBy !== undefined && { referredBy }),
		...(alert !== undefined && { alertInfo: alert }),
		...(autoAnswer !== undefined && { autoAnswer }),
	};
}

/**
 * P-Asserted-Identity (RFC 3325 section 9.1), a SIP URI before a telephone number; else Remote-Party-ID, which older
 * servers send. The caller of this has checked that the message came from a server of the account's own (section 5).
 */
export function assertedIdentity(message: Message): Party | undefined {
	const asserted = headerList(message, "p-asserted-identity").slice(0, 2).map(parseAddress);
	const found = asserted.find((address) => address?.uri.toLowerCase().startsWith("sip")) ?? asserted[0];
	return partyOf(found ?? parseAddress(headerList(message, "remote-party-id")[0] ?? ""));
}

/** The top Diversion is the latest (RFC 5806 section 7); else the last entry of History-Info but the one that led here. */
function diversionOf(request: Request): Diversion | undefined {
	const top = parseAddress(headerList(request, "diversion")[0] ?? "");
	if (top !== undefined) return diversion(top, param(top.params, "reason"));
	// RFC 7044 section 5: each hop adds an entry; the reason why the one before was left stands in its URI's headers.
	const history = headerList(request, "history-info");
	const before = parseAddress(history[history.length - 2] ?? "");
	return before === undefined ? undefined : diversion(before, HISTORY_CAUSE.exec(before.uri)?.[1]);
}

function diversion(address: Address, reason: string | undefined): Diversion | undefined {
	const party = partyOf(address);
	if (party === undefined) return undefined;
	return reason === undefined || reason === "" ? party : { ...party, reason: reason.slice(0, 40) };
}

/** A party to show; the headers a URI may carry are nobody's to see. */
export function partyOf(address: Address | undefined): Party | undefined {
	if (address === undefined) return undefined;
	const question = address.uri.indexOf("?");
	const uri = question < 0 ? address.uri : address.uri.slice(0, question);
	return address.displayName === undefined ? { uri } : { uri, displayName: address.displayName };
}

function alertInfo(request: Request): CallInfo["alertInfo"] {
	// No name-addr: `<uri>;params`, and some servers send the parameter alone (`info=alert-group`).
	const line = headerLines(request, "alert-info")[0]?.slice(0, 256);
	if (line === undefined) return undefined;
	const address = parseAddress(line);
	const info = address === undefined ? parseAddress(`<sip:none>;${line}`)?.params : address.params;
	const name = param(info ?? [], "info");
	const uri = address?.uri ?? "";
	if (uri === "" && name === undefined) return undefined;
	return name === undefined ? { uri } : { uri, info: name };
}

/** Answer-Mode and Priv-Answer-Mode (RFC 5373 section 4), Call-Info answer-after, and Alert-Info as desk phones know it. */
function autoAnswerOf(request: Request): AutoAnswer | undefined {
	for (const name of ["answer-mode", "priv-answer-mode"]) {
		const mode = header(request, name) ?? "";
		if (AUTO.test(mode)) return { afterMs: 0, required: REQUIRED.test(mode) };
	}
	for (const value of headerList(request, "call-info")) {
		const params = parseAddress(value)?.params ?? parseAddress(`<sip:none>;${value}`)?.params ?? [];
		const afterSec = parseNumber(param(params, "answer-after"), 3);
		if (afterSec !== undefined) return { afterMs: Math.min(afterSec, MAX_ANSWER_AFTER_SEC) * 1000, required: false };
	}
	const info = alertInfo(request)?.info?.toLowerCase() ?? "";
	if (info === "alert-autoanswer" || info === "intercom") return { afterMs: 0, required: false };
	return undefined;
}
