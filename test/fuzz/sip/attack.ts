/** Worlds one after the other until enough mutated events have been judged; the heap must not grow meanwhile. */
import { now } from "board/clock";
import { gc, heap } from "board/heap";
import { print } from "board/process";
import { ok, test } from "test/harness";
import { FuzzWorld, newScore } from "./world";

const EVENTS_PER_WORLD = 500;
/** Growth of the live heap over a whole test that counts as none. */
const GROWTH_MAXIMUM_BYTES = 16_384;
/** The longest that one world may take: what takes longer hangs. */
const WORLD_MAXIMUM_MS = 60_000;

/** @param firstSeed worlds have this seed and those after it */
export function attack(events: number, firstSeed: number): void {
	test(
		`${events} events around mutated messages from seed ${firstSeed} on: no exception, no growth, no hang`,
		() => {
			const score = newScore();
			let longestMs = 0;
			let seed = firstSeed;
			const one = () => {
				const start = now();
				try {
					new FuzzWorld(seed, score).run(EVENTS_PER_WORLD);
				} catch (error) {
					print(`the world of seed ${seed} failed`);
					throw error;
				}
				longestMs = Math.max(longestMs, now() - start);
				seed++;
			};
			// The first ones fill what is filled once.
			for (let n = 0; n < 4; n++) one();
			const before = used();
			while (score.events < events) one();
			const growth = used() - before;
			const { packets, malformed, incoming, connected, registered } = score;
			print(
				`| ${score.events} events | ${packets} packets, ${malformed} malformed | ${incoming} calls came in, ${connected} connected, ${registered} registrations | at most ${score.calls} calls, ${score.clients} client and ${score.servers} server transactions | heap grew by ${growth} bytes | slowest world ${Math.round(longestMs)} ms |`,
			);
			ok(growth < GROWTH_MAXIMUM_BYTES, `the heap grew by ${growth} bytes`);
			ok(longestMs < WORLD_MAXIMUM_MS, `a world took ${longestMs} ms`);
			ok(malformed > packets / 20 && malformed < packets / 2, `${malformed} of ${packets} were malformed`);
			// The worlds reach the states that matter.
			ok(incoming > events / 100, `${incoming} calls`);
			ok(connected > events / 400, `${connected} connected`);
			ok(registered > events / 1000, `${registered} registrations`);
		},
		{ timeoutMs: 3_600_000 },
	);
}

function used(): number {
	gc();
	const { slotsByteLength, chunksByteLength } = heap();
	return slotsByteLength + chunksByteLength;
}
