/** Digest credentials with the examples of RFC 7616 section 3.9.1 and RFC 2617 section 3.5. */

import { utf8Encode } from "bytes/text";
import { nobleProvider } from "crypto/noble";
import { type Challenge, credentials, parseChallenge } from "sip/digest";
import { equal, ok, test } from "test/harness";

function answer(challenge: string, password: string, cnonce: string, nonceCount = 1): string {
	const parsed = parseChallenge(challenge);
	if (parsed === undefined) throw new Error("challenge");
	return credentials(nobleProvider, parsed, {
		username: "Mufasa",
		password: utf8Encode(password),
		method: "GET",
		uri: "/dir/index.html",
		nonceCount,
		cnonce,
	});
}

const NONCE_7616 = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const CNONCE_7616 = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

function challenge7616(algorithm: string): string {
	return `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE_7616}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
}

test("SHA-256 (RFC 7616 section 3.9.1)", () => {
	const text = answer(challenge7616("SHA-256"), "Circle of Life", CNONCE_7616);
	ok(text.includes('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"'), text);
	ok(text.includes("algorithm=SHA-256") && text.includes("qop=auth, nc=00000001"), text);
	ok(text.includes('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'));
});

test("MD5 (RFC 7616 section 3.9.1)", () => {
	const text = answer(challenge7616("MD5"), "Circle of Life", CNONCE_7616);
	ok(text.includes('response="8ca523f5e9506fed4657c9700eebdbec"'), text);
});

test("MD5 without an algorithm, with qop (RFC 2617 section 3.5)", () => {
	const challenge =
		'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
	const text = answer(challenge, "Circle Of Life", "0a4f113b");
	ok(text.includes('response="6629fae49393a05397450978507c4ef1"'), text);
	ok(!text.includes("algorithm"));
});

test("without qop there is no cnonce and no count (RFC 2617 section 3.2.2.1)", () => {
	const text = answer('Digest realm="r", nonce="n"', "p", "c");
	ok(!/cnonce|nc=|qop/.test(text), text);
	// MD5 of MD5("Mufasa:r:p"):n:MD5("GET:/dir/index.html"), by md5sum.
	ok(text.includes('response="9751d92a32ff61a7c3716b4554ed66dd"'), text);
});

test("a second use of a nonce counts up", () => {
	ok(answer(challenge7616("MD5"), "x", "c", 16).includes("nc=00000010"));
});

test("the password is not changed, and session keys differ from plain ones", () => {
	const password = utf8Encode("secret");
	const parsed: Challenge = {
		realm: "r",
		nonce: "n",
		opaque: undefined,
		algorithm: "MD5-sess",
		qop: true,
		stale: false,
	};
	const input = { username: "u", password, method: "REGISTER", uri: "sip:x", nonceCount: 1, cnonce: "c" };
	const session = credentials(nobleProvider, parsed, input);
	equal(password, utf8Encode("secret"));
	ok(session.includes('response="93afdcf6dd32be715d5aff6ed926f405"'), session);
});

test("challenges: stale, quoted commas, and what is beyond us", () => {
	equal(parseChallenge('Digest realm="a, \\"b\\"", nonce="n", stale=TRUE, qop="auth"'), {
		realm: 'a, "b"',
		nonce: "n",
		opaque: undefined,
		algorithm: undefined,
		qop: true,
		stale: true,
	});
	for (const text of [
		"",
		"Digest",
		'Basic realm="x"',
		'Digest realm="x"',
		'Digest nonce="x"',
		'Digest realm="x", nonce="open',
		'Digest realm="x", nonce="n", algorithm=SHA-512-256',
		'Digest realm="x", nonce="n", qop="auth-int"',
	])
		equal(parseChallenge(text), undefined, text);
});
