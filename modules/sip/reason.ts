/**
 * The Reason header (RFC 3326): why a CANCEL or BYE came.
 * @module
 */

import { headerList, type Request } from "./message";
import { param, parseNumber, parseParams } from "./syntax";

/** Section 3.1: `Reason: SIP;cause=200;text="Call completed elsewhere"` on the CANCEL to every phone but the one that answered. */
export function answeredElsewhere(request: Request): boolean {
	for (const value of headerList(request, "reason")) {
		const semicolon = value.indexOf(";");
		if (semicolon < 0 || value.slice(0, semicolon).trim().toLowerCase() !== "sip") continue;
		const params = parseParams(value.slice(semicolon + 1)) ?? [];
		if (parseNumber(param(params, "cause"), 3) === 200) return true;
	}
	return false;
}
