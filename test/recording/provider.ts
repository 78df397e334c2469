/**
 * Takes the place of crypto/native in the program that tests watch: the same provider, with every key that goes in and
 * every secret that comes out written down. Digests and MACs are all counted as secrets, though some are not (RFC 6189
 * publishes truncated ones): s0, the derived keys and HA1 are among them, and none of them belongs in a log.
 */
import { compose } from "crypto/compose";
import { nativeModp3072 } from "crypto/native-modp3072";
import { nativePrimitives } from "crypto/native-psa";
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
		generate(random) {
			const pair = inner.generate(random);
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

const inner = compose("native", nativePrimitives, { dh3072: nativeModp3072 });

export const nativeProvider: Provider = Object.freeze({
	name: inner.name,
	md5: hash(inner.md5),
	sha1: hash(inner.sha1),
	sha256: hash(inner.sha256),
	sha384: hash(inner.sha384),
	hmacSha1: mac(inner.hmacSha1),
	hmacSha256: mac(inner.hmacSha256),
	hmacSha384: mac(inner.hmacSha384),
	aesCfb: cipher(inner.aesCfb),
	aesCtr: cipher(inner.aesCtr),
	x25519: keyAgreement(inner.x25519),
	p256: keyAgreement(inner.p256),
	dh3072: keyAgreement(inner.dh3072),
});
