/** 10,000 operations in sectors of 4 KB on the phone's own engine, with a cut in some; test/scripts/store-cuts.test.ts has them all. */
import { print } from "board/process";
import { nativeProvider } from "crypto/native";
import { test } from "test/harness";
import { everyCut } from "./every-cut";

test(
	"10,000 operations in three sectors of 4 KB",
	() => {
		const plan = { seed: 23, calls: 10_000, peers: 6, sectorCount: 3, sectorByteLength: 4096, cutEvery: 40 };
		print(`# ${everyCut({ ...plan, provider: nativeProvider })}`);
	},
	{ timeoutMs: 300_000 },
);
