import { toHex } from "bytes/hex";
import type { Hash, Mac, Provider } from "crypto/types";
import { equal, ok, test, throws } from "test/harness";
import { size } from "test/size";
import hashes from "test/vectors/hash.json";
import hmacs from "test/vectors/hmac.json";
import { octets } from "./octets";
import { providers } from "./providers";

function hashOf(provider: Provider, name: string): Hash {
	const found = new Map<string, Hash | undefined>([
		["md5", provider.md5],
		["sha1", provider.sha1],
		["sha256", provider.sha256],
		["sha384", provider.sha384],
		["sha512_256", provider.sha512_256],
		["sha3_256", provider.sha3_256],
		["sha3_384", provider.sha3_384],
	]).get(name);
	if (found === undefined) throw new Error(`no hash ${name}`);
	return found;
}

function macOf(provider: Provider, name: string): Mac {
	const found = new Map<string, Mac | undefined>([
		["sha1", provider.hmacSha1],
		["sha256", provider.hmacSha256],
		["sha384", provider.hmacSha384],
		["sha3_256", provider.hmacSha3_256],
		["sha3_384", provider.hmacSha3_384],
	]).get(name);
	if (found === undefined) throw new Error(`no mac ${name}`);
	return found;
}

/** The message in pieces: by single octets at first, then larger ones, an empty one between. */
function pieces(message: Uint8Array, count: number): Uint8Array[] {
	const parts: Uint8Array[] = [];
	let offset = 0;
	for (let i = 0; i < count - 1; i++) {
		const end = Math.min(message.length, offset + i);
		parts.push(message.subarray(offset, end));
		offset = end;
	}
	parts.push(message.subarray(offset));
	return parts;
}

for (const provider of providers) {
	test(`hash: ${provider.name}`, () => {
		ok(hashes.length > 40, "the table is there");
		for (const vector of hashes) {
			const hash = hashOf(provider, vector.hash);
			const message = octets(vector.message);
			const what = `${vector.source}: ${vector.hash} of ${message.length} bytes`;
			equal(toHex(hash.digest(message)), vector.digest, what);
			equal(hash.byteLength, vector.digest.length / 2, what);
			// The native call takes 16 parts at once.
			for (const count of [17, 2, 16, 40].slice(0, size(4, 1)))
				equal(toHex(hash.digest(...pieces(message, count))), vector.digest, `${what} in ${count} parts`);
		}
	});

	test(`hash of no part at all: ${provider.name}`, () => {
		equal(toHex(provider.sha1.digest()), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	});

	test(`hmac: ${provider.name}`, () => {
		ok(hmacs.length > 40, "the table is there");
		for (const vector of hmacs) {
			const mac = macOf(provider, vector.hash);
			const key = octets(vector.key);
			const message = octets(vector.message);
			const what = `${vector.source}: HMAC-${vector.hash}, key of ${key.length} bytes`;
			const tag = mac.compute(key, message);
			equal(tag.length, mac.byteLength, what);
			// RFC 4231 section 4.6 prints the first half of the tag only.
			equal(toHex(tag).slice(0, vector.tag.length), vector.tag, what);
			for (const count of [20, 3].slice(0, size(2, 1)))
				equal(mac.compute(key, ...pieces(message, count)), tag, `${what} in ${count} parts`);
			equal(toHex(key), vector.key, "the key is untouched");
		}
	});

	test(`a view into a larger buffer is read as a view: ${provider.name}`, () => {
		const around = octets("ff616263ff");
		const abc = around.subarray(1, 4);
		const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
		equal(toHex(provider.sha256.digest(abc)), digest);
		equal(provider.hmacSha256.compute(abc, abc), provider.hmacSha256.compute(octets("616263"), octets("616263")));
		equal(toHex(around), "ff616263ff");
	});

	test(`what is no byte array is refused: ${provider.name}`, () => {
		const wrong: unknown[] = [[1, 2, 3], "abc", undefined, 7, {}];
		for (const value of wrong) {
			throws(() => provider.sha256.digest(value as Uint8Array));
			throws(() => provider.sha256.digest(new Uint8Array(1), value as Uint8Array));
			throws(() => provider.hmacSha256.compute(value as Uint8Array, new Uint8Array(1)));
		}
	});
}
