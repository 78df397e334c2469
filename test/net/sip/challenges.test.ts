/**
 * How registrars ask for the password: the strongest of several challenges, a proxy's beside the registrar's, nonces that
 * change for ever or are given ahead.
 */

import { latin1Decode } from "bytes/text";
import { header, type Request } from "sip/message";
import { equal, ok, test } from "test/harness";
import { Registrar } from "./registrar";
import { account, PLACE, scripted } from "./scripted";
import { World } from "./world";

function challenge(name: string, value: string): { name: string; value: string } {
	return { name, value: `Digest ${value}` };
}

test("the strongest hash counts, wherever its line stands (RFC 8760)", () => {
	const world = new World({ seed: 1, delayMs: 5 });
	const weak = 'Digest realm="test", nonce="weak", algorithm=MD5, qop="auth"';
	const registrar = new Registrar({ password: "secret", algorithm: "SHA-256", above: [weak, weak] });
	world.serve("registrar", PLACE, registrar.serve);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	equal(registrar.seen.length, 2);
	equal(registrar.bindings.size, 1);
});

test("auth-int where the registrar offers nothing else", () => {
	const world = new World({ seed: 1, delayMs: 5 });
	const registrar = new Registrar({ password: "secret", qops: "auth-int" });
	world.serve("registrar", PLACE, registrar.serve);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	equal(registrar.bindings.size, 1);
});

test("a proxy's 407 and the registrar's 401, one after the other and in one response (section 22.3)", () => {
	const proxy = challenge("Proxy-Authenticate", 'realm="proxy", nonce="p", qop="auth"');
	const home = challenge("WWW-Authenticate", 'realm="home", nonce="h", qop="auth"');
	for (const together of [false, true]) {
		const requests: Request[] = [];
		const world = new World({ seed: 2, delayMs: 5 });
		world.serve(
			"registrar",
			PLACE,
			scripted(requests, (request) => {
				const passed = header(request, "proxy-authorization") !== undefined;
				const known = header(request, "authorization") !== undefined;
				if (!passed && !known && together) return { status: 401, headers: [proxy, home] };
				if (!passed) return { status: 407, headers: [proxy] };
				return known ? { status: 200 } : { status: 401, headers: [home] };
			}),
		);
		world.add("alice", [account()]);
		world.do("alice", { type: "register", account: "a" });
		world.run(200);
		equal(requests.length, together ? 2 : 3);
		equal(world.reports("alice", "registered").length, 1);
		// Both are known from then on.
		world.run(300000);
		equal(requests.length, together ? 3 : 4);
	}
});

test("nonces that change for ever: a few tries, the reason in words, and a long wait", () => {
	const requests: Request[] = [];
	const world = new World({ seed: 3, delayMs: 5 });
	world.serve(
		"registrar",
		PLACE,
		scripted(requests, (_request, count) => ({
			status: 401,
			headers: [challenge("WWW-Authenticate", `realm="r", nonce="n${count}", stale=true, qop="auth"`)],
		})),
	);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(1000);
	equal(requests.length, 5);
	const [failed] = world.reports("alice", "registrationFailed");
	equal(failed?.reason, "the server asks for the password again and again, each time with a new nonce");
	ok((failed?.retryAt ?? 0) > 60000);
	world.run(3600000);
	ok(requests.length < 60, `${requests.length} requests in an hour`);
	ok(world.member("alice").agent.counts.clients <= 5);
});

test("a nonce for the next request is used (RFC 7616 section 3.5)", () => {
	const requests: Request[] = [];
	const world = new World({ seed: 4, delayMs: 5 });
	world.serve(
		"registrar",
		PLACE,
		scripted(requests, (request, count) =>
			header(request, "authorization") === undefined
				? { status: 401, headers: [challenge("WWW-Authenticate", 'realm="r", nonce="first", qop="auth"')] }
				: { status: 200, headers: [{ name: "Authentication-Info", value: `nextnonce="next${count}"` }] },
		),
	);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(500000);
	const nonces = requests.map((request) =>
		/nonce="([a-z0-9]+)".*nc=([0-9]+)/.exec(header(request, "authorization") ?? ""),
	);
	equal(
		nonces.map((match) => match?.slice(1)),
		[undefined, ["first", "00000001"], ["next2", "00000001"], ["next3", "00000001"]],
	);
});

test("a password is in no packet", () => {
	const world = new World({ seed: 14, delayMs: 5 });
	const texts: string[] = [];
	world.onSend = (_name, bytes) => texts.push(latin1Decode(bytes));
	const registrar = new Registrar({ password: "secret" });
	world.serve("registrar", PLACE, registrar.serve);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	ok(texts.length >= 4 && !texts.some((text) => text.includes("secret")));
});
