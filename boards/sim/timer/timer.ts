/** Timers with the interface of the Moddable SDK's "timer" module. Times are milliseconds. */

declare const timerMark: unique symbol;
/** What set and repeat return and schedule and clear take. */
export interface TimerHandle {
	readonly [timerMark]: never;
}
export type TimerCallback = (timer: TimerHandle) => void;

class Timer {
	/** Calls back once after delayMs, then every repeatMs where that is given. */
	static set(callback: TimerCallback, delayMs?: number, repeatMs?: number): TimerHandle {
		return native("xs_timer_set").call(this, callback, delayMs, repeatMs);
	}
	static repeat(callback: TimerCallback, intervalMs: number): TimerHandle {
		return native("xs_timer_repeat").call(this, callback, intervalMs);
	}
	/** Without delayMs the timer stays, but does not fire until it is scheduled again. */
	static schedule(timer: TimerHandle, delayMs?: number, repeatMs?: number): void {
		native("xs_timer_schedule").call(this, timer, delayMs, repeatMs);
	}
	/** Undefined is allowed. A timer that has fired for the last time may be cleared again. */
	static clear(timer: TimerHandle | undefined): void {
		native("xs_timer_clear").call(this, timer);
	}
	/** Blocks the whole VM. */
	static delay(delayMs: number): void {
		native("xs_timer_delay").call(this, delayMs);
	}
}

export default Timer;
