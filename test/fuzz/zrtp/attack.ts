/** Worlds one after the other until enough packets of the attacker have been judged; the heap must not grow meanwhile. */
import { gc, heap, print } from "board/process";
import { equal, ok, test } from "test/harness";
import { dealtKeyPairs } from "test/net/zrtp/key-pairs";
import { secured } from "test/unit/zrtp/exchange";
import { type Score, World } from "./world";

const EVENTS_PER_WORLD = 250;
/** Growth of the live heap over a whole test that counts as none. */
const GROWTH_MAXIMUM_BYTES = 16_384;

/** @param firstSeed worlds have this seed and those after it */
export function attack(packets: number, firstSeed: number): void {
	test(`${packets} packets of an attacker from seed ${firstSeed} on: nothing unauthenticated changes a state`, () => {
		const score: Score = { injected: 0, moved: 0, secure: 0 };
		const pairs = dealtKeyPairs();
		const strangers = [...secured({ seed: 77_000 }).packets.values()];
		const one = (seed: number) =>
			equal(new World(seed, pairs, strangers, score).run(EVENTS_PER_WORLD), undefined, `seed ${seed}`);
		let seed = firstSeed;
		// The first ones fill what is filled once.
		for (let n = 0; n < 10; n++) one(seed++);
		const before = used();
		while (score.injected < packets) one(seed++);
		const growth = used() - before;
		print(
			`| ${score.injected} packets | ${seed - firstSeed} exchanges | ${score.secure} secure in spite of it | ${score.moved} moved a state as the RFC allows | heap grew by ${growth} bytes |`,
		);
		ok(growth < GROWTH_MAXIMUM_BYTES, `${growth} bytes`);
		ok(score.secure > (seed - firstSeed) / 4, `${score.secure} secure: the worlds reach the states`);
	});
}

function used(): number {
	gc();
	const { slotsByteLength, chunksByteLength } = heap();
	return slotsByteLength + chunksByteLength;
}
