/** The C side trusts no argument: a wrong one is a TypeError or a RangeError and nothing is written. */
import { aes, agree, Curve, Digest, digest, entropy, hmac, Mode, publicKey } from "hal/crypto/crypto";
import { Modp, modpAgree, modpPublicKey } from "hal/crypto/modp";
import { x448Agree, x448PublicKey } from "hal/crypto/x448";
import { x25519Agree, x25519PublicKey } from "hal/crypto/x25519";
import { equal, test, throws } from "test/harness";

const wrong: readonly unknown[] = [undefined, null, 1, "text", [1, 2], {}, new Uint16Array(32), new Float32Array(8)];

function array(value: unknown): Uint8Array {
	return value as Uint8Array;
}

test("what is no Uint8Array", () => {
	for (const value of wrong) {
		const bytes = array(value);
		throws(() => entropy(bytes), TypeError);
		throws(() => digest(Digest.sha256, bytes, []), TypeError);
		throws(() => digest(Digest.sha256, new Uint8Array(32), [new Uint8Array(3), bytes]), TypeError);
		throws(() => hmac(Digest.sha256, new Uint8Array(32), bytes, []), TypeError);
		throws(() => aes(Mode.cfb, true, new Uint8Array(3), bytes, new Uint8Array(16), new Uint8Array(3)), TypeError);
		throws(() => aes(Mode.cfb, true, new Uint8Array(3), new Uint8Array(16), bytes, new Uint8Array(3)), TypeError);
		throws(() => aes(Mode.cfb, true, new Uint8Array(3), new Uint8Array(16), new Uint8Array(16), bytes), TypeError);
		throws(() => x25519PublicKey(new Uint8Array(32), bytes), TypeError);
		throws(() => agree(Curve.p256, new Uint8Array(32), new Uint8Array(32), bytes), TypeError);
		throws(() => modpPublicKey(Modp.modp3072, new Uint8Array(384), bytes), TypeError);
		throws(() => x448PublicKey(new Uint8Array(56), bytes), TypeError);
		throws(() => x448Agree(new Uint8Array(56), new Uint8Array(56), bytes), TypeError);
		throws(() => modpAgree(Modp.modp3072, bytes, new Uint8Array(32), new Uint8Array(384)), TypeError);
	}
});

test("an object that only says it is a Uint8Array", () => {
	throws(() => entropy(array(Object.create(Uint8Array.prototype))), TypeError);
});

test("wrong lengths", () => {
	for (const byteLength of [0, 31, 33]) {
		throws(() => digest(Digest.sha256, new Uint8Array(byteLength), []), RangeError);
		throws(() => hmac(Digest.sha256, new Uint8Array(byteLength), new Uint8Array(1), []), RangeError);
		throws(() => x25519PublicKey(new Uint8Array(byteLength), new Uint8Array(32)), RangeError);
		throws(() => x25519PublicKey(new Uint8Array(32), new Uint8Array(byteLength)), RangeError);
		throws(() => x25519Agree(new Uint8Array(byteLength), new Uint8Array(32), new Uint8Array(32)), RangeError);
		throws(() => x25519Agree(new Uint8Array(32), new Uint8Array(32), new Uint8Array(byteLength)), RangeError);
		throws(() => modpPublicKey(Modp.modp3072, new Uint8Array(384), new Uint8Array(byteLength)), RangeError);
		throws(() => modpPublicKey(Modp.modp2048, new Uint8Array(255 - byteLength), new Uint8Array(32)), RangeError);
		throws(() => publicKey(Curve.p384, new Uint8Array(96), new Uint8Array(byteLength)), RangeError);
		throws(() => x448PublicKey(new Uint8Array(56), new Uint8Array(byteLength)), RangeError);
		throws(() => x448Agree(new Uint8Array(56), new Uint8Array(56), new Uint8Array(byteLength)), RangeError);
	}
	const out = new Uint8Array(4).fill(7);
	throws(() => aes(Mode.ctr, true, out, new Uint8Array(16), new Uint8Array(16), new Uint8Array(5)), RangeError);
	throws(() => aes(Mode.ctr, true, out, new Uint8Array(5), new Uint8Array(16), new Uint8Array(4)), RangeError);
	equal(out, new Uint8Array(4).fill(7));
});

test("an unknown algorithm, mode or curve", () => {
	for (const code of [-1, 4, 99]) throws(() => digest(code, new Uint8Array(32), []), RangeError);
	throws(() => aes(2, true, new Uint8Array(1), new Uint8Array(16), new Uint8Array(16), new Uint8Array(1)), RangeError);
	for (const code of [-1, 3]) {
		throws(() => publicKey(code, new Uint8Array(32), new Uint8Array(32)), RangeError);
		throws(() => modpPublicKey(code, new Uint8Array(256), new Uint8Array(32)), RangeError);
	}
});

test("too many parts", () => {
	const parts = Array.from({ length: 17 }, () => new Uint8Array(1));
	throws(() => digest(Digest.sha256, new Uint8Array(32), parts), RangeError);
});

test("a getter among the parts cannot move the buffers under the digest", () => {
	const parts: Uint8Array[] = [new Uint8Array(64).fill(1)];
	Object.defineProperty(parts, 1, {
		get: () => {
			// Enough garbage to make the engine collect and compact its chunks.
			let last = new Uint8Array(0);
			for (let i = 0; i < 2000; i++) last = new Uint8Array(1000).fill(i & 0xff);
			return last.fill(2).subarray(0, 64);
		},
	});
	const expected = new Uint8Array(32);
	digest(Digest.sha256, expected, [new Uint8Array(64).fill(1), new Uint8Array(64).fill(2)]);
	const actual = new Uint8Array(32);
	digest(Digest.sha256, actual, parts);
	equal(actual, expected);
});

test("a refused value leaves the output zero", () => {
	const secret = new Uint8Array(32).fill(9);
	equal(x25519Agree(secret, new Uint8Array(32).fill(1), new Uint8Array(32)), false);
	equal(secret, new Uint8Array(32));
	const large = new Uint8Array(384).fill(9);
	equal(modpAgree(Modp.modp3072, large, new Uint8Array(32).fill(1), new Uint8Array(384)), false);
	equal(large, new Uint8Array(384));
});

test("a thousand calls leave no key slot behind", () => {
	// The library has 32 slots: a leak in any path shows long before this ends.
	const key = new Uint8Array(32).fill(3);
	for (let i = 0; i < 100; i++) {
		hmac(Digest.sha256, new Uint8Array(32), key, [key]);
		aes(Mode.cfb, i % 2 === 0, new Uint8Array(32), key, key.subarray(0, 16), key);
		x25519Agree(new Uint8Array(32), key, new Uint8Array(32));
		publicKey(Curve.p256, new Uint8Array(64), key);
		agree(Curve.p256, new Uint8Array(32), key, new Uint8Array(64));
		throws(() => publicKey(Curve.p256, new Uint8Array(64), new Uint8Array(32)), RangeError);
	}
});
