/** The language level our modules are written in, as it arrives at the engine. */
import { equal, ok, test } from "test/harness";

class Counter {
	static readonly start = 5;
	#count = Counter.start;
	readonly name: string;
	constructor(name: string) {
		this.name = name;
	}
	get count(): number {
		return this.#count;
	}
	#add(step: number): void {
		this.#count += step;
	}
	next(step = 1): number {
		this.#add(step);
		return this.#count;
	}
	static is(value: object): boolean {
		return #count in value;
	}
}

class Named extends Counter {
	readonly twice = this.count * 2;
}

test("private members, fields and statics", () => {
	const counter = new Counter("a");
	equal(counter.next(), 6);
	equal(counter.next(4), 10);
	equal(counter.name, "a");
	ok(Counter.is(counter));
	ok(!Counter.is({}));
	equal(new Named("b").twice, 10);
});

test("big integers, destructuring, optional chaining, generators", () => {
	equal(2n ** 64n, 18446744073709551616n);
	const { a, ...rest } = { a: 1, b: 2, c: undefined as { d: number } | undefined };
	equal([a, rest.b, rest.c?.d ?? "none"], [1, 2, "none"]);
	function* count() {
		yield* [1, 2, 3];
	}
	equal([...count()], [1, 2, 3]);
});

test("an error's stack tells TypeScript's own line", () => {
	const stack = new Error("where").stack ?? "";
	ok(/language\.test\.ts:\d+/.test(stack), stack);
	equal(Number(/language\.test\.ts:(\d+)/.exec(stack)?.[1]), 51);
});
