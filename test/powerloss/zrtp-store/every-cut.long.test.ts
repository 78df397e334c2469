/**
 * A long history on the phone's own engine, with the power cut in one operation of six. All cuts of 10,000 operations, in
 * blocks of 256 KB too, are tried on a quicker engine: test/scripts/store-cuts.test.ts.
 */
import { print } from "board/process";
import { nativeProvider } from "crypto/native";
import { test } from "test/harness";
import { everyCut } from "./every-cut";

test(
	"800 operations in three sectors of 4 KB",
	() => {
		const plan = { seed: 5, calls: 800, peers: 6, sectorCount: 3, sectorByteLength: 4096, cutEvery: 6 };
		print(`# ${everyCut({ ...plan, provider: nativeProvider })}`);
	},
	{ timeoutMs: 150_000 },
);
