/** 10,000 operations in blocks of 256 KB on the phone's own engine, with a cut in some; test/scripts/store-cuts.test.ts has them all. */
import { print } from "board/process";
import { nativeProvider } from "crypto/native";
import { test } from "test/harness";
import { everyCut } from "./every-cut";

test(
	"10,000 operations in two blocks of 256 KB",
	() => {
		const plan = { seed: 22, calls: 10_000, peers: 6, sectorCount: 2, sectorByteLength: 262144, cutEvery: 200 };
		print(`# ${everyCut({ ...plan, provider: nativeProvider })}`);
	},
	{ timeoutMs: 300_000 },
);
