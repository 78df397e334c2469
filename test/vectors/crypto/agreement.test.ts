import { toHex } from "bytes/hex";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import type { KeyAgreement, Provider } from "crypto/types";
import { equal, ok, test, throws } from "test/harness";
import { size } from "test/size";
import modp2048 from "test/vectors/modp2048.json";
import modp3072 from "test/vectors/modp3072.json";
import p256 from "test/vectors/p256.json";
import p384 from "test/vectors/p384.json";
import p521 from "test/vectors/p521.json";
import x448 from "test/vectors/x448.json";
import x25519 from "test/vectors/x25519.json";
import { octets } from "./octets";
import { providers } from "./providers";

interface Table {
	readonly agreements: readonly {
		readonly source: string;
		readonly privateKey: string;
		readonly ownPublicKey?: string;
		readonly publicKey: string;
		readonly sharedSecret: string;
	}[];
	readonly invalid: readonly { readonly why: string; readonly publicKey: string }[];
	readonly invalidPrivate?: readonly { readonly why: string; readonly privateKey: string }[];
}

const tables: readonly (readonly [Table, (provider: Provider) => KeyAgreement | undefined])[] = [
	[x25519, (provider) => provider.x25519],
	[x448, (provider) => provider.x448],
	[p256, (provider) => provider.p256],
	[p384, (provider) => provider.p384],
	[p521, (provider) => provider.p521],
	[modp2048, (provider) => provider.dh2048],
	[modp3072, (provider) => provider.dh3072],
];

for (const provider of providers) {
	/** BigInt on a board takes seconds for each: one of a kind there. */
	const most = provider === nobleProvider ? size(Number.MAX_SAFE_INTEGER, 1) : Number.MAX_SAFE_INTEGER;
	for (const [table, of] of tables) {
		const agreement = of(provider);
		if (agreement === undefined) throw new Error(`${provider.name} lacks an agreement`);
		const name = `${agreement.name}, ${provider.name}`;

		test(`shared secrets: ${name}`, () => {
			ok(table.agreements.length >= 5, "the table is there");
			for (const vector of table.agreements.slice(0, most)) {
				const privateKey = octets(vector.privateKey);
				const secret = agreement.agree(privateKey, octets(vector.publicKey));
				equal(secret === undefined ? "refused" : toHex(secret), vector.sharedSecret, vector.source);
				equal(toHex(privateKey), vector.privateKey, "the private key is untouched");
			}
		});

		test(`public values: ${name}`, () => {
			let count = 0;
			for (const vector of table.agreements) {
				// generate sets the top bit of a DH3k exponent, as these have it.
				if (vector.ownPublicKey === undefined) continue;
				const privateKey = octets(vector.privateKey);
				const pair = agreement.generate(() => privateKey, privateKey.length / 2);
				equal(toHex(pair.publicKey), vector.ownPublicKey, vector.source);
				equal(toHex(pair.privateKey), vector.privateKey, vector.source);
				equal(pair.publicKey.length, agreement.publicKeyByteLength);
				if (++count === most) break;
			}
			ok(count > 0 || agreement.name === "X25519", "no public value was compared");
		});

		test(`a peer's value that must not be used: ${name}`, () => {
			const { privateKey } = agreement.generate((byteLength) => new Uint8Array(byteLength).fill(0x5a));
			ok(table.invalid.length >= 8, "the table is there");
			for (const vector of table.invalid)
				equal(agreement.agree(privateKey, octets(vector.publicKey)), undefined, vector.why);
		});

		test(`a private key that is none of ours throws: ${name}`, () => {
			const peer = octets(table.agreements[0]?.publicKey ?? "");
			for (const vector of table.invalidPrivate ?? [])
				throws(() => agreement.agree(octets(vector.privateKey), peer), RangeError);
			for (const byteLength of [0, 31, 33, 55, 57, 65, 67])
				throws(() => agreement.agree(new Uint8Array(byteLength), peer), RangeError);
		});
	}

	test(`X25519 public value of RFC 7748 section 6.1: ${provider.name}`, () => {
		const bob = x25519.agreements.find((vector) => vector.source.endsWith("Bob's public key"));
		ok(bob !== undefined);
		const pair = provider.x25519.generate(() => octets(bob.privateKey));
		equal(toHex(pair.publicKey), bob.sharedSecret);
	});

	test(`P-256 draws again when the number is outside 1..n-1: ${provider.name}`, () => {
		const draws = [...p256.invalidPrivate.slice(0, 3), ...p256.agreements.slice(0, 1)].map((it) =>
			octets(it.privateKey),
		);
		const pair = provider.p256.generate(() => draws.shift() ?? new Uint8Array(0));
		equal(draws.length, 0);
		equal(toHex(pair.publicKey), p256.agreements[0]?.ownPublicKey);
	});
}

// The first iteration is in the tables above, for every provider; a thousand of them are seconds of BigInt.
for (const [name, agreement, { iterated }] of [
	["X25519", nativeProvider.x25519, x25519],
	["X448", nativeProvider.x448, x448],
] as const)
	test(`${name} a thousand times over, RFC 7748 section 5.2: native`, () => {
		let k = octets(iterated.start);
		let u = k;
		for (let i = 0; i < iterated.count; i++) {
			const next = agreement?.agree(k, u);
			ok(next !== undefined);
			[k, u] = [next, k];
		}
		equal(toHex(k), iterated.result);
	});
