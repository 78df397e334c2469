import assert from "node:assert/strict";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { collectNatives, type NativeNames, rewriteNatives } from "../../scripts/builder/natives";

/** As the builder does: through esbuild first. */
function rewritten(typescript: string): string {
	return rewriteNatives(transformSync(typescript, { loader: "ts", target: "es2022" }).code);
}

function namesIn(code: string): NativeNames {
	const names: NativeNames = { functions: new Set(), destructors: new Set() };
	collectNatives(code, names);
	return names;
}

const device = `export class X extends Native("xs_x_destructor") {
	constructor(options: { port: number }) {
		super();
		native("xs_x_constructor").call(this, options);
	}
	close(): void {
		native("xs_x_close").call(this);
	}
	get port(): number {
		return native("xs_x_get_port").call(this);
	}
	static count(a: number, b: number): number {
		return native("xs_x_count").call(this, a, b);
	}
}
export function free(this: void, text: string): void {
	native("xs_x_free").call(this, text);
}
`;

test("a device class becomes host functions throughout", () => {
	const code = rewritten(device);
	assert.match(code, /class X @ "xs_x_destructor" \{/);
	assert.match(code, /constructor\(options\) @ "xs_x_constructor";/);
	assert.match(code, /close\(\) @ "xs_x_close";/);
	assert.match(code, /get port\(\) @ "xs_x_get_port";/);
	assert.match(code, /static count\(a, b\) @ "xs_x_count";/);
	assert.match(code, /function free\(text\) @ "xs_x_free";/);
	assert.doesNotMatch(code, /native\(|Native\(/);
});

test("every line keeps its number", () => {
	const before = transformSync(device, { loader: "ts", target: "es2022" }).code;
	assert.equal(rewriteNatives(before).split("\n").length, before.split("\n").length);
	const line = (code: string, what: string) => code.split("\n").findIndex((it) => it.includes(what));
	assert.equal(line(rewriteNatives(before), "function free"), line(before, "function free"));
});

test("a body that does more than forward stays a call at run time", () => {
	for (const source of [
		'function f(a) { return native("xs_f").call(this, a, 1); }',
		'function f(a, b) { return native("xs_f").call(this, b, a); }',
		'function f(a = 1) { return native("xs_f").call(this, a); }',
		'function f(a) { a++; native("xs_f").call(this, a); }',
		'function f(...a) { native("xs_f").call(this, ...a); }',
		'if (x) { native("xs_f").call(this); }',
		'const f = (a) => native("xs_f").call(this, a);',
	]) {
		const code = rewritten(source);
		assert.match(code, /native\("xs_f"\)/, source);
		assert.deepEqual([...namesIn(code).functions], ["xs_f"]);
	}
});

test("a constructor with something of its own keeps Native", () => {
	const code = rewritten(`class X extends Native("xs_x_destructor") {
		#listeners = [];
		constructor(options) { super(); native("xs_x_constructor").call(this, options); }
		other(a) { return native("xs_x_other").call(this, a); }
	}`);
	assert.match(code, /extends Native\("xs_x_destructor"\)/);
	assert.match(code, /other\(a\) @ "xs_x_other";/);
});

test("functions and destructors are told apart in either form", () => {
	for (const code of [rewritten(device), transformSync(device, { loader: "ts" }).code]) {
		const names = namesIn(code);
		assert.deepEqual([...names.destructors], ["xs_x_destructor"]);
		assert.deepEqual([...names.functions].sort(), [
			"xs_x_close",
			"xs_x_constructor",
			"xs_x_count",
			"xs_x_free",
			"xs_x_get_port",
		]);
	}
});
