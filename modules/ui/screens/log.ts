/**
 * The log on the phone itself: one line for each entry, the selected one in full. Area filters what is shown; Level
 * sets what that area (or every area) keeps from now on.
 */
import type { Region } from "ui/canvas";
import { type LogLine, type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { type ColorName, GRID } from "ui/theme";
import { header, keyOf, paragraph } from "ui/widgets";

const TOP = 34;
const PITCH = 19;
const LINES = 9;
const TEXT_LEFT = 52;
const MAX_SELECTED_LINES = 5;

const LEVEL_COLORS: Readonly<Record<string, ColorName>> = Object.freeze({
	error: "danger",
	warn: "amber",
	info: "text",
	debug: "muted",
	trace: "muted",
});

export class LogScreen implements Screen {
	readonly name = "log";
	readonly #shell: Shell;
	/** Index into the areas; -1: all. */
	#area = -1;
	/** The selected entry; undefined: always the newest. */
	#selected: LogLine | undefined;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	get #areaName(): string | undefined {
		return this.#shell.log.areas[this.#area];
	}

	/** The level in force; undefined where the areas differ. */
	get #level(): string | undefined {
		const { log } = this.#shell;
		const levels =
			this.#areaName === undefined ? log.areas.map((area) => log.level(area)) : [log.level(this.#areaName)];
		return levels.every((level) => level === levels[0]) ? levels[0] : undefined;
	}

	softKeys(): SoftKeys {
		return [
			soft(TEXT.soft.area),
			soft(TEXT.soft.level),
			this.#selected === undefined ? undefined : soft(TEXT.soft.newest),
			soft(TEXT.soft.back),
		];
	}

	regions(): readonly Region[] {
		const entries = this.#entries();
		const title = `${TEXT.logTitle} · ${this.#areaName ?? TEXT.allAreas}`;
		const top = header(title, this.#level ?? "", "scroll-text");
		if (entries.length === 0) return [top, paragraph(TEXT.logEmpty, 100, 2, "muted")];
		return [top, ...this.#rows(entries)];
	}

	/** The selected entry unfolded, and around it as many others as there is room for. */
	#rows(entries: readonly LogLine[]): Region[] {
		const { canvas } = this.#shell;
		const found = this.#selected === undefined ? -1 : entries.indexOf(this.#selected);
		const selected = found < 0 ? entries.length - 1 : found;
		const entry = entries[selected];
		if (!entry) return [];
		const unfolded = canvas.wrap(entry.text, "small", GRID.width - TEXT_LEFT - 10, MAX_SELECTED_LINES);
		const room = LINES - Math.max(1, unfolded.length);
		const after = Math.min(entries.length - 1 - selected, Math.floor(room / 2));
		const first = Math.max(0, selected - (room - after));
		const regions: Region[] = [];
		let line = 0;
		for (let index = first; index < entries.length && line < LINES; index += 1) {
			const it = entries[index];
			if (!it) break;
			const lines = index === selected ? unfolded : [it.text];
			regions.push(row(it, lines, TOP + line * PITCH, index === selected));
			line += Math.max(1, lines.length);
		}
		return regions;
	}

	key(name: string, _view: View): void {
		const { log } = this.#shell;
		switch (name) {
			case "up":
				this.#move(-1);
				return;
			case "down":
				this.#move(1);
				return;
			case "soft1":
				this.#area = this.#area + 1 >= log.areas.length ? -1 : this.#area + 1;
				this.#selected = undefined;
				return;
			case "soft2":
				this.#nextLevel();
				return;
			case "soft3":
				this.#selected = undefined;
				return;
			case "soft4":
			case "cancel":
			case "hook":
				this.#shell.back();
				return;
			default:
		}
	}

	#entries(): readonly LogLine[] {
		const area = this.#areaName;
		const all = this.#shell.log.entries();
		return area === undefined ? all : all.filter((entry) => entry.area === area);
	}

	#move(step: number): void {
		const entries = this.#entries();
		const found = this.#selected === undefined ? -1 : entries.indexOf(this.#selected);
		const next = (found < 0 ? entries.length - 1 : found) + step;
		this.#selected = next >= entries.length - 1 ? undefined : entries[Math.max(0, next)];
	}

	#nextLevel(): void {
		const { log } = this.#shell;
		const now = this.#level;
		const next = log.levels[((now === undefined ? -1 : log.levels.indexOf(now)) + 1) % log.levels.length];
		if (next === undefined) return;
		for (const area of this.#areaName === undefined ? log.areas : [this.#areaName]) log.setLevel(area, next);
	}
}

function row(entry: LogLine, lines: readonly string[], y: number, selected: boolean): Region {
	return {
		x: 0,
		y,
		width: GRID.width,
		height: Math.max(1, lines.length) * PITCH,
		key: keyOf("log", entry.time, entry.area, entry.level, entry.text, y, selected),
		draw(canvas) {
			if (selected) canvas.box("surface", 2, y, GRID.width - 4, Math.max(1, lines.length) * PITCH, 4);
			canvas.text(entry.area, "small", "accent", 8, y + 1, TEXT_LEFT - 12);
			lines.forEach((line, index) => {
				const color = LEVEL_COLORS[entry.level] ?? "text";
				canvas.text(line, "small", color, TEXT_LEFT, y + 1 + index * PITCH, GRID.width - TEXT_LEFT - 8);
			});
		},
	};
}
