/**
 * message/sipfrag (RFC 3420) as REFER uses it (RFC 3515 section 2.4.5): one status line that says how the other call goes.
 * @module
 */

import { latin1Decode } from "bytes/text";

export const SIPFRAG_TYPE = "message/sipfrag";

// The engine compiles a literal each time it is evaluated; an alternative, no optional group, for what follows the status.
const STATUS_LINE = /^SIP\/2\.0 ([1-6][0-9][0-9])( [^\r\n]*|)/i;
const MAX_LENGTH = 4096;

/** The status of the first line; undefined when the body begins otherwise. */
export function parseSipfrag(body: Uint8Array): { status: number; reason: string } | undefined {
	const match = STATUS_LINE.exec(latin1Decode(body.subarray(0, MAX_LENGTH)));
	if (match === null) return undefined;
	return { status: Number(match[1]), reason: (match[2] ?? "").trim().slice(0, 80) };
}

export function formatSipfrag(status: number, reason: string): string {
	return `SIP/2.0 ${status} ${reason.replace(/[^ -~]/g, "?").slice(0, 80)}\r\n`;
}
