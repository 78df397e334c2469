/**
 * Statuses in plain words, for the person who holds the phone.
 * @module
 */

import type { Failure } from "./transaction";
import { bracketed, type Place } from "./uri";

const WORDS: Readonly<Record<number, string>> = Object.freeze({
	400: "the other side did not understand the call",
	401: "the server did not accept the password",
	403: "the server does not allow this",
	404: "nobody has this address",
	405: "the other side does not take calls",
	407: "the server did not accept the password",
	408: "nobody answered in time",
	410: "this address is no longer in use",
	415: "the other side cannot read our description of the call",
	416: "the other side does not know this kind of address",
	420: "the other side lacks an extension that was asked for",
	423: "the server wants a longer registration",
	480: "not available at the moment",
	481: "the other side no longer knows this call",
	482: "the call went in a circle",
	483: "the call passed too many servers",
	484: "the address is incomplete",
	486: "busy",
	487: "the call was cancelled",
	488: "no common codec or encryption",
	491: "the other side is changing the call too",
	500: "the other side has an internal error",
	501: "the other side cannot do this",
	502: "a server on the way did not understand the other",
	503: "the service is not available",
	504: "a server on the way did not answer in time",
	513: "the message was too large for the other side",
	600: "busy everywhere",
	603: "the call was declined",
	604: "nobody has this address anywhere",
	606: "the other side cannot take a call of this kind",
});

/** What a final status means; an unknown one by the phrase the other side sent. */
export function statusWords(status: number, phrase: string): string {
	if (status >= 300 && status < 400) return "the other party has moved";
	const words = WORDS[status];
	if (words !== undefined) return words;
	const said = phrase.replace(/[^ -~]/g, "?").slice(0, 60);
	return `the other side answered ${status}${said === "" ? "" : ` ${said}`}`;
}

/** Why nothing came back, with the place that was asked. */
export function failureWords(failure: Failure, to: Place): string {
	const place = to.port === undefined ? to.address : `${bracketed(to.address)}:${to.port}`;
	if (failure.type === "timeout") return `no answer from ${place} within 32 s`;
	// What the network says names the place already.
	return failure.error.indexOf(place) >= 0 ? failure.error : `${place} cannot be reached: ${failure.error}`;
}

/** Section 12.2.1.2 and 8.1.3.1: a timeout counts as 408, a transport failure as 503. */
export function failureStatus(failure: Failure): number {
	return failure.type === "timeout" ? 408 : 503;
}
