import assert from "node:assert/strict";
import { test } from "node:test";
import { checkImports } from "../../scripts/checks/arrows";
import { compareFlags } from "../../scripts/checks/flags";
import { checkLength } from "../../scripts/checks/length";
import { checkState } from "../../scripts/checks/module-state";
import { checkWords } from "../../scripts/checks/words";

test("arrows: a protocol room gets no timer, no hardware and no room above it", () => {
	const file = "modules/zrtp/engine.ts";
	assert.deepEqual(
		checkImports(file, 'import { Reader } from "bytes/reader";\nimport { step } from "./states/step";'),
		[],
	);
	assert.match(
		checkImports(file, 'import Timer from "timer";')[0] ?? "",
		/engine\.ts:1: "zrtp" must not import "timer"/,
	);
	assert.equal(checkImports(file, 'import {\n\ta,\n} from "hal/rtp/rtp";').length, 1);
	assert.equal(checkImports(file, 'export { x } from "sip/agent";').length, 1);
	assert.equal(checkImports(file, 'import { x } from "../sip/agent";').length, 1);
	assert.equal(checkImports(file, 'const x = await import("call/phone");').length, 1);
	assert.deepEqual(checkImports(file, '// import { x } from "sip/agent"\nconst text = "from sip/agent";'), []);
});

test("arrows: hardware imports no room and no board; the composition root imports all", () => {
	assert.equal(checkImports("hal/rtp/rtp.ts", 'import { now } from "board/clock";').length, 1);
	assert.equal(checkImports("hal/rtp/rtp.ts", 'import { x } from "media/stream";').length, 1);
	assert.deepEqual(checkImports("hal/rtp/rtp.ts", 'import Audio from "hal/audio/audio";'), []);
	assert.deepEqual(checkImports("modules/app/main.ts", 'import { now } from "board/clock";\nimport "sip/agent";'), []);
	assert.match(checkImports("modules/garage/car.ts", "")[0] ?? "", /garage/);
});

test("arrows: a port in TypeScript stands on the SDK's drivers, and nothing else of hal does", () => {
	assert.deepEqual(checkImports("hal/keys/esp32/keys.ts", 'import I2C from "embedded:io/i2c";'), []);
	assert.equal(checkImports("hal/keys/keys.ts", 'import I2C from "embedded:io/i2c";').length, 1);
	assert.equal(checkImports("hal/keys/esp32/keys.ts", 'import { now } from "board/clock";').length, 1);
});

test("module state: what could be written to is found, what is frozen or inside a function is not", () => {
	const file = "modules/sip/agent.ts";
	assert.match(checkState(file, "\nlet count = 0;")[0] ?? "", /agent\.ts:2: a variable/);
	assert.equal(checkState(file, "const seen = new Map<string, number>();").length, 1);
	assert.equal(checkState(file, "export const zeros = new Uint8Array(16);").length, 1);
	assert.deepEqual(checkState(file, "export const T1_MS = 500;\nfunction f() {\n\tlet count = 0;\n}"), []);
	assert.match(checkState(file, "const NOT_PLAIN = /[^ -~]/g;")[0] ?? "", /agent\.ts:1: a pattern with g or y/);
	assert.deepEqual(checkState(file, 'const PLAIN = /^[ -~]$/i;\nconst PATH = "a/g";'), []);
	assert.deepEqual(checkState("scripts/start.ts", "let count = 0;"), []);
	const noble = "modules/crypto/noble.ts";
	assert.equal(checkState(noble, "let count = 0;").length, 1);
	assert.deepEqual(checkState(noble, "const SIZES = new Map();"), []);
});

test("flags: a difference between manifest and tsconfig is named", () => {
	assert.deepEqual(compareFlags({ strict: true }, { strict: true, noEmit: true }), []);
	assert.equal(compareFlags({ strict: true }, { strict: false }).length, 1);
	assert.equal(compareFlags({}, { strict: true }).length, 1);
	assert.equal(compareFlags({ skipLibCheck: true }, {}).length, 1);
});

test("length: 400 lines are a file, one more is refused with what to do", () => {
	const lines = (count: number): string => "\n".repeat(count);
	assert.deepEqual(checkLength("modules/sip/agent.ts", ""), []);
	assert.deepEqual(checkLength("modules/sip/agent.ts", lines(400)), []);
	assert.deepEqual(checkLength("modules/sip/agent.ts", `${lines(399)}// the last`), []);
	assert.deepEqual(checkLength("modules/sip/agent.ts", lines(401)), [
		"modules/sip/agent.ts: 401 lines are more than the 400 that a file may have; split it by what it is about",
	]);
	assert.match(checkLength("hal/audio/sim/audio.c", `${lines(400)}/* the last */`)[0] ?? "", /audio\.c: 401 lines/);
});

test("words: what must not be in the tree is found with its line", () => {
	// In pieces, so that this file itself has none of them.
	const home = ["", "home", "someone"].join("/");
	const address = ["https", "//example.org/x.tgz"].join(":");
	assert.match(checkWords("docs/a.md", `one\nsee ${home}/x`)[0] ?? "", /docs\/a\.md:2: a path of one machine/);
	assert.equal(checkWords("package-lock.json", `"resolved": "${address}"`).length, 1);
	assert.equal(checkWords("modules/a/b.ts", "const x: any = 1;").length, 1);
	assert.deepEqual(checkWords("modules/a/b.ts", "/* any: any */\n// let x\n"), []);
});

test("words: regular expressions that take the engine exponential time", () => {
	for (const source of [" ([0-9]+)(?: (.*))?$", "^([0-9]+)(?:;.*)?$", "a(:[^@]*)?@", "a(?:x|[^\\s<>]+)?@"])
		assert.equal(checkWords("modules/a/b.ts", `const A = /${source}/;`).length, 1, source);
	for (const source of ["^a( .*|)$", "^-?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$", "(?:\\s*:\\s*([0-9]{1,5}))?$"])
		assert.deepEqual(checkWords("modules/a/b.ts", `const A = /${source}/;`), [], source);
	assert.deepEqual(checkWords("modules/a/b.ts", "const a = (b.c * d)?.toString();"), []);
});
