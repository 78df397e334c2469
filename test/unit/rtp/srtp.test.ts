/** Every SRTP transform of hal/rtp against the RFCs' own vectors and a second implementation; MKI; one port for RTCP. */
import { fromHex } from "bytes/hex";
import type { RTPKeys } from "hal/rtp/rtp";
import { equal, ok, test } from "test/harness";
import { derive, protect, unprotect } from "test/unit/rtp/reference";
import { HOME, secure, sleep, until, withPair } from "test/unit/rtp/scene";
import { Shim } from "test/unit/rtp/shim";

const SUITES = [
	["AES1", "HS80", 16, 14],
	["AES1", "HS32", 16, 14],
	// Not AES2: libsrtp 2.5 derives the keys of AES-192 in a way of its own (modules/srtp/suites.ts).
	["AES3", "HS80", 32, 14],
	["AES3", "HS32", 32, 14],
	["AES1", "GCM", 16, 12],
	["AES3", "GCM", 32, 12],
] as const;

function material([cipher, authTag, keyByteLength, saltByteLength]: (typeof SUITES)[number], seed: number): RTPKeys {
	const bytes = (length: number, from: number) => new Uint8Array(length).map((_, i) => (from + 11 * i) & 0xff);
	return { cipher, authTag, key: bytes(keyByteLength, seed), salt: bytes(saltByteLength, seed + 70) };
}

function hex(text: string): Uint8Array {
	const bytes = fromHex(text.replace(/\s/g, ""));
	if (bytes === undefined) throw new Error(`not hexadecimal: ${text}`);
	return bytes;
}

/** RFC 7714 section 16: header, plaintext, then cipher text with its tag. */
const PLAIN = hex(`8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976
	69736120 696e2070 61727465 73207472 6573`);
const SALT = hex("51756964 2070726f 2071756f");
const counting = (byteLength: number): Uint8Array => new Uint8Array(byteLength).map((_, i) => i);

test("the second implementation has RFC 7714's packets (sections 16.1.1, 16.2.1) and RFC 3711's keys (appendix B.3)", () => {
	const session = (byteLength: number) => ({ key: counting(byteLength), salt: SALT, authKey: new Uint8Array(0) });
	equal(
		protect(PLAIN, "GCM", session(16)),
		hex(`8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5
			0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`),
	);
	equal(
		protect(PLAIN, "GCM", session(32)),
		hex(`8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238
			9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13`),
	);
	const derived = derive({
		cipher: "AES1",
		authTag: "HS80",
		key: hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
		salt: hex("0EC675AD498AFEEBB6960B3AABE6"),
	});
	equal(derived.key, hex("C61E7A93744F39EE10734AFE3FF7A087"));
	equal(derived.salt, hex("30CBBC08863D8C85D49DB34A9AE1"));
	equal(derived.authKey, hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
});

for (const suite of SUITES)
	test(`${suite[0]} ${suite[1]}: what is sent is what the RFC says, and a forged or short tag is refused`, () =>
		withPair(async (alice, bob) => {
			const shim = new Shim(alice, bob);
			try {
				const keys = material(suite, 3);
				const session = derive(keys);
				secure(alice, bob, keys);
				alice.rtp.microphone = "muted";
				await until("packets went by", () => shim.seen.length > 4);
				for (const { bytes } of shim.seen) {
					const open = unprotect(bytes, suite[1], session);
					equal(open?.slice(12), new Uint8Array(160).fill(0xff), "silence in PCMU");
				}
				await until("they were heard", () => bob.statistics.encryptedReceived > 4);
				equal([bob.statistics.rejected, bob.statistics.replayed], [0, 0]);
				// Nothing of what follows is heard or changes what is: one bit, one octet less, no tag at all.
				shim.fate = () => [];
				await sleep(60);
				const last = shim.seen[shim.seen.length - 1]?.bytes ?? new Uint8Array(0);
				const fresh = unprotect(last, suite[1], session);
				ok(fresh);
				const sequence = ((fresh[2] ?? 0) << 8) + (fresh[3] ?? 0) + 40;
				fresh.set([sequence >> 8, sequence & 0xff], 2);
				const good = protect(fresh, suite[1], session);
				const forged = good.slice();
				forged[20] = (forged[20] ?? 0) ^ 1;
				const before = bob.statistics;
				for (const bad of [forged, good.slice(0, -1), good.slice(0, 172), good.slice(0, 12)]) shim.inject(bad, bob);
				await until("all four were refused", () => bob.statistics.rejected === before.rejected + 4);
				equal(bob.statistics.encryptedReceived, before.encryptedReceived);
				shim.inject(good, bob);
				await until("the good one was heard", () => bob.statistics.encryptedReceived === before.encryptedReceived + 1);
				shim.inject(good, bob);
				await until("once", () => bob.statistics.replayed === 1);
			} finally {
				shim.close();
			}
		}));

for (const suite of [SUITES[0], SUITES[4]])
	test(`${suite[0]} ${suite[1]}: packets with a master key identifier (RFC 3711 section 3.1)`, () =>
		withPair(async (alice, bob) => {
			const shim = new Shim(alice, bob);
			try {
				const keys = material(suite, 5);
				const mki = new Uint8Array([0, 0, 0, 1]);
				bob.rtp.installKeys("receive", { ...keys, mki });
				const packet = new Uint8Array(172).fill(0xff);
				packet.set([0x80, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0xab, 0xcd]);
				const sealed = protect(packet, suite[1], derive(keys));
				const tagAt = sealed.length - { HS80: 10, GCM: 16 }[suite[1] as "HS80" | "GCM"];
				// Before HMAC's tag; behind that of AES-GCM, which is part of the cipher text (RFC 7714 section 8.2).
				const at = suite[1] === "GCM" ? sealed.length : tagAt;
				const withMki = (id: Uint8Array) => new Uint8Array([...sealed.slice(0, at), ...id, ...sealed.slice(at)]);
				shim.inject(withMki(new Uint8Array([0, 0, 0, 2])), bob);
				await until("another identifier was refused", () => bob.statistics.rejected === 1);
				shim.inject(withMki(mki), bob);
				await until("the right one was heard", () => bob.statistics.encryptedReceived === 1);
			} finally {
				shim.close();
			}
		}));

test("reports on the media port where both ports are one (RFC 5761)", () =>
	withPair(async (alice, bob) => {
		alice.rtp.connect(HOME, bob.rtp.port, bob.rtp.port);
		bob.rtp.connect(HOME, alice.rtp.port, alice.rtp.port);
		const keys = material(SUITES[4], 9);
		secure(alice, bob, keys);
		alice.rtp.microphone = "muted";
		await until("packets came", () => bob.statistics.encryptedReceived > 1);
		alice.rtp.close();
		await until("the good-bye came", () => bob.events.includes("bye"));
		equal([bob.statistics.controlReceived, bob.statistics.controlDropped], [1, 0]);
	}));
