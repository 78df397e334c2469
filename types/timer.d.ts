/** The SDK's "timer" module; boards/sim/timer supplies the same. Times are milliseconds. */
declare module "timer" {
	/** A handle is an instance; what it holds is the engine's. */
	class Timer {
		private constructor();
		/** Calls back once after delayMs, then every repeatMs where that is given. */
		static set(callback: (timer: Timer) => void, delayMs?: number, repeatMs?: number): Timer;
		static repeat(callback: (timer: Timer) => void, intervalMs: number): Timer;
		/** Without delayMs the timer stays, but does not fire until it is scheduled again. */
		static schedule(timer: Timer, delayMs?: number, repeatMs?: number): void;
		/** Undefined is allowed. A timer that has fired for the last time may be cleared again. */
		static clear(timer: Timer | undefined): void;
		/** Blocks the whole VM. */
		static delay(delayMs: number): void;
	}

	export { Timer as default };
}
