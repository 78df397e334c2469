/**
 * Registration with what providers really have: several registrars and accounts, challenges of every kind, nonces that
 * change for ever, redirections, flows (RFC 5626), GRUUs (RFC 5627), Service-Route (RFC 3608), and networks that go and
 * come back.
 */

import { latin1Decode, utf8Encode } from "bytes/text";
import type { Account } from "sip/agent";
import { header, headerLines, type Request } from "sip/message";
import { parse } from "sip/parse";
import { formatResponse, fromSource, type ResponseParts } from "sip/respond";
import { equal, ok, test } from "test/harness";
import { Registrar } from "./registrar";
import { type Server, World } from "./world";

const PLACE = { address: "10.0.1.1", port: 5060 };
const OTHER = { address: "10.0.1.2", port: 5060 };
const INSTANCE = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

function account(changes: Partial<Account> = {}): Account {
	return {
		id: "a",
		aor: "sip:alice@example.org",
		registrar: { host: PLACE.address, port: PLACE.port, transport: "udp" },
		password: utf8Encode("secret"),
		expiresSec: 300,
		...changes,
	};
}

/** Answers by a function, and keeps what came. */
function scripted(requests: Request[], answer: (request: Request, count: number) => ResponseParts): Server {
	return (bytes, from, send) => {
		const message = parse(bytes);
		if (message.type !== "request" || message.method === "ACK") return;
		const { request, to } = fromSource(message, from);
		requests.push(request);
		send(formatResponse(request, { toTag: "s", ...answer(request, requests.length) }), to);
	};
}

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

test("two accounts with two registrars: each its own password, calls through the right one", () => {
	const world = new World({ seed: 5, delayMs: 5 });
	const first = new Registrar({ password: "secret" });
	const second = new Registrar({ password: "another", algorithm: "SHA-256" });
	world.serve("first", PLACE, first.serve);
	world.serve("second", OTHER, second.serve);
	world.add("alice", [
		account(),
		account({
			id: "b",
			aor: "sip:office@example.com",
			registrar: { host: OTHER.address, port: OTHER.port, transport: "udp" },
			password: utf8Encode("another"),
		}),
	]);
	for (const id of ["a", "b"]) world.do("alice", { type: "register", account: id });
	world.run(100);
	equal([...first.bindings.keys()], ["<sip:alice@10.0.0.1:5060>"]);
	equal([...second.bindings.keys()], ["<sip:office@10.0.0.1:5060>"]);
	world.do("alice", { type: "invite", call: 1, account: "b", uri: "sip:x@example.com", sdp: "offer" });
	world.run(10);
	equal(world.trace.filter((line) => line.startsWith("alice>") && line.endsWith(" INVITE"))[0], "alice>second INVITE");
	// One of them goes; the other stays.
	world.do("alice", { type: "unregister", account: "a" });
	world.run(100);
	equal([first.bindings.size, second.bindings.size], [0, 1]);
});

test("Contact and Expires do not agree: the shorter one counts", () => {
	for (const [own, general] of [
		[100, 3600],
		[3600, 100],
	]) {
		const world = new World({ seed: 6, delayMs: 5 });
		world.serve(
			"registrar",
			PLACE,
			scripted([], (request) => ({
				status: 200,
				headers: [
					{ name: "Contact", value: `${headerLines(request, "contact")[0]};expires=${own}` },
					{ name: "Expires", value: String(general) },
				],
			})),
		);
		world.add("alice", [account()]);
		world.do("alice", { type: "register", account: "a" });
		world.run(100);
		equal(world.reports("alice", "registered")[0]?.expiresSec, 100);
	}
});

/** How it goes with a registrar that lists these bindings. */
function listing(list: (own: string) => string) {
	const world = new World({ seed: 21, delayMs: 5 });
	const requests: Request[] = [];
	world.serve(
		"registrar",
		PLACE,
		scripted(requests, (request) => {
			const value = list(headerLines(request, "contact")[0] ?? "");
			return { status: 200, headers: value === "" ? [] : [{ name: "Contact", value }] };
		}),
	);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	return { world, requests };
}

test("a 2xx that lists others and not us is no registration (10.3)", () => {
	const { world, requests } = listing(
		() => "<sip:alice@10.9.9.9:5060>;expires=300, <sip:bob@10.0.0.1:5060>;expires=300",
	);
	equal(world.reports("alice", "registered"), []);
	const [failed] = world.reports("alice", "registrationFailed");
	equal(failed?.reason, "the registrar did not keep our address");
	world.run(3_600_000);
	ok(requests.length > 2 && requests.length < 12, `asked again, in waits that grow: ${requests.length}`);
});

test("what counts as ours: our Contact, or the address that the registrar saw; one that lists nobody is believed", () => {
	for (const list of [
		(own: string) => `<sip:carol@10.9.9.9>;expires=9, ${own};expires=200`,
		() => "<sip:alice@10.0.0.1:5060;ob>;expires=200",
		() => "",
	]) {
		const { world } = listing(list);
		equal(world.reports("alice", "registrationFailed"), []);
		equal(world.reports("alice", "registered").length, 1);
	}
});

test("a registrar that grants a second is told of in words, and is not asked for ever", () => {
	const { world, requests } = listing((own) => `${own};expires=1`);
	equal(world.reports("alice", "registered"), []);
	const [failed] = world.reports("alice", "registrationFailed");
	equal(failed?.reason, "the registrar keeps our address for 1 s only: calls do not arrive");
	world.run(3_600_000);
	ok(requests.length > 2 && requests.length < 12, `asked ${requests.length} times in an hour`);
});

test("3xx: the registrar is elsewhere (8.1.3.4); in a circle it is left", () => {
	const world = new World({ seed: 7, delayMs: 5 });
	const registrar = new Registrar({ password: "secret" });
	world.serve(
		"old",
		PLACE,
		scripted([], () => ({ status: 302, headers: [{ name: "Contact", value: "<tel:+1>, <sip:10.0.1.2:5060>" }] })),
	);
	world.serve("new", OTHER, registrar.serve);
	world.add("alice", [account({ expiresSec: 60 })]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	equal(
		world.trace.filter((line) => line.startsWith("alice>")),
		["alice>old REGISTER", "alice>new REGISTER", "alice>new REGISTER"],
	);
	equal(registrar.bindings.size, 1);
	// It stays there while it works.
	world.run(31000);
	equal(world.trace.filter((line) => line.startsWith("alice>")).length, 4);

	const circle = new World({ seed: 8, delayMs: 5 });
	const requests: Request[] = [];
	circle.serve(
		"registrar",
		PLACE,
		scripted(requests, () => ({ status: 301, headers: [{ name: "Contact", value: "<sip:10.0.1.1:5060>" }] })),
	);
	circle.add("alice", [account()]);
	circle.do("alice", { type: "register", account: "a" });
	circle.run(1000);
	equal(requests.length, 4);
	equal(circle.reports("alice", "registrationFailed")[0]?.reason, "the registrars send us in a circle");
});

test("instance, flow and GRUU (RFC 5626 section 4.2.1, RFC 5627 section 4)", () => {
	const world = new World({ seed: 9, delayMs: 5 });
	const requests: Request[] = [];
	world.serve(
		"registrar",
		PLACE,
		scripted(requests, () => ({
			status: 200,
			headers: [
				{ name: "Require", value: "outbound" },
				{
					// The registrar may write our address as it sees it: the instance tells whose it is.
					name: "Contact",
					value: `<sip:alice@203.0.113.7:1024>;expires=200;+sip.instance="<${INSTANCE}>";reg-id=1;pub-gruu="sip:alice@example.org;gr=${INSTANCE}"`,
				},
			],
		})),
	);
	world.add("alice", [account()], { instanceId: INSTANCE, gruu: true });
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	const [register] = requests;
	equal(headerLines(register ?? { headers: [] }, "contact"), [
		`<sip:alice@10.0.0.1:5060>;+sip.instance="<${INSTANCE}>";reg-id=1`,
	]);
	equal(headerLines(register ?? { headers: [] }, "supported"), ["path, outbound, gruu"]);
	equal(world.reports("alice", "registered")[0]?.expiresSec, 200);
	world.do("alice", { type: "invite", call: 1, account: "a", uri: "sip:x@example.org", sdp: "offer" });
	world.run(10);
	const invite = requests.find((request) => request.method === "INVITE");
	equal(headerLines(invite ?? { headers: [] }, "contact"), [`<sip:alice@example.org;gr=${INSTANCE}>`]);
});

test("439: a first hop without flows gets a plain registration (RFC 5626 section 11.6)", () => {
	const world = new World({ seed: 10, delayMs: 5 });
	const requests: Request[] = [];
	world.serve(
		"registrar",
		PLACE,
		scripted(requests, (request) => ({ status: header(request, "contact")?.includes("reg-id") ? 439 : 200 })),
	);
	world.add("alice", [account()], { instanceId: INSTANCE });
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	equal(
		requests.map((request) => header(request, "supported")),
		["path, outbound", "path"],
	);
	equal(world.reports("alice", "registered").length, 1);
});

test("Service-Route: calls go the way the registrar said (RFC 3608)", () => {
	const world = new World({ seed: 11, delayMs: 5 });
	const requests: Request[] = [];
	const routes = "<sip:10.0.1.2:5060;lr>, <sip:home.example.org;lr>";
	world.serve(
		"registrar",
		PLACE,
		scripted([], () => ({ status: 200, headers: [{ name: "Service-Route", value: routes }] })),
	);
	world.serve(
		"edge",
		OTHER,
		scripted(requests, () => ({ status: 486 })),
	);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	world.do("alice", { type: "invite", call: 1, account: "a", uri: "sip:x@example.net", sdp: "offer" });
	world.run(100);
	equal(headerLines(requests[0] ?? { headers: [] }, "route"), ["<sip:10.0.1.2:5060;lr>", "<sip:home.example.org;lr>"]);
	ok(!world.trace.some((line) => line.startsWith("alice>registrar") && !line.endsWith("REGISTER")));
});

test("the network goes and comes back: registered at once, by every account", () => {
	const world = new World({ seed: 12, delayMs: 5 });
	const registrar = new Registrar({ password: "secret" });
	world.serve("registrar", PLACE, registrar.serve);
	world.serve("other", OTHER, new Registrar({ password: "secret" }).serve);
	const other = { host: OTHER.address, port: OTHER.port, transport: "udp" } as const;
	world.add("alice", [account(), account({ id: "b", aor: "sip:bea@example.org", registrar: other })]);
	for (const id of ["a", "b"]) world.do("alice", { type: "register", account: id });
	world.run(100);
	equal(world.reports("alice", "registered").length, 2);
	world.do("alice", { type: "network", up: false });
	equal(
		world.reports("alice", "registrationFailed").map(({ reason, retryAt }) => [reason, retryAt]),
		[
			["there is no network", undefined],
			["there is no network", undefined],
		],
	);
	const before = world.trace.length;
	world.run(3600000);
	equal(world.trace.length, before, "nothing is sent into no network");
	ok(world.quiet("alice"));
	world.do("alice", { type: "network", up: true });
	world.do("alice", { type: "network", up: true });
	world.run(100);
	equal(world.reports("alice", "registered").length, 4);
});

test("the network goes in the middle of a registration, and while it waits to try again", () => {
	const world = new World({ seed: 13, delayMs: 5 });
	const registrar = new Registrar({ password: "secret" });
	world.serve("registrar", PLACE, registrar.serve);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.do("alice", { type: "network", up: false });
	world.run(1000);
	equal(world.reports("alice", "registered"), []);
	world.do("alice", { type: "network", up: true });
	world.run(100);
	equal(world.reports("alice", "registered").length, 1);
	// Unanswered for long: the wait has grown to minutes, and is cut short.
	world.drop = () => true;
	world.run(2000000);
	world.drop = () => false;
	world.do("alice", { type: "network", up: false });
	world.do("alice", { type: "network", up: true });
	world.run(100);
	equal(world.reports("alice", "registered").length, 2);
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
