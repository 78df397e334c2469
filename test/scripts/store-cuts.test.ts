/**
 * The store of retained secrets over 10,000 operations, with the power cut in every single program and erase, in sectors of
 * 4 KB and in blocks of 256 KB. The store is the phone's own source; on this engine there is time for every cut (on XS the
 * same runs with fewer: test/powerloss/zrtp-store). SOTTO_CUT_SEEDS=N tries N more histories of each kind.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nobleProvider } from "crypto/noble";
import { everyCut } from "test/powerloss/zrtp-store/every-cut";

const kinds = [
	{ sectorCount: 3, sectorByteLength: 4096, peers: 8 },
	{ sectorCount: 2, sectorByteLength: 262_144, peers: 6 },
];
const seeds = 1 + Number(process.env.SOTTO_CUT_SEEDS ?? 0);

for (const kind of kinds)
	for (let seed = 1; seed <= seeds; seed++)
		test(`10,000 operations, ${kind.sectorCount} x ${kind.sectorByteLength} bytes, seed ${seed}`, (context) => {
			const report = everyCut({
				...kind,
				seed,
				calls: 10_000,
				cutEvery: 1,
				provider: nobleProvider,
			});
			context.diagnostic(report);
			assert.match(report, /lost 0$/);
		});
