/**
 * Transfer, early media, holding and long calls over a network that loses, repeats and reorders: what the timers allow
 * comes through, whatever else happens is told in words, and nothing is left half open.
 */

import { equal, ok, test } from "test/harness";
import { bad, hangUpAll, transfer } from "./lossy-transfer";
import { Trio } from "./trio";
import { World } from "./world";

for (const [attended, word] of [
	[false, "blind"],
	[true, "attended"],
] as const)
	for (const [loss, least] of [
		[0, 8],
		[0.1, 8],
		[0.3, 5],
	] as const)
		test(
			`${word} transfer at ${loss * 100} % loss`,
			() => {
				let through = 0;
				for (let seed = 1; seed <= 8; seed++) if (transfer(seed * 13 + loss * 1000, loss, attended)) through++;
				ok(through >= least, `${through} of 8 came through`);
			},
			{ timeoutMs: 60000 },
		);

test(
	"early media by PRACK, changed by UPDATE, answered, at 10 % loss",
	() => {
		for (let seed = 1; seed <= 10; seed++) {
			const world = new World(bad(seed * 31, 0.1));
			world.add("alice");
			world.add("bob");
			world.onReport = (member, action) => {
				if (action.type === "incoming") world.do("bob", { type: "ring", call: action.call, sdp: "early" });
				if (action.type === "offered") world.do(member.name, { type: "answerReinvite", call: action.call, sdp: "yes" });
				if (action.type === "offerWanted") world.do(member.name, { type: "reinvite", call: action.call, sdp: "fresh" });
			};
			world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
			world.run(30000);
			equal(world.reports("alice", "progress").filter(({ sdp }) => sdp !== undefined).length, 1, `seed ${seed}`);
			world.do("alice", { type: "reinvite", call: 1, sdp: "a" });
			world.do("bob", { type: "reinvite", call: -1, sdp: "b" });
			world.run(60000);
			for (const name of ["alice", "bob"])
				equal(world.reports(name, "reinviteAnswered").length, 1, `seed ${seed}: ${name}'s change`);
			world.do("bob", { type: "accept", call: -1, sdp: "early" });
			world.run(30000);
			equal([world.reports("alice", "answered").length, world.reports("bob", "accepted").length], [1, 1]);
			world.do("alice", { type: "hangup", call: 1 });
			world.run(100000);
			ok(world.quiet("alice") && world.quiet("bob"), `seed ${seed}: nothing is left`);
		}
	},
	{ timeoutMs: 60000 },
);

test(
	"four hours at 10 % loss, with 30 s without any network: the session is refreshed, nobody is lost",
	() => {
		for (let seed = 1; seed <= 10; seed++) {
			const trio = new Trio(bad(seed * 17, 0.1));
			const { world } = trio;
			trio.call("alice", "bob", 1);
			world.run(20000);
			for (let hour = 0; hour < 4; hour++) {
				world.run(1_800_000 + seed * 60_000);
				world.drop = () => true;
				world.run(30000);
				world.drop = () => false;
				world.run(1_500_000);
			}
			equal([trio.live("alice"), trio.live("bob")], [[1], [-1]], `seed ${seed}`);
			hangUpAll(trio);
			world.run(100000);
			ok(world.quiet("alice") && world.quiet("bob"));
		}
	},
	{ timeoutMs: 60000 },
);
