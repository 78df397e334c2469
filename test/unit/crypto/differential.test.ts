/** Two implementations that share no code must agree on whatever comes; the seed is fixed, so a failure comes again. */
import { concat } from "bytes/concat";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import type { Cipher, Hash, KeyAgreement, Mac } from "crypto/types";
import { equal, ok, test } from "test/harness";
import { Seeded } from "./seeded";

const ROUNDS = 40;

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

const hashes: readonly (readonly [Hash, Hash])[] = (["md5", "sha1", "sha256", "sha384"] as const).map((name) => [
	nobleProvider[name],
	nativeProvider[name],
]);
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

const macs: readonly (readonly [Mac, Mac])[] = (["hmacSha1", "hmacSha256", "hmacSha384"] as const).map((name) => [
	nobleProvider[name],
	nativeProvider[name],
]);
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

const ciphers: readonly (readonly [Cipher, Cipher])[] = (["aesCfb", "aesCtr"] as const).map((name) => [
	nobleProvider[name],
	nativeProvider[name],
]);
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

const agreements: readonly (readonly [KeyAgreement, KeyAgreement])[] = (["x25519", "p256", "dh3072"] as const).map(
	(name) => [nobleProvider[name], nativeProvider[name]],
);
for (const [noble, native] of agreements) {
	test(`the same octets make the same pair: ${noble.name}`, () => {
		for (let i = 0; i < 5; i++)
			equal(
				native.generate(new Seeded(`pair ${noble.name} ${i}`).source),
				noble.generate(new Seeded(`pair ${noble.name} ${i}`).source),
				`pair ${i}`,
			);
	});

	test(`each against each, in both directions: ${noble.name}`, () => {
		const random = new Seeded(`agreement ${noble.name}`);
		for (const [one, other] of [
			[noble, native],
			[native, noble],
			[native, native],
			[noble, noble],
		] as const) {
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
		for (let i = 0; i < 12; i++) {
			const noise = random.source(noble.publicKeyByteLength);
			const peer =
				i % 3 === 0 ? noise : i % 3 === 1 ? noise.fill(i * 20, 0, 20) : concat(noise.subarray(1), noise.subarray(0, 1));
			equal(native.agree(privateKey, peer), noble.agree(privateKey, peer), `value ${i}`);
		}
	});
}
