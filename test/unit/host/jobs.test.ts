import { equal, test } from "test/harness";
import Timer from "timer";

test("promise jobs run before the next timer", async () => {
	const order: string[] = [];
	await new Promise<void>((resolve) => {
		Timer.set(() => {
			order.push("timer");
			resolve();
		}, 0);
		void Promise.resolve()
			.then(() => order.push("job 1"))
			.then(() => order.push("job 2"));
		order.push("body");
	});
	equal(order, ["body", "job 1", "job 2", "timer"]);
});

test("a rejection that is handled later in the same job is no failure", async () => {
	const rejected = Promise.reject(new Error("handled below"));
	await Promise.resolve();
	const text = await rejected.catch((error: unknown) => String(error));
	equal(text, "Error: handled below");
});

test("asynchronous functions and their errors", async () => {
	const failing = async () => {
		await Promise.resolve();
		throw new RangeError("inside");
	};
	let caught: unknown;
	try {
		await failing();
	} catch (error) {
		caught = error;
	}
	equal(caught instanceof RangeError, true);
});
