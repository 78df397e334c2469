/** Registrations while the network goes and comes back. */

import { equal, ok, test } from "test/harness";
import { Registrar } from "./registrar";
import { account, OTHER, PLACE } from "./scripted";
import { World } from "./world";

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
