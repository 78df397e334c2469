/**
 * SRTP packets by the letter of RFC 3711 and 7714, on noble: what hal/rtp sends is opened here, and what is made here hal/rtp
 * must open. Only the first 2^16 packets: the rollover counter is an argument.
 */
import { ctr, gcm } from "@noble/ciphers/aes.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { concat } from "bytes/concat";
import type { RTPKeys } from "hal/rtp/rtp";

const HEADER_BYTES = 12;
const TAG_BYTES = { HS32: 4, HS80: 10, GCM: 16 } as const;

export interface SessionKeys {
	readonly key: Uint8Array;
	readonly salt: Uint8Array;
	readonly authKey: Uint8Array;
}

/** RFC 3711 section 4.3, key derivation rate 0, the labels of SRTP; a salt of 12 octets is padded (RFC 7714 section 11). */
export function derive(keys: RTPKeys): SessionKeys {
	const derived = (label: number, byteLength: number): Uint8Array => {
		const iv = new Uint8Array(16);
		iv.set(keys.salt);
		iv[7] = (iv[7] ?? 0) ^ label;
		return ctr(keys.key, iv).encrypt(new Uint8Array(byteLength));
	};
	return { key: derived(0, keys.key.length), authKey: derived(1, 20), salt: derived(2, keys.salt.length) };
}

/** Of a packet without CSRC and extension. */
export function protect(packet: Uint8Array, authTag: RTPKeys["authTag"], session: SessionKeys, roc = 0): Uint8Array {
	const header = packet.slice(0, HEADER_BYTES);
	const payload = packet.slice(HEADER_BYTES);
	if (authTag === "GCM") return concat(header, gcm(session.key, gcmIv(packet, session, roc), header).encrypt(payload));
	const encrypted = concat(header, ctr(session.key, counterIv(packet, session, roc)).encrypt(payload));
	return concat(encrypted, tagOf(encrypted, authTag, session, roc));
}

/** The packet, or undefined where the tag is wrong. */
export function unprotect(
	packet: Uint8Array,
	authTag: RTPKeys["authTag"],
	session: SessionKeys,
	roc = 0,
): Uint8Array | undefined {
	const header = packet.slice(0, HEADER_BYTES);
	if (authTag === "GCM") {
		try {
			const open = gcm(session.key, gcmIv(packet, session, roc), header);
			return concat(header, open.decrypt(packet.slice(HEADER_BYTES)));
		} catch {
			return undefined;
		}
	}
	const encrypted = packet.slice(0, -TAG_BYTES[authTag]);
	const tag = tagOf(encrypted, authTag, session, roc);
	if (tag.join() !== packet.slice(-TAG_BYTES[authTag]).join()) return undefined;
	const open = ctr(session.key, counterIv(packet, session, roc));
	return concat(header, open.decrypt(encrypted.slice(HEADER_BYTES)));
}

/** RFC 3711 section 4.1.1: salt, SSRC and packet index. */
function counterIv(packet: Uint8Array, { salt }: SessionKeys, roc: number): Uint8Array {
	const iv = new Uint8Array(16);
	iv.set(salt);
	mix(iv, 4, packet.slice(8, 12));
	mix(iv, 8, octets(roc));
	mix(iv, 12, packet.slice(2, 4));
	return iv;
}

/** RFC 7714 section 8.1. */
function gcmIv(packet: Uint8Array, { salt }: SessionKeys, roc: number): Uint8Array {
	const iv = salt.slice();
	mix(iv, 2, packet.slice(8, 12));
	mix(iv, 6, octets(roc));
	mix(iv, 10, packet.slice(2, 4));
	return iv;
}

function tagOf(encrypted: Uint8Array, authTag: "HS32" | "HS80", { authKey }: SessionKeys, roc: number): Uint8Array {
	return hmac(sha1, authKey, concat(encrypted, octets(roc))).slice(0, TAG_BYTES[authTag]);
}

function octets(value: number): Uint8Array {
	return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}

function mix(into: Uint8Array, offset: number, bytes: Uint8Array): void {
	for (const [i, octet] of bytes.entries()) into[offset + i] = (into[offset + i] ?? 0) ^ octet;
}
