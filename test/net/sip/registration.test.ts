/** Registration (RFC 3261 section 10, RFC 3665 section 2) with a registrar that checks digests by its own arithmetic. */

import { utf8Encode } from "bytes/text";
import type { Account } from "sip/agent";
import { header } from "sip/message";
import { equal, ok, test } from "test/harness";
import { Registrar, type RegistrarOptions } from "./registrar";
import { account, PLACE } from "./scripted";
import { World } from "./world";

function registered(options: Partial<RegistrarOptions> = {}, changes: Partial<Account> = {}) {
	const world = new World({ seed: 3, delayMs: 5 });
	const registrar = new Registrar({ password: "secret", ...options });
	world.serve("registrar", PLACE, registrar.serve);
	world.add("alice", [account({ displayName: "Alice", ...changes })]);
	world.do("alice", { type: "register", account: "a" });
	return { world, registrar };
}

test("registered after one challenge, by every kind of digest (RFC 3665 2.1)", () => {
	for (const algorithm of ["MD5", "SHA-256", "SHA-512-256"] as const)
		for (const qop of [true, false]) {
			const { world, registrar } = registered({ algorithm, qop });
			world.run(100);
			equal(registrar.seen, ["plain 300", "authorized 300"], `${algorithm} ${qop}`);
			equal(world.reports("alice", "registered"), [{ type: "registered", account: "a", expiresSec: 300 }]);
			equal([...registrar.bindings.keys()], ["<sip:alice@10.0.0.1:5060>"]);
		}
});

test("what the registrar grants our own contact counts, and is refreshed in time", () => {
	const { world, registrar } = registered({ grantSec: 200 });
	world.run(100);
	equal(world.reports("alice", "registered")[0]?.expiresSec, 200);
	world.run(109000);
	equal(registrar.seen.length, 2);
	world.run(2000);
	// The nonce is used again, without another challenge.
	equal(registrar.seen.slice(2), ["authorized 300"]);
	equal(world.reports("alice", "registered").length, 2);
});

test("a short registration is refreshed at half time", () => {
	const { world, registrar } = registered({ grantSec: 10 });
	world.run(4900);
	equal(registrar.seen.length, 2);
	world.run(200);
	equal(registrar.seen.length, 3);
});

test("a stale nonce is replaced without a word", () => {
	const { world, registrar } = registered({ grantSec: 10, nonceUses: 1 });
	world.run(5200);
	equal(registrar.seen, ["plain 300", "authorized 300", "authorized 300", "authorized 300"]);
	equal(world.reports("alice", "registrationFailed"), []);
	equal(world.reports("alice", "registered").length, 2);
});

test("a wrong password is told once and tried again after a minute at least", () => {
	const { world, registrar } = registered({}, { password: utf8Encode("wrong") });
	world.run(1000);
	const [failed] = world.reports("alice", "registrationFailed");
	equal(failed?.status, 401);
	equal(failed?.reason, "the server did not accept the password");
	ok((failed?.retryAt ?? 0) >= 60000);
	equal(registrar.seen.length, 2);
	world.run(58000);
	equal(registrar.seen.length, 2);
	world.run(3000);
	equal(registrar.seen.length, 4);
});

test("no password set: told, not sent", () => {
	const { world, registrar } = registered({}, { password: undefined });
	world.run(1000);
	equal(world.reports("alice", "registrationFailed")[0]?.reason, "the server asks for a password and none is set");
	equal(registrar.seen.length, 1);
});

test("423: as long as the registrar wants (10.2.8)", () => {
	const { world, registrar } = registered({ minSec: 600 });
	world.run(200);
	equal(registrar.seen, ["plain 300", "authorized 300", "authorized 600"]);
	equal(world.reports("alice", "registered")[0]?.expiresSec, 600);
});

test("423 without sense ends as a failure", () => {
	const { world, registrar } = registered();
	registrar.answer = () => ({ status: 423, headers: [{ name: "Min-Expires", value: "1" }] });
	world.run(200);
	equal(registrar.seen.length, 1);
	equal(world.reports("alice", "registrationFailed")[0]?.status, 423);
});

test("423 that asks for a second more each time is a failure soon", () => {
	const { world, registrar } = registered();
	registrar.answer = (request) => ({
		status: 423,
		headers: [{ name: "Min-Expires", value: String(Number(header(request, "expires")) + 1) }],
	});
	world.run(2000);
	ok(registrar.seen.length <= 5, `${registrar.seen.length} requests`);
	equal(world.reports("alice", "registrationFailed")[0]?.status, 423);
});

test("a registrar that does not answer: plain words, and waits that grow", () => {
	const { world, registrar } = registered();
	world.drop = (line) => line.includes("registrar>alice");
	world.run(3600000);
	const failures = world.reports("alice", "registrationFailed");
	equal(failures[0]?.reason, "no answer from 10.0.1.1:5060 within 32 s");
	equal(failures[0]?.status, 408);
	// RFC 5626 section 4.5: half to all of 60 s, 120 s, 240 s ... and never more than half an hour.
	for (let i = 0, upper = 60000; i < failures.length; i++, upper = Math.min(2 * upper, 1800000)) {
		const waitMs = (failures[i]?.retryAt ?? 0) - failedAt(world, i);
		ok(waitMs >= upper / 2 && waitMs <= upper, `wait ${i}: ${waitMs} ms of ${upper}`);
	}
	ok(failures.length > 4 && failures.length < 9, `${failures.length} tries in an hour`);
	world.drop = () => false;
	world.run(1900000);
	ok(world.reports("alice", "registered").length > 0, "comes back by itself");
	ok(registrar.bindings.size === 1);
});

/** When the failure was told: a try takes timer F. */
function failedAt(world: World, index: number): number {
	const starts = world.times.filter((_, i) => world.trace[i] === "alice>registrar REGISTER");
	// Each try is a burst of repeats; its first packet comes after a wait of more than T2.
	const firsts = starts.filter((at, i) => i === 0 || at - (starts[i - 1] ?? 0) > 20000);
	return (firsts[index] ?? 0) + 32000;
}

test("Retry-After is kept (20.33)", () => {
	const { world, registrar } = registered();
	registrar.answer = () => ({ status: 503, headers: [{ name: "Retry-After", value: "120 (full)" }] });
	world.run(100);
	ok((world.reports("alice", "registrationFailed")[0]?.retryAt ?? 0) >= 120000);
	equal(world.reports("alice", "registrationFailed")[0]?.reason, "the service is not available");
});

test("unregistering takes the binding away and stops the refresh (10.2.2)", () => {
	const { world, registrar } = registered();
	world.run(100);
	world.do("alice", { type: "unregister", account: "a" });
	world.run(100);
	equal(registrar.bindings.size, 0);
	equal(world.reports("alice", "registered")[1], { type: "registered", account: "a", expiresSec: 0 });
	world.run(1000000);
	equal(registrar.seen.length, 3);
	ok(world.quiet("alice"));
});

test("unregistering while registering is under way: last wish wins", () => {
	const { world, registrar } = registered();
	world.do("alice", { type: "unregister", account: "a" });
	world.run(1000);
	equal(registrar.bindings.size, 0);
	equal(world.reports("alice", "registered"), [{ type: "registered", account: "a", expiresSec: 0 }]);
	world.do("alice", { type: "unregister", account: "a" });
	world.do("alice", { type: "register", account: "a" });
	world.run(1000);
	equal(registrar.bindings.size, 1);
});

test("an outbound proxy gets the request, with a Route", () => {
	const world = new World({ seed: 4, delayMs: 5 });
	const proxy = { address: "10.0.1.9", port: 5070 };
	const registrar = new Registrar({ password: "secret" });
	world.serve("proxy", proxy, registrar.serve);
	world.add("alice", [account({ outboundProxy: { host: proxy.address, port: proxy.port } })]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	equal(world.trace.slice(0, 2), ["alice>proxy REGISTER", "proxy>alice 401 REGISTER"]);
	equal(world.reports("alice", "registered").length, 1);
});

test("an account without a registrar says so", () => {
	const world = new World({ seed: 4 });
	world.add("alice", [account({ registrar: undefined })]);
	world.do("alice", { type: "register", account: "a" });
	equal(world.reports("alice", "registrationFailed")[0]?.reason, "no registrar is set");
	equal(world.trace, []);
});

test("registering over a network that loses half of everything", () => {
	const world = new World({ seed: 11, delayMs: 20, jitterMs: 60, loss: 0.5, duplicate: 0.2 });
	const registrar = new Registrar({ password: "secret", grantSec: 60 });
	world.serve("registrar", PLACE, registrar.serve);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(600000);
	ok(world.reports("alice", "registered").length >= 8, `${world.reports("alice", "registered").length} refreshes`);
});
