/**
 * INFO (RFC 6086 section 4, legacy usage): digits of the key pad as application/dtmf-relay, both ways.
 * @module
 */

import { latin1Decode } from "bytes/text";
import type { Call } from "./call";
import type { Core } from "./core";
import { nextHop, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { header, type Request } from "./message";
import type { NonInviteServer } from "./non-invite-server";
import { parseNumber } from "./syntax";

const RELAY_TYPE = "application/dtmf-relay";
const DIGIT_TYPE = "application/dtmf";
const DIGITS = "0123456789*#ABCD";
const DEFAULT_MS = 160;
const MAX_MS = 6000;
const MAX_BODY = 256;

/** @throws RangeError for a digit that no key pad has */
export function sendDtmf(core: Core, call: Call, digit: string, durationMs: number): void {
	if (digit.length !== 1 || DIGITS.indexOf(digit) < 0) throw new RangeError(`digit: ${digit}`);
	const { dialog } = call;
	const to = dialog === undefined ? undefined : nextHop(dialog);
	if (dialog === undefined || to === undefined || call.incoming?.initial) return;
	const length = Math.min(Math.max(Math.round(durationMs), 40), MAX_MS);
	const body = { contentType: RELAY_TYPE, text: `Signal=${digit}\r\nDuration=${length}\r\n` };
	const headers = [{ name: "User-Agent", value: core.config.userAgent }];
	new Exchange(core, {
		account: call.account,
		credentials: new Credentials(),
		to,
		patient: true,
		make: (via) => requestIn(dialog, "INFO", ++dialog.localCseq, via, headers, body),
		onResponse: (response) => {
			if (response.status >= 300) core.warn(`the other side does not take digits by INFO (${response.status})`);
		},
		onFailure: () => core.warn("a digit by INFO was not confirmed"),
	}).start();
}

/** The CSeq has been checked. */
export function receiveInfo(core: Core, transaction: NonInviteServer, request: Request, call: Call): void {
	// Some servers probe a call with an empty INFO and end it when that is refused (RFC 2976 section 2.2: answer 200).
	if (request.body.length === 0) {
		core.respond(transaction, { status: 200 });
		return;
	}
	const type = header(request, "content-type")?.split(";")[0]?.trim().toLowerCase();
	if (type !== RELAY_TYPE && type !== DIGIT_TYPE) {
		core.respond(transaction, { status: 415, headers: [{ name: "Accept", value: `${RELAY_TYPE}, ${DIGIT_TYPE}` }] });
		return;
	}
	const dtmf = read(request, type);
	core.respond(transaction, dtmf === undefined ? { status: 400, reason: "no digit in the body" } : { status: 200 });
	if (dtmf !== undefined && !call.reported) core.act({ type: "dtmf", call: call.id, ...dtmf });
}

function read(request: Request, type: string): { digit: string; durationMs: number } | undefined {
	const text = latin1Decode(request.body.subarray(0, MAX_BODY));
	let signal: string | undefined = type === DIGIT_TYPE ? text.trim() : undefined;
	let durationMs = DEFAULT_MS;
	if (type === RELAY_TYPE)
		for (const line of text.split("\n")) {
			const sign = line.indexOf("=");
			const name = line.slice(0, Math.max(sign, 0)).trim().toLowerCase();
			const value = line.slice(sign + 1).trim();
			if (name === "signal") signal ??= value;
			if (name === "duration") durationMs = Math.min(parseNumber(value, 5) ?? DEFAULT_MS, MAX_MS);
		}
	// 10 and 11 are how some gateways write the star and the hash (RFC 4733's events).
	const digit = signal === "10" ? "*" : signal === "11" ? "#" : signal?.toUpperCase();
	return digit?.length === 1 && DIGITS.indexOf(digit) >= 0 ? { digit, durationMs } : undefined;
}
