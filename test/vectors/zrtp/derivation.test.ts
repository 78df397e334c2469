/** Key derivation, SAS and whole exchanges against tables; the exchanges were recorded with another implementation as the peer. */
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { octets } from "test/vectors/crypto/octets";
import { providers } from "test/vectors/crypto/providers";
import exchanges from "test/vectors/zrtp-exchange.json";
import kdfVectors from "test/vectors/zrtp-kdf.json";
import sasVectors from "test/vectors/zrtp-sas.json";
import { checkMessageMac, nextImage } from "zrtp/hash-chain";
import { deriveKeys, kdf } from "zrtp/kdf";
import { decodeConfirmContent } from "zrtp/messages/confirm";
import { decodeMessage } from "zrtp/messages/message";
import { accept } from "zrtp/negotiate";
import { renderSas } from "zrtp/sas";
import { matchS1 } from "zrtp/secrets";
import { AUTH_TAGS, CIPHERS, HASHES, KEY_AGREEMENTS, SAS_TYPES } from "zrtp/suites";
import type { HashCode, SasTypeCode } from "zrtp/types";

/** A code of a table as the member of the table that it must be. */
function member<C extends string>(table: Readonly<Record<C, unknown>>, code: string): C {
	const found = (Object.keys(table) as C[]).find((key) => key === code);
	if (found === undefined) throw new Error(`${code} is not implemented`);
	return found;
}

for (const provider of providers) {
	test(`KDF (section 4.5.1): ${provider.name}`, () => {
		for (const vector of kdfVectors) {
			const mac = HASHES[member<HashCode>(HASHES, vector.hash)].mac(provider);
			const derived = kdf(mac, octets(vector.key), vector.label, octets(vector.context), vector.bitLength / 8);
			equal(toHex(derived), vector.derived, `${vector.hash} ${vector.label}`);
		}
	});

	for (const vector of exchanges)
		test(`${vector.source}, as ${vector.role}: ${provider.name}`, () => {
			const [hello, otherHello] = [octets(vector.responderHello), octets(vector.initiatorHello)];
			const [helloR, helloI] = [decodeMessage(hello), decodeMessage(otherHello)];
			const commit = decodeMessage(octets(vector.commit));
			const [part1, part2] = [decodeMessage(octets(vector.dhPart1)), decodeMessage(octets(vector.dhPart2))];
			const confirms = [decodeMessage(octets(vector.confirm1)), decodeMessage(octets(vector.confirm2))];
			ok(helloR?.type === "Hello" && helloI?.type === "Hello");
			ok(commit?.type === "Commit" && commit.mode === "DH" && part1?.type === "DHPart1" && part2?.type === "DHPart2");

			const suite = accept(
				{
					keyAgreements: ["X255", "EC25", "DH3k"],
					hashes: ["S256", "S384"],
					ciphers: ["AES1", "AES3"],
					authTags: ["HS32", "HS80"],
					sasTypes: ["B32", "B256"],
				},
				commit.codes,
			);
			ok(typeof suite === "object");
			equal(suite, vector.suite);
			const hash = HASHES[suite.hash].hash(provider);
			const mac = HASHES[suite.hash].mac(provider);
			equal(hash.digest(part2.bytes, hello).slice(0, 32), commit.hvi, "hvi");

			const peerPart = vector.role === "initiator" ? part1 : part2;
			const dhResult = KEY_AGREEMENTS[suite.keyAgreement].of(provider).agree(octets(vector.privateKey), peerPart.pv);
			ok(dhResult, "the public value is valid");
			const held = "rs1" in vector ? { rs1: octets(vector.rs1), verified: false } : undefined;
			const s1 = matchS1(mac, held, peerPart.ids, vector.role === "initiator" ? "responder" : "initiator");
			equal(s1, held?.rs1, "the retained secret matches");
			const keys = deriveKeys(provider, suite, {
				dhResult,
				zidI: helloI.zid,
				zidR: helloR.zid,
				totalHash: hash.digest(hello, commit.bytes, part1.bytes, part2.bytes),
				shared: s1 === undefined ? {} : { s1 },
			});
			equal([keys.srtpKeyI, keys.srtpSaltI, keys.srtpKeyR, keys.srtpSaltR].map(toHex), [
				vector.srtpKeyI,
				vector.srtpSaltI,
				vector.srtpKeyR,
				vector.srtpSaltR,
			]);
			equal(renderSas(suite.sasType, keys.sashash), vector.sas);

			// Both Confirms open, and the hash chains and MACs of both ends hold from H3 to H0.
			for (const [index, confirm] of confirms.entries()) {
				ok(confirm?.type === "Confirm1" || confirm?.type === "Confirm2");
				const [macKey, zrtpKey] = index === 0 ? [keys.macKeyR, keys.zrtpKeyR] : [keys.macKeyI, keys.zrtpKeyI];
				equal(mac.compute(macKey, confirm.encrypted).slice(0, 8), confirm.mac, confirm.type);
				const cfb = CIPHERS[suite.cipher].cfb(provider);
				const content = decodeConfirmContent(cfb.decrypt(zrtpKey, confirm.iv, confirm.encrypted));
				ok(content, `${confirm.type} has content`);
				const [part, h3, firstMessage] = index === 0 ? [part1, helloR.h3, hello] : [part2, helloI.h3, otherHello];
				equal(nextImage(provider, content.h0), part.h1);
				const h2 = nextImage(provider, part.h1);
				equal(nextImage(provider, h2), h3);
				ok(checkMessageMac(provider, content.h0, part.bytes), "MAC of DHPart");
				ok(checkMessageMac(provider, h2, firstMessage), "MAC of Hello");
			}
			ok(checkMessageMac(provider, part2.h1, commit.bytes), "MAC of Commit");
			equal(nextImage(provider, part2.h1), commit.h2);
		});
}

test("SAS in base32 and in words (section 5.1.6)", () => {
	for (const vector of sasVectors)
		equal(
			renderSas(member<SasTypeCode>(SAS_TYPES, vector.sasType), octets(vector.sasvalue)),
			vector.text,
			vector.sasvalue,
		);
});

test("the 512 words differ from each other", () => {
	const first = new Set<string>();
	const second = new Set<string>();
	for (let octet = 0; octet < 256; octet++) {
		const [even, odd] = renderSas("B256", Uint8Array.of(octet, octet)).split(" ");
		first.add(even ?? "");
		second.add(odd ?? "");
	}
	equal([first.size, second.size], [256, 256]);
	ok([...first].every((word) => !second.has(word)));
});

test("every suite has lengths that its implementation keeps", () => {
	for (const provider of providers) {
		for (const suite of Object.values(KEY_AGREEMENTS))
			equal(suite.of(provider).publicKeyByteLength, suite.publicKeyByteLength);
		// SHA-3 is noble's alone; a board without it does not offer it.
		for (const suite of Object.values(HASHES))
			if (suite.in(provider)) equal(suite.mac(provider).byteLength, suite.hash(provider).byteLength);
	}
	equal(
		Object.values(AUTH_TAGS).map(({ tagBitLength }) => tagBitLength),
		[32, 80, 128],
	);
});
