import { toHex } from "bytes/hex";
import { equal, ok, test, throws } from "test/harness";
import vectors from "test/vectors/aes.json";
import { octets } from "./octets";
import { providers } from "./providers";

for (const provider of providers) {
	test(`aes: ${provider.name}`, () => {
		ok(vectors.length > 10, "the table is there");
		for (const vector of vectors) {
			const cipher = vector.mode === "cfb" ? provider.aesCfb : provider.aesCtr;
			const key = octets(vector.key);
			const iv = octets(vector.iv);
			const plaintext = octets(vector.plaintext);
			const ciphertext = octets(vector.ciphertext);
			const what = `${vector.source}: ${cipher.name}, ${plaintext.length} bytes`;
			equal(toHex(cipher.encrypt(key, iv, plaintext)), vector.ciphertext, what);
			equal(toHex(cipher.decrypt(key, iv, ciphertext)), vector.plaintext, what);
			equal(
				[toHex(key), toHex(iv), toHex(plaintext), toHex(ciphertext)],
				[vector.key, vector.iv, vector.plaintext, vector.ciphertext],
				"the arguments are untouched",
			);
		}
	});

	test(`aes reads views at any offset: ${provider.name}`, () => {
		const all = new Uint8Array(100).map((_, i) => i);
		const key = all.subarray(1, 17);
		const iv = all.subarray(3, 19);
		const data = all.subarray(5, 42);
		for (const cipher of [provider.aesCfb, provider.aesCtr])
			equal(cipher.encrypt(key, iv, data), cipher.encrypt(key.slice(), iv.slice(), data.slice()), cipher.name);
	});

	test(`aes refuses wrong lengths: ${provider.name}`, () => {
		const data = new Uint8Array(20);
		for (const cipher of [provider.aesCfb, provider.aesCtr]) {
			for (const byteLength of [0, 15, 17, 31, 33]) {
				throws(() => cipher.encrypt(new Uint8Array(byteLength), new Uint8Array(16), data), RangeError);
				throws(() => cipher.decrypt(new Uint8Array(byteLength), new Uint8Array(16), data), RangeError);
			}
			for (const byteLength of [0, 12, 15, 17])
				throws(() => cipher.encrypt(new Uint8Array(16), new Uint8Array(byteLength), data), RangeError);
		}
	});
}
