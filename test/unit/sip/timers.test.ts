/** The timers that transactions share. */

import { Timers } from "sip/timers";
import { equal, test } from "test/harness";

test("a clock that jumps back does not move time back", () => {
	const timers = new Timers();
	timers.advance(1000);
	timers.advance(10);
	equal(timers.now, 1000);
	const timer = timers.after(5, () => {
		throw new Error("cancelled timers do not fire");
	});
	timer.cancel();
	timer.cancel();
	timers.advance(2000);
	timers.run();
	equal(timers.next, undefined);
});
