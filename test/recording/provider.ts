/**
 * Takes the place of crypto/native in the program that tests watch: the same provider, which the manifest has under
 * another name, with every key that goes in and every secret that comes out written down. Digests and MACs are all
 * counted as secrets, though some are not (RFC 6189 publishes truncated ones): s0, the derived keys and HA1 are among
 * them, and none of them belongs in a log. Primitives are told apart by what they do, so that a new one is recorded too.
 */
import { nativeProvider as inner } from "crypto/native-shipped";
import type { Cipher, Hash, KeyAgreement, Mac, Provider } from "crypto/types";
import { record } from "test/recording/recorder";

function hash(inner: Hash): Hash {
	return {
		...inner,
		digest(...parts) {
			const digest = inner.digest(...parts);
			record("digest", digest);
			return digest;
		},
	};
}

function mac(inner: Mac): Mac {
	return {
		...inner,
		compute(key, ...parts) {
			record("macKey", key);
			const tag = inner.compute(key, ...parts);
			record("mac", tag);
			return tag;
		},
	};
}

function cipher(inner: Cipher): Cipher {
	return {
		...inner,
		encrypt(key, iv, data) {
			record("cipherKey", key);
			return inner.encrypt(key, iv, data);
		},
		decrypt(key, iv, data) {
			record("cipherKey", key);
			return inner.decrypt(key, iv, data);
		},
	};
}

function keyAgreement(inner: KeyAgreement): KeyAgreement {
	return {
		...inner,
		generate(...options) {
			const pair = inner.generate(...options);
			record("privateKey", pair.privateKey);
			return pair;
		},
		agree(privateKey, peerPublicKey) {
			record("privateKey", privateKey);
			const shared = inner.agree(privateKey, peerPublicKey);
			record("sharedSecret", shared);
			return shared;
		},
	};
}

type Primitive = Hash | Mac | Cipher | KeyAgreement;

function recorded(primitive: Primitive): Primitive {
	if ("digest" in primitive) return hash(primitive);
	if ("compute" in primitive) return mac(primitive);
	if ("encrypt" in primitive) return cipher(primitive);
	return keyAgreement(primitive);
}

/** Each primitive is replaced by one of its own kind, which a mapped type cannot say. */
export const nativeProvider = Object.freeze(
	Object.fromEntries(
		Object.entries(inner).map(([name, part]: [string, string | Primitive]) => [
			name,
			typeof part === "string" ? part : recorded(part),
		]),
	),
) as unknown as Provider;
