/**
 * A passphrase to keys: PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA-256, for the file that transfer.ts makes. Slow on
 * purpose; everything in between is wiped.
 * @module
 */
import { wipe } from "bytes/wipe";
import type { Provider } from "crypto/types";
import { label, u32 } from "./format";

/** Shortest passphrase in octets. */
export const PASSPHRASE_MINIMUM = 8;
/**
 * Rounds for a new file: about three seconds on a 240 MHz core whose HMAC is native (some 36,000 instructions each, with
 * the call). The file says its number, so that a faster phone may take more.
 */
export const ROUNDS = 20_000;
/** Rounds that a file may ask for: a phone must not be busy for hours because a file says so. */
export const ROUNDS_MINIMUM = 1000;
export const ROUNDS_MAXIMUM = 1_000_000;

/** One block of PBKDF2: 32 bytes. */
export function pbkdf2(provider: Provider, passphrase: Uint8Array, salt: Uint8Array, rounds: number): Uint8Array {
	const { sha256, hmacSha256 } = provider;
	// As HMAC would do it each time.
	const key = passphrase.length > sha256.blockByteLength ? sha256.digest(passphrase) : passphrase;
	let block = hmacSha256.compute(key, salt, u32(1));
	const sum = block.slice();
	for (let round = 1; round < rounds; round++) {
		const next = hmacSha256.compute(key, block);
		wipe(block);
		block = next;
		for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) ^ (block[i] ?? 0);
	}
	wipe(block);
	if (key !== passphrase) wipe(key);
	return sum;
}

export interface PassphraseKeys {
	readonly encryptionKey: Uint8Array;
	readonly macKey: Uint8Array;
}

/** AES-256 and HMAC keys for one file; the caller wipes them. */
export function keysOf(provider: Provider, passphrase: Uint8Array, salt: Uint8Array, rounds: number): PassphraseKeys {
	const root = pbkdf2(provider, passphrase, salt, rounds);
	const encryptionKey = provider.hmacSha256.compute(root, label("sotto peers encryption"));
	const macKey = provider.hmacSha256.compute(root, label("sotto peers authentication"));
	wipe(root);
	return { encryptionKey, macKey };
}
