/**
 * The phone on the bare board fails in every way that a program can: it starts again, and console, log, screen and panel
 * say why.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { boardTestSizes, buildBoardTests } from "../../scripts/testing/xs";
import { startBoardPhone } from "../../scripts/virt/board-phone";

const FOLDER = path.join(buildFolder, "test", "board-faults");
/** What the main level may take for one turn of its loop, in these tests; interrupts have eight seconds. */
const WATCHDOG_MS = 4000;
const LIVES_MS = 90_000;

let executable = "";

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	executable = await buildBoardTests();
});

after(() => rmSync(FOLDER, { recursive: true, force: true }));

for (const [fault, reason] of [
	["hang-js", /^watchdog: the program hangs at 0x2/],
	["hang-c", /^watchdog: the program hangs at 0x2/],
	["hang-masked", /^watchdog: not even interrupts ran any more$/],
	["vm-heap", /^memory exhausted: the VM is out of memory$/],
	["vm-slots", /^memory exhausted: the VM is out of memory$/],
	["vm-stack", /^memory exhausted: the VM's stack is full$/],
	["c-heap", /^memory exhausted: the C heap is full$/],
	["c-stack", /^memory exhausted: the stack of the program is full$/],
	["interrupt-stack", /^memory exhausted: the stack of the interrupts is full$/],
	["trap", /^trap: /],
	["exception", /^the program failed: unhandled exception$/],
	["rejection", /^the program failed: unhandled rejection$/],
] as const)
	test(`${fault}: it starts again and says why`, { timeout: LIVES_MS + 30_000 }, async () => {
		const state = path.join(FOLDER, fault);
		mkdirSync(state, { recursive: true });
		const log: string[] = [];
		const phone = await startBoardPhone({
			executable,
			sizes: boardTestSizes,
			name: fault,
			state,
			machineArguments: ["--main", "test/board/faults/phone", `--watchdog=${WATCHDOG_MS}`],
		});
		phone.on("message", (message) => {
			if ("log" in message) log.push((message.log as { text: string }).text);
		});
		try {
			/* The panel's state is what the screen shows (modules/ui/screens/home.ts draws a notice). */
			const { notice } = await phone.until("the next life", (it) => it.notice !== undefined, LIVES_MS);
			const told = notice?.replace(/^started again: /, "") ?? "";
			assert.match(told, reason);
			assert.ok(log.includes(`started again: ${told}`), `the log: ${log.join("\n")}`);
			for (const line of [`reset: ${told}`, `started again: ${told}`])
				assert.ok(phone.lines.includes(line), `no line "${line}":\n${phone.lines.slice(-30).join("\n")}`);
			assert.ok(phone.desk.screen !== undefined, "there is a picture");
			console.log(`${fault}: ${told}`);
		} finally {
			await phone.stop("SIGKILL");
		}
	});
