/** Everything this phone keeps goes. A word is typed first, one key for each letter, so that no pocket erases a phone. */
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, keyOf, paragraph } from "ui/widgets";
import { failure, MessageScreen } from "./message";

const TILE_TOP = 128;
const TILE = 40;
const TILE_PITCH = 48;

export class EraseScreen implements Screen {
	readonly name = "erase";
	readonly #shell: Shell;
	readonly #parent: Screen;
	/** Letters typed so far. */
	#typed = 0;

	constructor(shell: Shell, parent: Screen) {
		this.#shell = shell;
		this.#parent = parent;
	}

	get #sure(): boolean {
		return this.#typed === TEXT.erase.keys.length;
	}

	softKeys(): SoftKeys {
		return [
			this.#sure ? soft(TEXT.soft.erase, "danger") : undefined,
			undefined,
			this.#typed > 0 ? soft(TEXT.soft.delete) : undefined,
			soft(TEXT.soft.back),
		];
	}

	regions(): readonly Region[] {
		const { title, text, type, sure } = TEXT.erase;
		return [
			header(title, "", "trash-2"),
			paragraph(text, 40, 4, "text", "small"),
			tiles(this.#typed),
			paragraph(this.#sure ? sure : type, 178, 1, this.#sure ? "danger" : "muted", "small"),
		];
	}

	key(name: string): void {
		const shell = this.#shell;
		if (/^[0-9*#]$/.test(name)) {
			// One wrong letter, and the word begins again.
			if (!this.#sure) this.#typed = name === TEXT.erase.keys[this.#typed] ? this.#typed + 1 : 0;
		} else if (name === "soft1" && this.#sure) {
			const reason = shell.known.erase();
			const done = { icon: "circle-check", color: "good", title: TEXT.erase.title, text: TEXT.erase.done } as const;
			this.#typed = 0;
			shell.open(
				reason === undefined ? new MessageScreen(shell, done, this.#parent) : failure(shell, reason, this.#parent),
			);
		} else if (name === "soft3") this.#typed = Math.max(0, this.#typed - 1);
		else if (name === "soft4" || name === "cancel") shell.open(this.#parent);
		else if (name === "hook") shell.back();
	}
}

function tiles(typed: number): Region {
	return {
		x: 0,
		y: TILE_TOP,
		width: GRID.width,
		height: TILE,
		key: keyOf("tiles", typed),
		draw(canvas) {
			const letters = [...TEXT.erase.word];
			const left = Math.floor((GRID.width - (letters.length - 1) * TILE_PITCH - TILE) / 2);
			letters.forEach((letter, index) => {
				const x = left + index * TILE_PITCH;
				canvas.box(index < typed ? "dangerDark" : "surface", x, TILE_TOP, TILE, TILE, 8);
				canvas.text(letter, "title", index < typed ? "white" : "muted", x, TILE_TOP + 6, TILE, "center");
			});
		},
	};
}
