import { equal, test } from "test/harness";
import Timer from "timer";

test("promise jobs run before the next timer", async () => {
	const order: string[] = [];
	await new Promise<void>((resolve) => {
		Timer.set(() => {
			order.push("timer 2");
			resolve();
		}, 0);
		void Promise.resolve()
			.then(() => order.push("job 1"))
			.then(() => order.push("job 2"));
		order.push("body");
	});
	equal(order, ["body", "job 1", "job 2", "timer 2"]);
});
