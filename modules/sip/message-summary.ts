/**
 * application/simple-message-summary (RFC 3842 section 5): whether messages wait, and how many.
 * @module
 */

import { parseNumber } from "./syntax";
import type { MessageCounts } from "./types";

export const MESSAGE_SUMMARY_TYPE = "application/simple-message-summary";

export interface MessageSummary {
	readonly waiting: boolean;
	readonly mailbox?: string;
	readonly voice?: MessageCounts;
}

const MAX_LINES = 32;

// The engine compiles a literal each time it is evaluated. `new/old`, and `(urgent new/urgent old)` after it.
const COUNTS = /^([0-9]{1,9})\s*\/\s*([0-9]{1,9})/;
const URGENT = /\(\s*([0-9]{1,9})\s*\/\s*([0-9]{1,9})\s*\)/;

/** Undefined when the one line that every summary has is missing or malformed. */
export function parseMessageSummary(text: string): MessageSummary | undefined {
	let waiting: boolean | undefined;
	let mailbox: string | undefined;
	let voice: MessageCounts | undefined;
	for (const line of text.split("\n").slice(0, MAX_LINES)) {
		const colon = line.indexOf(":");
		const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
		const value = line.slice(colon + 1).trim();
		if (name === "messages-waiting") {
			const said = value.toLowerCase();
			if (said === "yes" || said === "no") waiting ??= said === "yes";
		} else if (name === "message-account") mailbox ??= value.slice(0, 256);
		else if (name === "voice-message") voice ??= counts(value);
	}
	if (waiting === undefined) return undefined;
	return { waiting, ...(mailbox !== undefined && { mailbox }), ...(voice !== undefined && { voice }) };
}

function counts(value: string): MessageCounts | undefined {
	const match = COUNTS.exec(value);
	const urgent = URGENT.exec(value);
	const fresh = parseNumber(match?.[1]);
	const old = parseNumber(match?.[2]);
	if (fresh === undefined || old === undefined) return undefined;
	return { fresh, old, urgentFresh: parseNumber(urgent?.[1]) ?? 0, urgentOld: parseNumber(urgent?.[2]) ?? 0 };
}
