/**
 * A long history on the phone's own engine, with the power cut in one operation of six. All cuts of 10,000 operations, in
 * blocks of 256 KB too, are tried on a quicker engine: test/scripts/store-cuts.test.ts.
 */
import { print } from "board/process";
import { nativeProvider } from "crypto/native";
import { test } from "test/harness";
import { size } from "test/size";
import { everyCut } from "./every-cut";

test(
	"a long history in three sectors",
	() => {
		const [calls, sectorByteLength] = [size(800, 60), size(4096, 1024)];
		const plan = { seed: 5, calls, peers: size(6, 4), sectorCount: 3, sectorByteLength, cutEvery: 6 };
		print(`# ${everyCut({ ...plan, provider: nativeProvider })}`);
	},
	{ timeoutMs: 150_000 },
);
