/** The simulator's flash on disk: passwords and secrets are in it, so that only its owner may read it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/builder/paths";
import { build } from "../../scripts/builder/program";

const MAKES = `import Flash from "hal/flash/flash";
import { deviceKey } from "hal/flash/device-key";
import { exit, programArguments } from "board/process";
const folder = programArguments()[0];
deviceKey(folder + "/device.key");
new Flash({ path: folder + "/settings.flash", byteLength: 8192 }).close();
exit(0);`;

test("nobody but the owner can read flash and key, whatever the umask", async () => {
	const folder = mkdtempSync(join(tmpdir(), "sotto-flash-"));
	try {
		const source = join(folder, "makes.ts");
		const manifest = join(folder, "manifest.json");
		writeFileSync(source, MAKES);
		const board = join(root, "boards/sim/host/test-manifest.json");
		writeFileSync(manifest, JSON.stringify({ include: [board, join(root, "hal/flash/manifest.json")] }));
		const modules = new Map([["case/makes", source]]);
		const { executable } = await build({ name: "sotto-flash-test", manifest, variant: "debug", modules });
		const command = 'umask 0; exec "$0" --main case/makes "$1"';
		const { status, stderr } = spawnSync("sh", ["-c", command, executable, folder], { encoding: "utf8" });
		assert.equal(status, 0, stderr);
		for (const file of ["device.key", "settings.flash"])
			assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
