/**
 * The test harness that runs on XS. A test file imports from here, calls `test` any number of times at its top level,
 * and is the program's main module; the tests run one after the other, and the process ends with 1 when one failed.
 * Standard output carries one line for each test and a last line that scripts/test-xs.ts reads.
 */
import { now } from "board/clock";
import { exit, print, programArguments } from "board/process";
import Timer from "timer";
import { difference } from "./difference";

export interface TestOptions {
	/** A promise that is not settled by then fails the test. */
	readonly timeoutMs?: number;
}

interface Test {
	readonly name: string;
	readonly body: () => void | Promise<void>;
	readonly timeoutMs: number;
}

class Run {
	#tests: Test[] = [];
	#failed = 0;
	#passed = 0;
	#skipped = 0;

	add(test: Test): void {
		if (this.#tests.push(test) === 1) Timer.set(() => void this.#all(), 0);
	}

	async #all(): Promise<void> {
		const only = programArguments()[0];
		for (const it of this.#tests) {
			if (only !== undefined && !it.name.includes(only)) {
				this.#skipped++;
				continue;
			}
			const start = now();
			const failure = await this.#one(it);
			const ms = (now() - start).toFixed(1);
			if (failure === undefined) {
				this.#passed++;
				print(`ok - ${it.name} (${ms} ms)`);
			} else {
				this.#failed++;
				print(`not ok - ${it.name} (${ms} ms)\n${indented(failure)}`);
			}
		}
		print(`# ${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
		exit(this.#failed === 0 ? 0 : 1);
	}

	#one(it: Test): Promise<string | undefined> {
		return new Promise((resolve) => {
			const watchdog = Timer.set(() => resolve(`not finished after ${it.timeoutMs} ms`), it.timeoutMs);
			const done = (failure: string | undefined) => {
				Timer.clear(watchdog);
				resolve(failure);
			};
			try {
				const result = it.body();
				if (result === undefined) done(undefined);
				else
					result.then(
						() => done(undefined),
						(error: unknown) => done(described(error)),
					);
			} catch (error) {
				done(described(error));
			}
		});
	}
}

const run = new Run();

/** Declares a test. It fails when the body throws, or when its promise is rejected or late. */
export function test(name: string, body: () => void | Promise<void>, options: TestOptions = {}): void {
	run.add({ name, body, timeoutMs: options.timeoutMs ?? 20_000 });
}

/** Deep equality: arrays and typed arrays by content, plain objects by their own members, maps and sets by theirs. */
export function equal(actual: unknown, expected: unknown, message?: string): void {
	const found = difference(actual, expected);
	if (found !== undefined) throw new AssertionError(message === undefined ? found : `${message}: ${found}`);
}

/** Anything but false, 0, "", null and undefined. */
export function ok(value: unknown, message = "expected a true value"): asserts value {
	if (!value) throw new AssertionError(message);
}

/** The function must throw: an instance of the class, or an error whose text the expression matches. Returns what it threw. */
export function throws(body: () => unknown, expected?: RegExp | (new (...args: never[]) => Error)): unknown {
	let thrown: unknown;
	try {
		body();
	} catch (error) {
		thrown = error;
		if (expected instanceof RegExp) {
			if (!expected.test(String(error)))
				throw new AssertionError(`threw ${String(error)}, which does not match ${expected}`);
		} else if (expected !== undefined && !(error instanceof expected))
			throw new AssertionError(`threw ${String(error)}, which is no ${expected.name}`);
		return thrown;
	}
	throw new AssertionError("nothing was thrown");
}

export class AssertionError extends Error {
	override get name(): string {
		return "AssertionError";
	}
}

function described(error: unknown): string {
	if (error instanceof Error && typeof error.stack === "string") return error.stack;
	return String(error);
}

function indented(text: string): string {
	return text
		.split("\n")
		.map((line) => `    ${line}`)
		.join("\n");
}
