/** The SDK's "timer" module; boards/sim/timer supplies the same. Times are milliseconds. */
declare module "timer" {
	interface TimerHandle {
		readonly [timerMark]: never;
	}
	const timerMark: unique symbol;
	type TimerCallback = (timer: TimerHandle) => void;
	/** Calls back once after delayMs, then every repeatMs where that is given. */
	class Timer {
		static set(callback: TimerCallback, delayMs?: number, repeatMs?: number): TimerHandle;
		static repeat(callback: TimerCallback, intervalMs: number): TimerHandle;
		/** Without delayMs the timer stays, but does not fire until it is scheduled again. */
		static schedule(timer: TimerHandle, delayMs?: number, repeatMs?: number): void;
		/** Undefined is allowed. A timer that has fired for the last time may be cleared again. */
		static clear(timer: TimerHandle | undefined): void;
		/** Blocks the whole VM. */
		static delay(delayMs: number): void;
	}
	export { Timer as default, type TimerCallback, type TimerHandle };
}
