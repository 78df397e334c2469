/**
 * Writes down every secret that a phone computes with, so that a test can look for it where it must never be. This
 * lies under test/ and in the manifest beside it alone: the program that is shipped has none of it.
 */
import { toHex } from "bytes/hex";

/** Appends one line to the file that SOTTO_RECORDING names. @throws {Error} when there is none or it cannot be written */
function appendLine(this: void, line: string): void {
	native("xs_recording_append").call(this, line);
}

export type SecretKind = "privateKey" | "sharedSecret" | "macKey" | "mac" | "cipherKey" | "digest" | "random";

/** What is shorter can stand in a log by chance. */
const LEAST_BYTE_LENGTH = 8;

export function record(kind: SecretKind, bytes: Uint8Array | undefined): void {
	if (bytes !== undefined && bytes.length >= LEAST_BYTE_LENGTH) appendLine(`${kind} ${toHex(bytes)}`);
}

/** Whether SOTTO_EXCHANGES names a file for whole ZRTP exchanges. */
export function exchangeWanted(this: void): boolean {
	return native("xs_recording_exchange_wanted").call(this);
}

/** Appends one line to that file. @throws {Error} when it cannot be written */
export function recordExchange(this: void, line: string): void {
	native("xs_recording_exchange").call(this, line);
}
