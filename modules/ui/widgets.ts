/** Parts that several screens share; each makes one region. Sizes are pixels of the 320 by 240 grid. */
import type { Lock } from "call/state";
import type { Region } from "./canvas";
import type { IconName } from "./icons";
import type { SoftKey, SoftKeys } from "./screen";
import { TEXT } from "./text";
import { type ColorName, GRID, LOCKS } from "./theme";

const INNER = GRID.width - 2 * GRID.margin;

export const keyOf = (...parts: readonly (string | number | boolean | undefined)[]): string => JSON.stringify(parts);

/** A title at the left, something short at the right. */
export function header(title: string, right = "", icon?: IconName): Region {
	return {
		x: 0,
		y: 0,
		width: GRID.width,
		height: GRID.headerHeight,
		key: keyOf("header", title, right, icon),
		draw(canvas) {
			let x = GRID.margin;
			if (icon !== undefined) {
				canvas.icon(icon, 16, "muted", x, 9);
				x += 24;
			}
			const rightWidth = right === "" ? 0 : Math.min(140, canvas.textWidth(right, "small") + 2);
			canvas.text(title, "body", "text", x, 6, GRID.width - GRID.margin - x - rightWidth - 8);
			if (right !== "")
				canvas.text(right, "small", "muted", GRID.width - GRID.margin - rightWidth, 8, rightWidth, "right");
			canvas.fill("line", 0, GRID.headerHeight - 1, GRID.width, 1);
		},
	};
}

const TONES: Readonly<Record<SoftKey["tone"], { ground: ColorName; text: ColorName }>> = Object.freeze({
	plain: { ground: "surface", text: "text" },
	primary: { ground: "accentDark", text: "white" },
	answer: { ground: "goodDark", text: "white" },
	danger: { ground: "dangerDark", text: "white" },
});

/** Width of one soft key's box, and of its label. */
export const SOFT_BOX = Object.freeze({ width: 78, label: 76 });

export function softBar(keys: SoftKeys): Region {
	return {
		x: 0,
		y: GRID.softTop,
		width: GRID.width,
		height: GRID.softHeight,
		key: keyOf("soft", ...[0, 1, 2, 3].flatMap((index) => [keys[index]?.label, keys[index]?.tone])),
		draw(canvas) {
			for (let index = 0; index < GRID.softKeys; index += 1) {
				const key = keys[index];
				if (!key) continue;
				const tone = TONES[key.tone];
				const x = index * 80 + 1;
				canvas.box(tone.ground, x, GRID.softTop + 2, SOFT_BOX.width, GRID.softHeight - 6, 6);
				canvas.text(key.label, "small", tone.text, x + 1, GRID.softTop + 8, SOFT_BOX.label, "center");
			}
		},
	};
}

/** In place of the soft keys for a moment after a volume key. Level is 0 to 10. */
export function volumeBar(level: number): Region {
	return {
		x: 0,
		y: GRID.softTop,
		width: GRID.width,
		height: GRID.softHeight,
		key: keyOf("volume", level),
		draw(canvas) {
			canvas.icon("volume-2", 24, "text", GRID.margin, GRID.softTop + 5);
			canvas.text(TEXT.volume, "small", "muted", 46, GRID.softTop + 8, 54);
			for (let step = 0; step < 10; step += 1)
				canvas.box(step < level ? "accent" : "raised", 106 + step * 20, GRID.softTop + 11, 16, 12, 4);
		},
	};
}

/** The lock: icon, words and colour, and one line of what it means. */
export function lockBand(lock: Lock, detail: string, y: number): Region {
	return {
		x: 0,
		y,
		width: GRID.width,
		height: 52,
		key: keyOf("lock", lock, detail, y),
		draw(canvas) {
			const look = LOCKS[lock];
			canvas.box(look.ground, 8, y + 2, GRID.width - 16, 48, 8);
			canvas.icon(look.icon, 24, look.color, 20, y + 14);
			canvas.text(TEXT.lock[lock], "body", look.color, 56, y + 6, GRID.width - 56 - 16);
			canvas.text(detail, "small", "text", 56, y + 27, GRID.width - 56 - 16);
		},
	};
}

/** While keys are being agreed: no lock is claimed yet, and the microphone is held. */
export function securingBand(y: number): Region {
	return {
		x: 0,
		y,
		width: GRID.width,
		height: 52,
		key: keyOf("securing", y),
		draw(canvas) {
			canvas.box("surface", 8, y + 2, GRID.width - 16, 48, 8);
			canvas.icon("key-round", 24, "muted", 20, y + 14);
			canvas.text(TEXT.securing, "body", "text", 56, y + 6, GRID.width - 56 - 16);
			canvas.icon("mic-off", 16, "amber", 56, y + 28);
			canvas.text(TEXT.microphoneHeld, "small", "text", 78, y + 27, GRID.width - 78 - 16);
		},
	};
}

export const SAS_HEIGHT = 66;
const MAX_TILES = 6;

/** The short authentication string as it was negotiated: characters in tiles, or words on a line each. */
export function sasTiles(sas: string, sasType: "B32" | "B256", y: number, color: ColorName = "white"): Region {
	const height = SAS_HEIGHT;
	return {
		x: 0,
		y,
		width: GRID.width,
		height,
		key: keyOf("sas", sas, sasType, y, color),
		draw(canvas) {
			const characters = [...sas];
			if (sasType === "B256" || characters.length > MAX_TILES) {
				const words = sas.split(/\s+/).filter((word) => word !== "");
				canvas.box("surface", 8, y, GRID.width - 16, height, 8);
				words.slice(0, 2).forEach((word, index) => {
					canvas.text(word, "large", color, 16, y + index * 32, GRID.width - 32, "center");
				});
				return;
			}
			const pitch = Math.min(64, Math.floor(INNER / Math.max(1, characters.length)));
			const left = Math.floor((GRID.width - pitch * characters.length) / 2);
			characters.forEach((character, index) => {
				const x = left + index * pitch;
				canvas.box("surface", x + 4, y, pitch - 8, height, 8);
				canvas.text(character, "sas", color, x + 4, y + 5, pitch - 8, "center");
			});
		},
	};
}

/** One or more centred lines of plain words. */
export function paragraph(
	text: string,
	y: number,
	lines: number,
	color: ColorName = "text",
	font: "small" | "body" = "body",
): Region {
	const pitch = font === "small" ? 17 : 22;
	return {
		x: 0,
		y,
		width: GRID.width,
		height: lines * pitch + 4,
		key: keyOf("paragraph", text, y, lines, color, font),
		draw(canvas) {
			canvas.wrap(text, font, INNER, lines).forEach((line, index) => {
				canvas.text(line, font, color, GRID.margin, y + index * pitch, INNER, "center");
			});
		},
	};
}

export interface RowLook {
	readonly icon?: IconName;
	readonly title: string;
	readonly detail?: string;
	readonly selected: boolean;
	/** Of the icon and the detail, where it is a lamp. */
	readonly color?: ColorName;
}

/** One line of a list that can be selected. */
export function listRow(look: RowLook, y: number): Region {
	return {
		x: 0,
		y,
		// The scroll bar beside it is a region of its own.
		width: GRID.width - 6,
		height: GRID.rowHeight,
		key: keyOf("row", look.icon, look.title, look.detail, look.selected, look.color, y),
		draw(canvas) {
			if (look.selected) {
				canvas.box("raised", 6, y + 1, GRID.width - 12, GRID.rowHeight - 2, 8);
				canvas.fill("accent", 6, y + 9, 3, GRID.rowHeight - 18);
			}
			let x = 18;
			if (look.icon !== undefined) {
				canvas.icon(look.icon, 16, look.color ?? (look.selected ? "accent" : "muted"), x, y + 10);
				x += 26;
			}
			const end = GRID.width - 16;
			const used = canvas.text(look.title, "body", "text", x, y + 7, look.detail === undefined ? end - x : 130);
			const from = x + Math.max(used, 70) + 12;
			if (look.detail !== undefined)
				canvas.text(look.detail, "small", look.color ?? "muted", from, y + 10, end - from, "right");
		},
	};
}

/** A label and what it stands for, on one line. */
export function valueRow(label: string, value: string, y: number, color: ColorName = "text"): Region {
	return {
		x: 0,
		y,
		width: GRID.width - 12,
		height: 24,
		key: keyOf("value", label, value, y, color),
		draw(canvas) {
			canvas.text(label, "small", "muted", GRID.margin, y + 3, 94);
			canvas.text(value, "small", color, 108, y + 3, GRID.width - 12 - 108);
		},
	};
}

/** Where in a list the visible part is. Nothing is drawn where all of it is visible. */
export function scrollBar(first: number, visible: number, total: number, y: number, height: number): Region {
	return {
		x: GRID.width - 6,
		y,
		width: 6,
		height,
		key: keyOf("scroll", first, visible, total, y),
		draw(canvas) {
			if (total <= visible) return;
			const length = Math.max(16, Math.round((height * visible) / total));
			const at = Math.round(((height - length) * first) / (total - visible));
			canvas.fill("raised", GRID.width - 4, y + at, 3, length);
		},
	};
}

export interface EntryLook {
	readonly large: boolean;
	/** Keys go here: a caret stands at the end. */
	readonly typing: boolean;
}

/** How letters are typed. */
export function letterHint(y: number): Region {
	return paragraph(TEXT.letterHint, y, 1, "muted", "small");
}

/** A box with what is being typed, its end always visible. */
export function entryBox(text: string, hint: string, mode: string, y: number, look: EntryLook): Region {
	const { large, typing } = look;
	const height = large ? 48 : 34;
	return {
		x: 0,
		y,
		width: GRID.width,
		height,
		key: keyOf("entry", text, hint, mode, y, large, typing),
		draw(canvas) {
			canvas.box("surface", 8, y + 1, GRID.width - 16, height - 2, 8);
			const font = large ? "large" : "body";
			const top = y + Math.floor((height - canvas.lineHeight(font)) / 2);
			const modeWidth = mode === "" ? 0 : 40;
			const width = GRID.width - 40 - modeWidth;
			if (text === "") {
				canvas.text(hint, "body", "muted", 20, y + Math.floor((height - canvas.lineHeight("body")) / 2), width);
			} else {
				const shown = canvas.fitEnd(text, font, width - 4);
				const drawn = canvas.text(shown, font, "white", 20, top, width);
				if (typing) canvas.fill("accent", 20 + drawn + 2, top + 4, 2, canvas.lineHeight(font) - 8);
			}
			if (mode !== "")
				canvas.text(
					mode,
					"small",
					"muted",
					GRID.width - 20 - modeWidth,
					y + Math.floor(height / 2) - 9,
					modeWidth,
					"right",
				);
		},
	};
}
