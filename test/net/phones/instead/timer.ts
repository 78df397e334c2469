/** The clock of the world a test is in; this computer's where there is none, which the harness needs. */
import { stage } from "test/net/phones/stage";
import type { Wait } from "test/net/phones/world";

type Callback = (timer: Timer) => void;

class Timer {
	#wait: Wait | undefined;
	#callback: Callback | undefined;

	static set(callback: Callback, delayMs = 0, repeatMs?: number): Timer {
		if (stage.world === undefined) return native("xs_timer_set").call(Timer, callback, delayMs, repeatMs);
		const timer = new Timer();
		timer.#callback = callback;
		timer.#plan(delayMs, repeatMs);
		return timer;
	}

	static repeat(callback: Callback, intervalMs: number): Timer {
		return Timer.set(callback, intervalMs, intervalMs);
	}

	static schedule(timer: Timer, delayMs?: number, repeatMs?: number): void {
		timer.#cancel();
		if (delayMs !== undefined) timer.#plan(delayMs, repeatMs);
	}

	static clear(timer: Timer | undefined): void {
		if (timer === undefined) return;
		if (timer instanceof Timer) timer.#cancel();
		else native("xs_timer_clear").call(Timer, timer);
	}

	static delay(_delayMs: number): void {
		throw new Error("nothing waits here");
	}

	#plan(delayMs: number, repeatMs: number | undefined): void {
		this.#wait = stage.world?.after(delayMs, () => {
			this.#wait = undefined;
			if (repeatMs !== undefined) this.#plan(repeatMs, repeatMs);
			this.#callback?.(this);
		});
	}

	#cancel(): void {
		if (this.#wait !== undefined) stage.world?.cancel(this.#wait);
		this.#wait = undefined;
	}
}

export default Timer;
