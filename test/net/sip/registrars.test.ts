/** What registrars grant: several of them at once, bindings that are not ours or too short, redirections. */

import { utf8Encode } from "bytes/text";
import { headerLines, type Request } from "sip/message";
import { equal, ok, test } from "test/harness";
import { Registrar } from "./registrar";
import { account, OTHER, PLACE, scripted } from "./scripted";
import { World } from "./world";

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
