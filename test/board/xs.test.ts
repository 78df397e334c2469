/** Tests that the simulator's XS passes are passed by the bare board's: bytes, vectors, the ZRTP engine, the store. */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/builder/paths";
import { runXsTests } from "../../scripts/testing/xs";

/** What takes minutes at 250 million instructions a second, noble's curves, is left to `npm run test-xs -- --board`. */
const FILES = [
	"unit/bytes/reader.test.ts",
	"unit/bytes/writer.test.ts",
	"unit/bytes/text.test.ts",
	"unit/crypto/native-arguments.test.ts",
	"unit/zrtp/defences.test.ts",
	"unit/zrtp/messages.test.ts",
	"unit/zrtp/packet.test.ts",
	"unit/zrtp/negotiate.test.ts",
	"unit/zrtp/secrets.test.ts",
	"unit/zrtp-store/peer-index.test.ts",
	"vectors/crypto/aes.test.ts",
	"vectors/zrtp/derivation.test.ts",
];

test("XS tests on the board", { timeout: 280_000 }, async () => {
	const files = FILES.map((file) => path.join(root, "test", file));
	const totals = await runXsTests({ files, variant: "release", board: "virt-rv32", timeoutMs: 120_000 });
	assert.equal(totals.failed, 0);
	assert.ok(totals.passed > 60, `${totals.passed} passed`);
});

test("vectors of every key agreement, the native provider's, on the board", { timeout: 280_000 }, async () => {
	const files = [path.join(root, "test", "vectors/crypto/agreement.test.ts")];
	const only = ", native";
	const totals = await runXsTests({ files, only, variant: "release", board: "virt-rv32", timeoutMs: 240_000 });
	assert.equal(totals.failed, 0);
	assert.equal(totals.passed, 28);
});
