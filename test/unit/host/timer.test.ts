import { now } from "board/clock";
import { gc } from "board/heap";
import { equal, ok, test, throws } from "test/harness";
import Timer from "timer";

function after(delayMs: number): Promise<void> {
	return new Promise((resolve) => {
		Timer.set(() => resolve(), delayMs);
	});
}

test("a timer is never early and not much late", async () => {
	const start = now();
	await after(25);
	const took = now() - start;
	ok(took >= 25, `fired after ${took} ms`);
	ok(took < 250, `fired after ${took} ms`);
});

test("timers fire in the order of their moments", async () => {
	const order: number[] = [];
	for (const delayMs of [30, 10, 20, 0]) Timer.set(() => order.push(delayMs), delayMs);
	await after(60);
	equal(order, [0, 10, 20, 30]);
});

test("a repeating timer goes on until it is cleared, also from inside", async () => {
	let count = 0;
	let handle: Timer | undefined;
	const repeating = Timer.repeat((timer) => {
		handle = timer;
		if (++count === 3) Timer.clear(timer);
	}, 5);
	await after(60);
	equal(count, 3);
	ok(handle === repeating, "the callback gets the handle");
});

test("a first delay and a different interval", async () => {
	const start = now();
	const moments: number[] = [];
	await new Promise<void>((resolve) => {
		Timer.set(
			(timer) => {
				moments.push(now() - start);
				if (moments.length === 3) {
					Timer.clear(timer);
					resolve();
				}
			},
			5,
			20,
		);
	});
	ok((moments[0] ?? 0) < 20, `first after ${moments[0]} ms`);
	ok((moments[2] ?? 0) >= 44, `third after ${moments[2]} ms`);
});

test("a cleared timer never fires, and clearing twice is harmless", async () => {
	let fired = false;
	const timer = Timer.set(() => {
		fired = true;
	}, 5);
	Timer.clear(timer);
	Timer.clear(timer);
	Timer.clear(undefined);
	await after(20);
	ok(!fired);
});

test("schedule moves a timer, and without a delay holds it", async () => {
	let count = 0;
	const timer = Timer.repeat(() => count++, 5);
	Timer.schedule(timer);
	await after(30);
	equal(count, 0);
	Timer.schedule(timer, 1, 5);
	await after(30);
	ok(count >= 2, `fired ${count} times`);
	Timer.clear(timer);
});

test("a timer that nobody holds survives garbage collection", async () => {
	let fired = 0;
	for (let index = 0; index < 50; index++) Timer.set(() => fired++, 10);
	gc();
	await after(40);
	equal(fired, 50);
});

test("what is no function and what has ended is refused", async () => {
	throws(() => Timer.set(5 as unknown as () => void, 1), TypeError);
	const timer = Timer.set(() => {}, 0);
	await after(10);
	throws(() => Timer.schedule(timer, 1), /ended/);
	throws(() => Timer.schedule({} as Timer, 1));
});
