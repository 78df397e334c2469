/** Two ends and what the tests of streams and modes ask of them. */
import { equal, ok } from "test/harness";
import { messageOf } from "test/unit/zrtp/exchange";
import { type CallOptions, call } from "./call";
import type { Endpoint } from "./endpoint";

export interface Ends {
	readonly alice: Endpoint;
	readonly bob: Endpoint;
}

export function sameKeys({ alice, bob }: Ends, why: string): void {
	equal([alice.failures, bob.failures], [[], []], why);
	ok(alice.sendKeys && bob.sendKeys && bob.accepts(alice.sendKeys) && alice.accepts(bob.sendKeys), why);
}

/** The modes and types of what went over the wire. */
export function recorded(ends: Ends, network: Partial<CallOptions>): readonly string[] {
	const types: string[] = [];
	call(ends.alice, ends.bob, {
		seed: 1,
		...network,
		tamper: (_from, packet) => {
			const message = messageOf(packet);
			types.push(message.type === "Commit" ? message.mode : message.type);
			return packet;
		},
	});
	return types;
}

/** Runs what both have to say to each other until it is quiet. */
export function settle({ alice, bob }: Ends, start: number): number {
	let now = start;
	for (let quiet = 0; quiet < 4; ) {
		let moved = false;
		for (const [from, to] of [
			[alice, bob],
			[bob, alice],
		] as const)
			for (const packet of from.take()) {
				to.packet(now, packet);
				moved = true;
			}
		const wake = Math.min(alice.wakeAt ?? Infinity, bob.wakeAt ?? Infinity);
		if (!moved) {
			quiet++;
			if (wake < now + 60_000) now = Math.max(now, wake);
			for (const end of [alice, bob]) if ((end.wakeAt ?? Infinity) <= now) end.feed({ type: "tick", now });
		} else quiet = 0;
	}
	return now;
}
