/**
 * The phone's log: levels per area, a bounded ring of the latest entries, and one listener for each place it
 * goes to (console, panel, later syslog). It takes strings alone: a byte array cannot be logged, so neither
 * can a key. Time is an argument of the constructor, so that the protocol rooms' tests stay deterministic.
 */

export const LEVELS = Object.freeze(["off", "error", "warn", "info", "debug", "trace"] as const);
export type Level = (typeof LEVELS)[number];

export const AREAS = Object.freeze(["app", "call", "config", "media", "net", "sip", "store", "ui", "zrtp"] as const);
export type Area = (typeof AREAS)[number];

export type Levels = Readonly<Partial<Record<Area, Level>>>;

export interface Entry {
	/** Milliseconds on the clock given to the log. */
	readonly time: number;
	readonly area: Area;
	readonly level: Level;
	readonly text: string;
}

export interface LogOptions {
	/** Milliseconds since any fixed moment. */
	readonly now: () => number;
	/** Levels that differ from `info`. */
	readonly levels?: Levels;
	/** Entries kept for the log view; the oldest give way. Default 200. */
	readonly capacity?: number;
	/** Called with each new entry. */
	readonly onEntry?: (entry: Entry) => void;
}

/** The longest text kept of one entry; a peer must not fill the ring with one line. */
const MAX_TEXT_LENGTH = 400;

const RANK: Readonly<Record<Level, number>> = Object.freeze({ off: 0, error: 1, warn: 2, info: 3, debug: 4, trace: 5 });

export function isLevel(value: unknown): value is Level {
	return LEVELS.some((level) => level === value);
}

export function isArea(value: unknown): value is Area {
	return AREAS.some((area) => area === value);
}

/**
 * What a peer sent can stand in a line. Control characters and line separators would let it forge other lines, marks of
 * writing direction would turn a line round, and half a surrogate pair is no character.
 */
function printable(text: string): string {
	let clean = "";
	for (const character of text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text) {
		const code = character.codePointAt(0) ?? 0;
		clean += HIDDEN.some(([first, last]) => code >= first && code <= last) ? "·" : character;
	}
	return clean;
}

/** First and last of each range of code points that never reaches a line. */
const HIDDEN: readonly (readonly [number, number])[] = Object.freeze([
	[0x00, 0x1f],
	[0x7f, 0x9f],
	[0x200e, 0x200f],
	[0x2028, 0x202e],
	[0x2066, 0x2069],
	[0xd800, 0xdfff],
]);

export class Log {
	readonly #now: () => number;
	readonly #capacity: number;
	readonly #levels: Record<string, Level> = {};
	readonly #entries: Entry[] = [];
	readonly #listeners: ((entry: Entry) => void)[] = [];

	constructor(options: LogOptions) {
		this.#now = options.now;
		this.#capacity = options.capacity ?? 200;
		for (const area of AREAS) this.#levels[area] = options.levels?.[area] ?? "info";
		if (options.onEntry) this.#listeners.push(options.onEntry);
	}

	/** Adds a place that each new entry goes to. */
	listen(onEntry: (entry: Entry) => void): void {
		this.#listeners.push(onEntry);
	}

	/** The face of one area; rooms keep it and never see the others. */
	area(area: Area): AreaLog {
		return new AreaLog(this, area);
	}

	level(area: Area): Level {
		return this.#levels[area] ?? "info";
	}

	/** @throws {TypeError} for an area or level that does not exist; the text names those that do. */
	setLevel(area: Area, level: Level): void {
		if (!isArea(area)) throw new TypeError(`log area must be one of ${AREAS.join(", ")}`);
		if (!isLevel(level)) throw new TypeError(`log level must be one of ${LEVELS.join(", ")}`);
		this.#levels[area] = level;
	}

	enabled(area: Area, level: Level): boolean {
		return RANK[level] <= RANK[this.level(area)];
	}

	write(area: Area, level: Level, text: string): void {
		if (typeof text !== "string") throw new TypeError("the log takes text alone");
		if (!this.enabled(area, level)) return;
		const entry: Entry = { time: this.#now(), area, level, text: printable(text) };
		this.#entries.push(entry);
		if (this.#entries.length > this.#capacity) this.#entries.shift();
		for (const listener of this.#listeners) listener(entry);
	}

	/** The latest entries, oldest first. */
	entries(): readonly Entry[] {
		return this.#entries.slice();
	}
}

/** One area of the log. */
export class AreaLog {
	readonly #log: Log;
	readonly #area: Area;

	constructor(log: Log, area: Area) {
		this.#log = log;
		this.#area = area;
	}

	/** Ask before building a text that costs something. */
	enabled(level: Level): boolean {
		return this.#log.enabled(this.#area, level);
	}
	error(text: string): void {
		this.#log.write(this.#area, "error", text);
	}
	warn(text: string): void {
		this.#log.write(this.#area, "warn", text);
	}
	info(text: string): void {
		this.#log.write(this.#area, "info", text);
	}
	debug(text: string): void {
		this.#log.write(this.#area, "debug", text);
	}
	trace(text: string): void {
		this.#log.write(this.#area, "trace", text);
	}
}
