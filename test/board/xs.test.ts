/**
 * Tests that the simulator's XS passes are passed by the bare board's: bytes, the vectors of every provider, the ZRTP engine, the
 * store and its power cuts. What would take minutes there does less of the same (test/size.ts).
 */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/builder/paths";
import { runXsTests } from "../../scripts/testing/xs";

const GROUPS: readonly { readonly what: string; readonly files: readonly string[]; readonly least: number }[] = [
	{
		what: "octets, hashes and the ZRTP engine",
		files: [
			"unit/bytes/reader.test.ts",
			"unit/bytes/writer.test.ts",
			"unit/bytes/text.test.ts",
			"unit/zrtp/defences.test.ts",
			"unit/zrtp/messages.test.ts",
			"unit/zrtp/packet.test.ts",
			"unit/zrtp/negotiate.test.ts",
			"unit/zrtp/secrets.test.ts",
			"vectors/zrtp/derivation.test.ts",
			"vectors/zrtp/sp800-108.test.ts",
		],
		least: 50,
	},
	{
		what: "the vectors of both providers, and one against the other",
		files: [
			"vectors/crypto/agreement.test.ts",
			"unit/crypto/differential.test.ts",
			"vectors/crypto/hash.test.ts",
			"vectors/crypto/aes.test.ts",
			"unit/crypto/native-arguments.test.ts",
			"unit/crypto/compose.test.ts",
		],
		least: 110,
	},
	{
		what: "the store",
		files: [
			"unit/zrtp-store/transfer.test.ts",
			"unit/zrtp-store/store.test.ts",
			"unit/zrtp-store/bad-flash.test.ts",
			"unit/zrtp-store/peer-index.test.ts",
			"unit/zrtp-store/wiped.test.ts",
		],
		least: 33,
	},
	{
		what: "the power goes in any program and erase",
		files: [
			"powerloss/zrtp-store/cuts.test.ts",
			"powerloss/app/last-good.test.ts",
			"powerloss/zrtp-store/erase-all.test.ts",
			"powerloss/zrtp-store/every-cut.long.test.ts",
		],
		least: 16,
	},
];

for (const { what, files, least } of GROUPS)
	test(`on the board: ${what}`, async () => {
		const totals = await runXsTests({
			files: files.map((file) => path.join(root, "test", file)),
			variant: "release",
			board: "virt-rv32",
			timeoutMs: 600_000,
		});
		assert.equal(totals.failed, 0);
		assert.ok(totals.passed >= least, `${totals.passed} passed`);
	});
