/** Timers with the interface of the Moddable SDK's "timer" module, as types/timer.d.ts has it. Times are milliseconds. */

class Timer {
	static set(callback: (timer: Timer) => void, delayMs?: number, repeatMs?: number): Timer {
		return native("xs_timer_set").call(this, callback, delayMs, repeatMs);
	}
	static repeat(callback: (timer: Timer) => void, intervalMs: number): Timer {
		return native("xs_timer_repeat").call(this, callback, intervalMs);
	}
	static schedule(timer: Timer, delayMs?: number, repeatMs?: number): void {
		native("xs_timer_schedule").call(this, timer, delayMs, repeatMs);
	}
	static clear(timer: Timer | undefined): void {
		native("xs_timer_clear").call(this, timer);
	}
	static delay(delayMs: number): void {
		native("xs_timer_delay").call(this, delayMs);
	}
}

export default Timer;
