/**
 * Worlds one after the other, one of each kind in turn, until enough packets of the attacker have been judged; the heap
 * must not grow meanwhile.
 */
import { gc, heap } from "board/heap";
import { print } from "board/process";
import { equal, ok, test } from "test/harness";
import { dealtKeyPairs } from "test/net/zrtp/key-pairs";
import { secured } from "test/unit/zrtp/exchange";
import { Cast, KINDS, type Kind } from "./cast";
import { type Score, World } from "./world";

const EVENTS_PER_WORLD = 250;
/** Of the worlds in which something is to come about beside keys. */
const EVENTS_PER_LONG_WORLD = 600;
/** Growth of the live heap over a whole test that counts as none. */
const GROWTH_MAXIMUM_BYTES = 16_384;
/** In these worlds something must have come about beside keys. */
const MORE: readonly Kind[] = ["relay", "GoClear"];

/** @param firstSeed worlds have this seed and those after it */
export function attack(packets: number, firstSeed: number): void {
	test(`${packets} packets of an attacker from seed ${firstSeed} on: nothing unauthenticated changes a state`, () => {
		const scores = new Map<Kind, Score>(
			KINDS.map((kind) => [kind, { injected: 0, moved: 0, secure: 0, worlds: 0, reached: 0 }]),
		);
		const cast = new Cast(dealtKeyPairs());
		const strangers = [...secured({ seed: 77_000 }).packets.values(), ...cast.overheard];
		let seed = firstSeed;
		const round = (): void => {
			for (const [kind, score] of scores) {
				const wrong = new World(kind, seed, cast, strangers, score).run(
					MORE.includes(kind) ? EVENTS_PER_LONG_WORLD : EVENTS_PER_WORLD,
				);
				equal(wrong, undefined, `${kind}, seed ${seed}`);
				seed++;
			}
		};
		const injected = (): number => [...scores.values()].reduce((sum, score) => sum + score.injected, 0);
		// The first ones fill what is filled once.
		for (let n = 0; n < 4; n++) round();
		const before = used();
		while (injected() < packets) round();
		const growth = used() - before;
		print(
			"| kind | packets | exchanges | secure in spite of it | relayed or back to secure | moved as the RFC allows |",
		);
		for (const [kind, score] of scores)
			print(`| ${kind} | ${score.injected} | ${score.worlds} | ${score.secure} | ${score.reached} | ${score.moved} |`);
		print(`| heap grew by ${growth} bytes |`);
		ok(growth < GROWTH_MAXIMUM_BYTES, `${growth} bytes`);
		for (const [kind, { secure, worlds, reached }] of scores) {
			ok(secure > worlds / 4, `${kind}: ${secure} of ${worlds} secure: the worlds reach the states`);
			if (MORE.includes(kind)) ok(reached > 0, `${kind}: nothing beside keys`);
		}
	});
}

function used(): number {
	gc();
	const { slotsByteLength, chunksByteLength } = heap();
	return slotsByteLength + chunksByteLength;
}
