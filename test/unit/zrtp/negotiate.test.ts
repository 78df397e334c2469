import { equal, test } from "test/harness";
import { SUITES } from "test/net/zrtp/endpoint";
import { accept, choose, chooseKeyAgreement } from "zrtp/negotiate";

const none = { hashes: [], ciphers: [], authTags: [], keyAgreements: [], sasTypes: [] };

test("the faster of the two first choices in common, as both ends find it (section 4.1.2)", () => {
	// The RFC's own example, with the lists this phone can have.
	equal(chooseKeyAgreement(["DH3k", "EC25"], ["EC38", "EC25", "DH3k"]), "EC25");
	equal(chooseKeyAgreement(["EC25", "DH3k"], ["DH2k", "DH3k", "EC25"]), "EC25");
	equal(chooseKeyAgreement(["X255", "EC25", "DH3k"], ["DH3k", "EC25", "Mult"]), "EC25");
	equal(chooseKeyAgreement(["X255", "EC25", "DH3k"], ["X255", "X448", "DH3k"]), "X255");
	equal(chooseKeyAgreement(["EC25"], ["X448", "DH2k"]), "DH3k", "only the mandatory one in common");
	equal(chooseKeyAgreement([], []), "DH3k");
	equal(chooseKeyAgreement(["X255"], ["Mult", "Prsh"]), "DH3k", "modes are no key agreements");
});

test("both ends choose the same key agreement, whatever they list", () => {
	const codes = ["X255", "EC25", "DH3k"] as const;
	const orders = codes.flatMap((a) => codes.flatMap((b) => codes.map((c) => [...new Set([a, b, c])])));
	for (const own of orders)
		for (const peer of orders) equal(chooseKeyAgreement(own, peer), chooseKeyAgreement(peer, own));
});

test("the hash is the first of the responder's that the initiator has", () => {
	const own = { ...SUITES, hashes: ["S256", "S384"] as const };
	equal(choose(own, { ...none, hashes: ["S384", "S256"] }).hash, "S384");
	equal(
		choose(own, { ...none, hashes: ["S512", "N256", "S384"] }).hash,
		"S384",
		"unknown ones and ours alone do not count",
	);
	equal(choose({ ...SUITES, hashes: ["S384", "S256"] }, { ...none, hashes: ["S256", "S384"] }).hash, "S256");
	equal(choose({ ...SUITES, hashes: ["S384"] }, none).hash, "S256", "the mandatory one stands behind every list");
});

test("the rest is the initiator's preference", () => {
	const suite = choose(SUITES, {
		...none,
		authTags: ["SK32", "HS32"],
		sasTypes: ["B256", "B32"],
		hashes: ["S384", "S256"],
	});
	equal(suite, { keyAgreement: "DH3k", hash: "S256", cipher: "AES1", authTag: "HS80", sasType: "B32" });
	equal(choose({ ...SUITES, sasTypes: ["B256"] }, { ...none, sasTypes: ["B256"] }).sasType, "B256");
	equal(choose({ ...SUITES, ciphers: ["AES3"] }, none).cipher, "AES1", "mandatory where nothing else is in common");
});

test("a Commit is held to what was offered", () => {
	const good = { hash: "S256", cipher: "AES1", authTag: "HS80", keyAgreement: "X255", sasType: "B32" };
	equal(accept(SUITES, good), good);
	equal(accept({ ...SUITES, keyAgreements: ["X255"] }, { ...good, keyAgreement: "DH3k" }), {
		...good,
		keyAgreement: "DH3k",
	});
	equal(accept(SUITES, { ...good, hash: "S384" }), "hashNotSupported", "implemented, not offered");
	equal(accept(SUITES, { ...good, cipher: "AES3" }), "cipherNotSupported");
	equal(accept(SUITES, { ...good, cipher: "2FS1" }), "cipherNotSupported");
	equal(accept(SUITES, { ...good, authTag: "SK32" }), "authTagNotSupported");
	equal(accept(SUITES, { ...good, keyAgreement: "DH2k" }), "keyAgreementNotSupported");
	equal(accept({ ...SUITES, keyAgreements: ["DH3k"] }, good), "keyAgreementNotSupported");
	equal(accept(SUITES, { ...good, sasType: "toString" }), "sasTypeNotSupported");
	equal(accept(SUITES, { ...good, sasType: "__proto__" }), "sasTypeNotSupported");
});
