/**
 * Transfer that begins elsewhere: REFER as a server (RFC 3515), decided by call/, and the NOTIFYs by which the one who asked
 * hears how the call goes that it asked for.
 * @module
 */

import { parseAddress } from "./address";
import type { Call } from "./call";
import { partyOf } from "./call-info";
import { MAX_REFERRALS, REFERRAL_LIMIT_MS, REFERRAL_PENDING_MS } from "./constants";
import type { Core } from "./core";
import { type Dialog, nextHop, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { header, headerLines, type Request } from "./message";
import type { NonInviteServer } from "./non-invite-server";
import { formatSipfrag, SIPFRAG_TYPE } from "./sipfrag";
import { param } from "./syntax";
import type { Timer } from "./timers";
import { parseUri, placeOf, schemeOf } from "./uri";

/** From the REFER to the last NOTIFY. */
export interface Referral {
	readonly id: number;
	readonly call: Call;
	readonly dialog: Dialog;
	/** undefined once it is answered. */
	transaction: NonInviteServer | undefined;
	readonly event: string;
	readonly replaces: string | undefined;
	/** Referred-By as it came, to be passed on (RFC 3892 section 2.2). */
	readonly referredBy: string | undefined;
	/** call/ has obeyed or refused. */
	decided: boolean;
	timer: Timer | undefined;
	/** One NOTIFY at a time; what comes meanwhile waits, the last word only. */
	notifying: boolean;
	next: { readonly status: number; readonly reason: string } | undefined;
	/** The last status that was told. */
	told: number;
}

/** Section 2.4.2. The CSeq has been checked. */
export function receiveRefer(
	core: Core,
	transaction: NonInviteServer,
	request: Request,
	call: Call,
	dialog: Dialog,
): void {
	const fault = referFault(core, call, request);
	if (fault !== undefined) {
		core.respond(transaction, fault);
		return;
	}
	const referTo = parseAddress(headerLines(request, "refer-to")[0] ?? "")?.uri ?? "";
	const question = referTo.indexOf("?");
	const target = question < 0 ? referTo : referTo.slice(0, question);
	const replaces = question < 0 ? undefined : replacesOf(referTo.slice(question + 1));
	const first = call.refers++ === 0;
	const referral: Referral = {
		id: core.referralId(),
		call,
		dialog,
		transaction,
		// Section 2.4.6: from the second on it has to be said which REFER is meant.
		event: first ? "refer" : `refer;id=${request.cseq}`,
		replaces,
		referredBy: header(request, "referred-by")?.slice(0, 512),
		decided: false,
		timer: undefined,
		notifying: false,
		next: undefined,
		told: 0,
	};
	core.referrals.set(referral.id, referral);
	referral.timer = core.timers.after(REFERRAL_PENDING_MS, () => {
		// Section 2.4.2: 202 when the person takes a while to decide.
		acceptFor(core, referral);
		tell(core, referral, 100, "Trying");
		referral.timer = core.timers.after(REFERRAL_LIMIT_MS - REFERRAL_PENDING_MS, () => {
			referral.decided = true;
			tell(core, referral, 603, "Decline");
		});
	});
	const referredBy = partyOf(parseAddress(referral.referredBy ?? ""));
	core.act({
		type: "referred",
		call: call.id,
		referral: referral.id,
		target,
		attended: replaces !== undefined,
		...(referredBy !== undefined && { referredBy }),
	});
}

function referFault(
	core: Core,
	call: Call,
	request: Request,
): { status: number; reason?: string; headers?: { name: string; value: string }[] } | undefined {
	const lines = headerLines(request, "refer-to");
	const address = parseAddress(lines[0] ?? "");
	// Section 2.4.1: exactly one.
	if (lines.length !== 1 || address === undefined)
		return { status: 400, reason: "Refer-To is missing, malformed or not alone" };
	const scheme = schemeOf(address.uri);
	if (scheme !== "sip" && scheme !== "sips") return { status: 416 };
	const uri = parseUri(address.uri);
	if (uri === undefined) return { status: 400, reason: "Refer-To is malformed" };
	if (core.isOwn(placeOf(uri))) return { status: 482, reason: "Loop Detected (Refer-To is this phone itself)" };
	// Section 2.1: any method can be asked for; a phone calls, and does nothing else at others' wish.
	const method = param(uri.params, "method");
	if (method !== undefined && method.toUpperCase() !== "INVITE") return { status: 403 };
	if (uri.headers !== undefined && uri.headers !== "" && !headersAllowed(uri.headers))
		return { status: 400, reason: "Refer-To asks for headers that a phone does not send for others" };
	if (call.reported) return { status: 481 };
	// A storm: one wish for a call at a time, and few for all.
	const busy = [...core.referrals.values()].some((referral) => referral.call === call && !referral.decided);
	if (busy || core.referrals.size >= MAX_REFERRALS)
		return { status: 500, headers: [{ name: "Retry-After", value: String(5 + core.below(11)) }] };
	return undefined;
}

/** Replaces is obeyed, Require and Referred-By do no harm; anything else would put words into our mouth. */
function headersAllowed(headers: string): boolean {
	const names = headers.split("&").map((entry) => entry.split("=")[0]?.toLowerCase() ?? "");
	const known = names.every((name) => name === "replaces" || name === "require" || name === "referred-by");
	return known && (names.indexOf("replaces") < 0 || replacesOf(headers) !== undefined);
}

/** The one Replaces of URI headers, unescaped; undefined when it stands twice or could end the line. */
function replacesOf(headers: string): string | undefined {
	const found = headers.split("&").filter((entry) => entry.toLowerCase().startsWith("replaces="));
	const escaped = found[0]?.slice("replaces=".length);
	if (escaped === undefined || found.length !== 1 || escaped.length > 512) return undefined;
	let value: string;
	try {
		value = decodeURIComponent(escaped);
	} catch {
		return undefined;
	}
	for (const character of value) if (character <= " " || character > "~") return undefined;
	return value === "" ? undefined : value;
}

/**
 * call/ obeys by making `call`: 202, and from now on the one who asked hears how it goes. Undefined: that referral is over,
 * and the call is made all the same.
 */
export function takeReferral(core: Core, id: number | undefined, call: Call): Referral | undefined {
	const referral = id === undefined ? undefined : core.referrals.get(id);
	if (referral === undefined || referral.decided) return undefined;
	decide(referral);
	acceptFor(core, referral);
	tell(core, referral, 100, "Trying");
	call.follow = (status, reason) => tell(core, referral, status, reason);
	return referral;
}

/** @throws RangeError for a status outside 400..699 */
export function rejectReferral(core: Core, id: number, status: number): void {
	if (!Number.isInteger(status) || status < 400 || status > 699) throw new RangeError(`status: ${status}`);
	const referral = core.referrals.get(id);
	if (referral === undefined || referral.decided) return;
	decide(referral);
	if (referral.transaction === undefined) tell(core, referral, status, "Declined");
	else {
		core.respond(referral.transaction, { status });
		core.referrals.delete(id);
	}
}

/** The call in which it was asked is over: what is not decided yet is refused, what is under way goes on. */
export function endReferrals(core: Core, call: Call): void {
	for (const referral of [...core.referrals.values()]) {
		if (referral.call !== call || referral.decided) continue;
		decide(referral);
		if (referral.transaction !== undefined) core.respond(referral.transaction, { status: 481 });
		core.referrals.delete(referral.id);
	}
}

function decide(referral: Referral): void {
	referral.decided = true;
	referral.timer?.cancel();
}

function acceptFor(core: Core, referral: Referral): void {
	const transaction = referral.transaction;
	referral.transaction = undefined;
	if (transaction === undefined) return;
	core.respond(transaction, { status: 202, headers: [core.contactHeader(referral.call.account, transaction.to)] });
}

/** Section 2.4.4: a NOTIFY for each news; the last one ends the subscription (section 2.4.7). */
function tell(core: Core, referral: Referral, status: number, reason: string): void {
	if (status === referral.told || !core.referrals.has(referral.id)) return;
	if (referral.notifying) {
		referral.next = { status, reason };
		return;
	}
	referral.told = status;
	const { dialog } = referral;
	const final = status >= 200;
	const to = nextHop(dialog);
	if (to === undefined) {
		core.referrals.delete(referral.id);
		return;
	}
	const headers = [
		{ name: "Event", value: referral.event },
		{ name: "Subscription-State", value: final ? "terminated;reason=noresource" : "active;expires=180" },
		{ name: "User-Agent", value: core.config.userAgent },
	];
	const body = { contentType: `${SIPFRAG_TYPE};version=2.0`, text: formatSipfrag(status, reason) };
	const over = (): void => {
		core.referrals.delete(referral.id);
	};
	referral.notifying = true;
	new Exchange(core, {
		account: referral.call.account,
		credentials: new Credentials(),
		to,
		patient: true,
		make: (via, way) => {
			const contact = core.contactHeader(referral.call.account, way);
			return requestIn(dialog, "NOTIFY", ++dialog.localCseq, via, [contact, ...headers], body);
		},
		onResponse: (response) => {
			if (response.status < 200) return;
			referral.notifying = false;
			// Whoever asked has gone or does not want to know (RFC 6665 section 4.2.2): the call that it wished is made all the same.
			if (final || response.status >= 300) over();
			else if (referral.next !== undefined) {
				const { next } = referral;
				referral.next = undefined;
				tell(core, referral, next.status, next.reason);
			}
		},
		onFailure: over,
	}).start();
}
