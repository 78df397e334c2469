/** A trap restarts the board with a reason that leads to the place: where it was, who had called it, and how deep the stack was. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { buildVirtPhone } from "../../scripts/builder/phone";
import { imageByteLength, imageFile, imageTail, virtSizes } from "../../scripts/builder/virt";
import { runMachine } from "../../scripts/virt/qemu";

const FOLDER = path.join(buildFolder, "test", "board-trap");
const FLASH = 0x20000000;
/** jalr x0, 0(x0): on with what lies at address 0, and ra stays. */
const TO_ZERO = 0x00000067;

interface Function {
	readonly name: string;
	readonly address: number;
}

function functionsOf(executable: string): Function[] {
	const lines = execFileSync("riscv64-unknown-elf-nm", ["-n", "--defined-only", executable], { encoding: "utf8" });
	return [...lines.matchAll(/^([0-9a-f]{8}) [tTW] ((?!__text_)\S+)$/gm)].map(([, address, name]) => ({
		name: name ?? "",
		address: Number.parseInt(address ?? "", 16),
	}));
}

const functionAt = (functions: readonly Function[], address: number) =>
	functions.filter((it) => it.address <= address).at(-1)?.name;

test("a jump to address 0 is told with its caller, the stack's depth and the calls that lead there", {
	timeout: 120_000,
}, async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const { executable } = await buildVirtPhone();
	const functions = functionsOf(executable);
	const broken = functions.find(({ name }) => name === "xs_process_print");
	assert.ok(broken !== undefined);
	const bank = readFileSync(imageFile(executable));
	const programByteLength = imageByteLength(executable);
	bank.writeUInt32LE(TO_ZERO, broken.address - FLASH);
	imageTail(bank.subarray(0, programByteLength)).copy(bank, programByteLength);
	const image = path.join(FOLDER, "broken.flash");
	writeFileSync(image, bank);
	const { output, code } = await runMachine(
		{ executable, sizes: virtSizes, image, arguments: ["--state", "flash"] },
		60_000,
	);
	const reason =
		/trap: no code to run: cause 1 at 0x00000000 from 0x([0-9a-f]{8}), value 0x00000000, sp 0x([0-9a-f]{8}), (\d+) of 24320 bytes of stack, calls((?: 0x[0-9a-f]{8})+)/;
	const told = reason.exec(output);
	assert.ok(told !== null, output);
	const [whole, from, sp, depth, calls] = told;
	assert.equal(functionAt(functions, Number.parseInt(from ?? "", 16)), "fxRunID");
	assert.ok(Number(depth) > 500 && Number(depth) < 8000, depth);
	assert.equal(Number.parseInt(sp ?? "", 16) + Number(depth), 0x80000000 + virtSizes.ramByteLength);
	const callers = (calls ?? "")
		.trim()
		.split(" ")
		.map((call) => functionAt(functions, Number(call)));
	assert.ok(callers.includes("fxExecuteModules"), callers.join(" "));
	assert.ok(output.includes(`started again: ${whole}`), output);
	assert.match(output, /stopped after 5 failures in a row/);
	assert.equal(code, 1);
});
