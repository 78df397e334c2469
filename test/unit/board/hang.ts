/** A program that never comes back, for the watchdog of the bare board (test/board/board.test.ts). */
import Timer from "timer";

Timer.set(() => {
	for (;;);
}, 10);
