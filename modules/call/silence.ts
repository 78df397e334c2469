/**
 * Calls from whose other end nothing comes any more, neither voice nor reports: the owner is told, and where the
 * settings say so the call ends after a while. A call on hold is left alone, and half a minute without any network
 * ends none.
 */
import Timer from "timer";
import type { Features } from "./features";
import type { Line } from "./line";
import type { Lines } from "./lines";

const LOOK_EVERY_MS = 1000;

export interface SilenceOptions {
	readonly lines: Lines;
	readonly features: Pick<Features, "silenceNoticeSec" | "silenceEndSec">;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	readonly onChange: () => void;
}

export class Silence {
	readonly #options: SilenceOptions;
	#timer: Timer | undefined;

	constructor(options: SilenceOptions) {
		this.#options = options;
	}

	/** A call began or ended: only while there are some does anybody look. */
	settle(): void {
		const { lines, features } = this.#options;
		const wanted = features.silenceNoticeSec > 0 || features.silenceEndSec > 0;
		if (!wanted || !lines.live.some((line) => line.connected)) this.close();
		else this.#timer ??= Timer.repeat(() => this.#look(), LOOK_EVERY_MS);
	}

	/** Safe to repeat. */
	close(): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
	}

	#look(): void {
		for (const line of this.#options.lines.live) this.#judge(line);
	}

	#judge(line: Line): void {
		const { features, now, onChange } = this.#options;
		const { silenceNoticeSec, silenceEndSec } = features;
		const silentSec = Math.floor(line.silentMs(now()) / 1000);
		if (silenceEndSec > 0 && silentSec >= silenceEndSec) {
			line.giveUp(`nothing came from the other phone for ${silentSec} s`);
			onChange();
			return;
		}
		const told = silenceNoticeSec > 0 && silentSec >= silenceNoticeSec;
		if (told === line.silent) return;
		line.silent = told;
		onChange();
	}
}
