/**
 * A thousand seeds of calls that are held and sent on, at 10 % loss and 200 ms each way, half of them with 30 s without any
 * network at a time of their own: nothing is left half open, and what the timers allow comes through.
 */

import { ok, test } from "test/harness";
import { transfer } from "./lossy-transfer";

const SEEDS = 1000;

test(
	"a thousand transfers over a network that loses a tenth",
	() => {
		let [steady, broken] = [0, 0];
		for (let seed = 1; seed <= SEEDS; seed++) {
			const attended = seed % 2 === 0;
			if (seed % 4 < 2) {
				if (transfer(seed, 0.1, attended)) steady++;
			} else if (transfer(seed, 0.1, attended, (seed * 7919) % 120000)) broken++;
		}
		// 64*T1 outlast loss alone, but for the odd exchange that loses all of its repeats.
		ok(steady >= SEEDS / 2 - 2, `${steady} of ${SEEDS / 2} came through`);
		// 30 s of silence are all but 2 s of what a transaction may take.
		ok(broken >= SEEDS / 4, `${broken} of ${SEEDS / 2} came through 30 s of silence`);
	},
	{ timeoutMs: 600000 },
);
