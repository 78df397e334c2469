/** Calls that are held and sent on over a bad network, for the short and the long test of it. */

import { equal, ok } from "test/harness";
import { Trio } from "./trio";

const NAMES = ["alice", "bob", "carol"];

/** The network of the issue: 200 ms each way with jitter, a tenth lost. */
export const bad = (seed: number, loss: number) => ({
	seed,
	delayMs: 200,
	jitterMs: 80,
	loss,
	duplicate: 0.05,
	reorder: 0.05,
});

export function hangUpAll(trio: Trio): void {
	for (const name of NAMES) for (const call of trio.live(name)) trio.world.do(name, { type: "hangup", call });
}

/** Every call that a phone was told of has ended once, and nothing is kept. */
function assertOver(trio: Trio, place: string): void {
	for (const name of NAMES) {
		const { reports } = trio.world.member(name);
		const ended = reports.filter((report) => report.type === "ended").map((report) => report.call);
		equal(new Set(ended).size, ended.length, `${place}: ${name}'s calls ended once`);
		for (const report of reports)
			if (report.type === "incoming" || report.type === "answered")
				ok(ended.includes(report.call), `${place}: ${name}'s call ${report.call} is half open`);
		ok(trio.world.quiet(name), `${place}: ${name} keeps something`);
	}
}

/**
 * A call, held, sent on; gives whether the two others talk in the end.
 * @param silentAtMs from then on there is no network for 30 s
 */
export function transfer(seed: number, loss: number, attended: boolean, silentAtMs?: number): boolean {
	const trio = new Trio(bad(seed, loss));
	const { world } = trio;
	if (silentAtMs !== undefined) {
		const from = world.now + silentAtMs;
		world.drop = () => world.now >= from && world.now < from + 30000;
	}
	trio.call("alice", "bob", 1);
	if (attended) trio.call("alice", "carol", 2);
	world.run(40000);
	world.do("alice", { type: "reinvite", call: 1, sdp: "hold" });
	world.run(40000);
	if (attended) world.do("alice", { type: "refer", call: 1, otherCall: 2 });
	else world.do("alice", { type: "refer", call: 1, target: world.uri("carol") });
	world.run(200000);
	const [bob, carol] = [trio.live("bob").length, trio.live("carol").length];
	const through = trio.live("alice").length === 0 && bob === 1 && carol === 1;
	hangUpAll(trio);
	world.run(2_000_000);
	hangUpAll(trio);
	world.run(2_000_000);
	assertOver(trio, `seed ${seed}, loss ${loss}, ${attended ? "attended" : "blind"}`);
	return through;
}
