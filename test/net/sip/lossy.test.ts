/** Whole calls over a network that loses, repeats and reorders: each must come through, or end at both ends in words. */

import { equal, ok, test } from "test/harness";
import { answering, World } from "./world";

const ROUNDS = 6;

/** Dial, talk, hold, hang up. Gives whether the call was connected at both ends. */
function oneCall(seed: number, loss: number): boolean {
	const world = new World({ seed, delayMs: 20, jitterMs: 40, loss, duplicate: 0.1, reorder: 0.1 });
	world.add("alice");
	world.add("bob");
	answering(world, "bob", "answer");
	const before = world.onReport;
	world.onReport = (member, action) => {
		before(member, action);
		if (action.type === "offered") world.do(member.name, { type: "answerReinvite", call: action.call, sdp: "held" });
	};
	world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
	world.run(40000);
	const through = world.reports("alice", "answered").length === 1 && world.reports("bob", "accepted").length === 1;
	if (through) world.do("alice", { type: "reinvite", call: 1, sdp: "hold" });
	world.run(40000);
	world.do("alice", { type: "hangup", call: 1 });
	world.run(400000);
	const place = `seed ${seed}, loss ${loss}`;
	ok(world.reports("alice", "answered").length <= 1, `${place}: answered once`);
	equal(world.reports("alice", "ended").length, 1, `${place}: alice's call ended once`);
	equal(world.reports("bob", "ended").length, world.reports("bob", "incoming").length, `${place}: bob's call ended`);
	ok(world.reports("bob", "incoming").length <= 1, `${place}: one call rang`);
	if (through && world.reports("alice", "reinviteAnswered").length > 0)
		ok(world.reports("bob", "offered").length >= 1, place);
	ok(world.quiet("alice") && world.quiet("bob"), `${place}: nothing is left`);
	return through;
}

for (const [loss, least] of [
	[0, ROUNDS],
	[0.1, ROUNDS],
	[0.2, ROUNDS],
	[0.5, ROUNDS - 2],
] as const)
	test(
		`calls at ${loss * 100} % loss`,
		() => {
			let through = 0;
			for (let seed = 1; seed <= ROUNDS; seed++) if (oneCall(seed * 7 + loss * 1000, loss)) through++;
			ok(through >= least, `${through} of ${ROUNDS} came through`);
		},
		{ timeoutMs: 60000 },
	);

test("a network that goes silent in the middle of a call ends it at both ends", () => {
	const world = new World({ seed: 9 });
	world.add("alice");
	world.add("bob");
	answering(world, "bob", "answer");
	world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
	world.run(1000);
	world.drop = () => true;
	world.do("alice", { type: "hangup", call: 1 });
	world.do("bob", { type: "reinvite", call: -1, sdp: "hold" });
	world.run(100000);
	equal(world.reports("bob", "ended")[0]?.reason, "no answer from 10.0.0.1:5060 within 32 s");
	ok(world.quiet("alice") && world.quiet("bob"));
});

test("only the ACK is lost, for a while: the call stands", () => {
	const world = new World({ seed: 10 });
	world.add("alice");
	world.add("bob");
	answering(world, "bob", "answer");
	let dropped = 0;
	world.drop = (line) => line.endsWith("ACK") && dropped++ < 4;
	world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
	world.run(10000);
	equal(world.reports("bob", "accepted").length, 1);
	equal(world.reports("bob", "ended"), []);
});
