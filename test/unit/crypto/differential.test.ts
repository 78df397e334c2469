/** Two implementations that share no code must agree on whatever comes; the seed is fixed, so a failure comes again. */
import { concat } from "bytes/concat";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import type { Cipher, Hash, KeyAgreement, Mac, Provider } from "crypto/types";
import { equal, ok, test } from "test/harness";
import { size } from "test/size";
import { Seeded } from "./seeded";

const ROUNDS = size(40, 3);

type NameOf<T> = { [K in keyof Provider]-?: T extends Provider[K] ? K : never }[keyof Provider];

/** What both providers have under each name; that either lacks one is a failure. */
function pairs<T>(...names: readonly NameOf<T>[]): readonly (readonly [T, T])[] {
	return names.map((name) => {
		const noble = nobleProvider[name];
		const native = nativeProvider[name];
		if (noble === undefined || native === undefined) throw new Error(`no ${name} to compare`);
		return [noble as T, native as T];
	});
}

function cut(random: Seeded, message: Uint8Array): Uint8Array[] {
	const parts: Uint8Array[] = [];
	let offset = 0;
	while (offset < message.length) {
		const end = Math.min(message.length, offset + random.below(90));
		parts.push(message.subarray(offset, end));
		offset = end;
	}
	return parts;
}

const hashes = pairs<Hash>("md5", "sha1", "sha256", "sha384");
for (const [noble, native] of hashes) {
	test(`random messages: ${noble.name}`, () => {
		const random = new Seeded(`hash ${noble.name}`);
		equal(
			[native.name, native.byteLength, native.blockByteLength],
			[noble.name, noble.byteLength, noble.blockByteLength],
		);
		for (let i = 0; i < ROUNDS; i++) {
			const message = random.source(random.below(600));
			const whole = noble.digest(message);
			equal(native.digest(message), whole, `round ${i}`);
			equal(native.digest(...cut(random, message)), whole, `round ${i}, native in parts`);
			equal(noble.digest(...cut(random, message)), whole, `round ${i}, noble in parts`);
		}
	});
}

const macs = pairs<Mac>("hmacSha1", "hmacSha256", "hmacSha384");
for (const [noble, native] of macs) {
	test(`random keys and messages: ${noble.name}`, () => {
		const random = new Seeded(`mac ${noble.name}`);
		for (let i = 0; i < ROUNDS; i++) {
			const key = random.source(random.below(200));
			const message = random.source(random.below(400));
			equal(native.compute(key, ...cut(random, message)), noble.compute(key, message), `round ${i}`);
		}
	});
}

const ciphers = pairs<Cipher>("aesCfb", "aesCtr");
for (const [noble, native] of ciphers) {
	test(`random keys, ivs and messages: ${noble.name}`, () => {
		const random = new Seeded(`cipher ${noble.name}`);
		for (let i = 0; i < ROUNDS; i++) {
			const key = random.source(16 + 8 * random.below(3));
			const iv = random.source(16);
			const plaintext = random.source(random.below(300));
			const ciphertext = noble.encrypt(key, iv, plaintext);
			equal(native.encrypt(key, iv, plaintext), ciphertext, `round ${i}`);
			equal(native.decrypt(key, iv, ciphertext), plaintext, `round ${i}, native`);
			equal(noble.decrypt(key, iv, ciphertext), plaintext, `round ${i}, noble`);
		}
	});
}

const agreements = pairs<KeyAgreement>("x25519", "x448", "p256", "p384", "p521", "dh2048", "dh3072");
for (const [noble, native] of agreements) {
	test(`the same octets make the same pair: ${noble.name}`, () => {
		for (let i = 0; i < size(5, 1); i++)
			equal(
				native.generate(new Seeded(`pair ${noble.name} ${i}`).source),
				noble.generate(new Seeded(`pair ${noble.name} ${i}`).source),
				`pair ${i}`,
			);
	});

	test(`each against each, in both directions: ${noble.name}`, () => {
		const random = new Seeded(`agreement ${noble.name}`);
		const couples = [
			[noble, native],
			[native, noble],
			[native, native],
			[noble, noble],
		] as const;
		for (const [one, other] of couples.slice(0, size(4, 1))) {
			const a = one.generate(random.source);
			const b = other.generate(random.source);
			const secret = one.agree(a.privateKey, b.publicKey);
			ok(secret !== undefined && secret.length === noble.sharedSecretByteLength);
			equal(other.agree(b.privateKey, a.publicKey), secret);
			ok(secret.some((byte) => byte !== 0));
		}
	});

	test(`random octets as a peer's value: ${noble.name}`, () => {
		const random = new Seeded(`noise ${noble.name}`);
		const { privateKey } = native.generate(random.source);
		for (let i = 0; i < size(12, 3); i++) {
			const noise = random.source(noble.publicKeyByteLength);
			const peer =
				i % 3 === 0 ? noise : i % 3 === 1 ? noise.fill(i * 20, 0, 20) : concat(noise.subarray(1), noise.subarray(0, 1));
			equal(native.agree(privateKey, peer), noble.agree(privateKey, peer), `value ${i}`);
		}
	});
}

test("exponents for longer cipher keys: twice as long, the same with either", () => {
	for (const [noble, native] of pairs<KeyAgreement>("dh2048", "dh3072"))
		for (const cipherKeyByteLength of [32, 24, 16].slice(0, size(3, 1))) {
			const seed = `exponent ${noble.name} ${cipherKeyByteLength}`;
			const pair = native.generate(new Seeded(seed).source, cipherKeyByteLength);
			equal(pair, noble.generate(new Seeded(seed).source, cipherKeyByteLength), seed);
			equal(pair.privateKey.length, 2 * cipherKeyByteLength, seed);
			const short = noble.generate(new Seeded(`${seed}, the peer`).source);
			const secret = native.agree(pair.privateKey, short.publicKey);
			ok(secret !== undefined);
			equal(noble.agree(short.privateKey, pair.publicKey), secret, seed);
		}
});

test("X25519 in C against noble: points at the edges of the field and of its limbs", () => {
	const random = new Seeded("x25519 edges");
	const points: Uint8Array[] = [];
	for (let bit = 0; bit < 256; bit += 7) {
		// A power of two, one less, and a run of ones from there: what borrows and carries at every limb.
		const power = new Uint8Array(32);
		power[bit >> 3] = 1 << (bit & 7);
		const ones = power.map((byte, i) => (i < bit >> 3 ? 0xff : byte === 0 ? 0 : byte - 1));
		points.push(
			power,
			ones,
			ones.map((byte) => byte ^ 0xff),
		);
	}
	for (let low = 0xe0; low <= 0xff; low++) points.push(new Uint8Array(32).fill(0xff).fill(low, 0, 1).fill(0x7f, 31));
	ok(points.length > 120);
	for (const [i, point] of points.entries()) {
		if (i % size(1, 45) !== 0) continue;
		const privateKey = random.source(32);
		equal(nativeProvider.x25519.agree(privateKey, point), nobleProvider.x25519.agree(privateKey, point), `point ${i}`);
	}
});
