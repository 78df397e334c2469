/** Digest credentials with the examples of RFC 7616 section 3.9.1 and RFC 2617 section 3.5. */

import { utf8Encode } from "bytes/text";
import { nobleProvider } from "crypto/noble";
import type { Provider } from "crypto/types";
import { type Challenge, credentials, nextNonce, parseChallenge } from "sip/digest";
import { equal, ok, test } from "test/harness";

function answer(challenge: string, password: string, cnonce: string, nonceCount = 1): string {
	const parsed = parseChallenge(nobleProvider, challenge);
	if (parsed === undefined) throw new Error("challenge");
	return credentials(nobleProvider, parsed, {
		username: "Mufasa",
		password: utf8Encode(password),
		method: "GET",
		uri: "/dir/index.html",
		body: utf8Encode("v=0"),
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
		qop: "auth",
		stale: false,
		userhash: false,
		strength: 1,
	};
	const input = {
		username: "u",
		password,
		method: "REGISTER",
		uri: "sip:x",
		body: utf8Encode(""),
		nonceCount: 1,
		cnonce: "c",
	};
	const session = credentials(nobleProvider, parsed, input);
	equal(password, utf8Encode("secret"));
	ok(session.includes('response="93afdcf6dd32be715d5aff6ed926f405"'), session);
});

test("challenges: stale, quoted commas, and what is beyond us", () => {
	equal(parseChallenge(nobleProvider, 'Digest realm="a, \\"b\\"", nonce="n", stale=TRUE, qop="auth"'), {
		realm: 'a, "b"',
		nonce: "n",
		opaque: undefined,
		algorithm: undefined,
		qop: "auth",
		stale: true,
		userhash: false,
		strength: 1,
	});
	for (const text of [
		"",
		"Digest",
		'Basic realm="x"',
		'Digest realm="x"',
		'Digest nonce="x"',
		'Digest realm="x", nonce="open',
		'Digest realm="x", nonce="n", algorithm=SHA-512',
		'Digest realm="x", nonce="n", algorithm=TOKEN',
		'Digest realm="x", nonce="n", qop="token"',
	])
		equal(parseChallenge(nobleProvider, text), undefined, text);
});

test("SHA-512-256 with a hashed username (RFC 7616 section 3.9.2 with erratum 4897)", () => {
	const parsed = parseChallenge(
		nobleProvider,
		'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
	);
	if (parsed === undefined) throw new Error("challenge");
	const text = credentials(nobleProvider, parsed, {
		username: "J\u00e4s\u00f8n Doe",
		password: utf8Encode("Secret, or not?"),
		method: "GET",
		uri: "/doe.json",
		body: utf8Encode(""),
		nonceCount: 1,
		cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
	});
	ok(text.includes('username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"'), text);
	ok(text.includes('response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"'), text);
	ok(text.includes("userhash=true"), text);
});

test("auth-int alone: the body is part of the answer", () => {
	const text = answer('Digest realm="r", nonce="n", qop="auth-int", algorithm=SHA-256', "p", "c");
	ok(text.includes("qop=auth-int, nc=00000001"), text);
	ok(text.includes('response="9c3e040c81b79ac2c133aa248073a0c54deb25ef7fd6f3bc1e864e0f22d4405a"'), text);
});

test("the better the hash the higher; a provider without SHA-512/256 does without", () => {
	const strength = (algorithm: string, provider: Provider = nobleProvider) =>
		parseChallenge(provider, `Digest realm="r", nonce="n"${algorithm}`)?.strength;
	equal(
		["", ", algorithm=MD5-sess", ", algorithm=sha-256", ", algorithm=SHA-512-256-sess"].map((each) => strength(each)),
		[1, 1, 2, 3],
	);
	const { sha512_256: _, ...without } = nobleProvider;
	equal(strength(", algorithm=SHA-512-256", without), undefined);
});

test("the nonce for the next request (RFC 7616 section 3.5)", () => {
	equal(nextNonce('qop=auth, nextnonce="abc", nc=00000001'), "abc");
	equal([nextNonce(""), nextNonce('nextnonce=""'), nextNonce('"')], [undefined, undefined, undefined]);
});
