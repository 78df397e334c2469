/**
 * Asks for a passphrase, twice where a new one is chosen. What is typed is never drawn: a dot stands for each character,
 * a bright one while its key can still turn the letter. It is wiped when the screen is left.
 */
import { wipe } from "bytes/wipe";
import type { Region } from "ui/canvas";
import type { IconName } from "ui/icons";
import { PassphraseEntry } from "ui/passphrase-entry";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { type ColorName, GRID } from "ui/theme";
import { header, keyOf, letterHint, paragraph } from "ui/widgets";

export const PASSPHRASE_MINIMUM = 8;

const BOX_TOP = 70;
const BOX_HEIGHT = 48;
const DOT_PITCH = 15;
const MAX_DOTS = 15;

export interface PassphraseJob {
	readonly title: string;
	readonly icon: IconName;
	/** A new passphrase: asked for twice, and not too short. */
	readonly twice: boolean;
	/** What is asked for, and what becomes of it, where it is no new passphrase of a file. */
	readonly words?: { readonly choose: string; readonly keep: string };
	/** Takes the octets over. */
	readonly run: (passphrase: Uint8Array) => void;
}

type Step = "first" | "again" | "working";

export class PassphraseScreen implements Screen {
	readonly name = "passphrase";
	readonly #shell: Shell;
	readonly #job: PassphraseJob;
	readonly #parent: Screen;
	readonly #first = new PassphraseEntry();
	readonly #again = new PassphraseEntry();
	#step: Step = "first";
	/** What was wrong with the last try. */
	#remark: string | undefined;

	constructor(shell: Shell, job: PassphraseJob, parent: Screen) {
		this.#shell = shell;
		this.#job = job;
		this.#parent = parent;
	}

	get #entry(): PassphraseEntry {
		return this.#step === "again" ? this.#again : this.#first;
	}

	softKeys(): SoftKeys {
		if (this.#step === "working") return [];
		const entry = this.#entry;
		const last = this.#step === "again" || !this.#job.twice;
		return [
			entry.length === 0 ? undefined : soft(last ? TEXT.soft.done : TEXT.soft.next, "primary"),
			soft(entry.nextMode),
			entry.length === 0 ? undefined : soft(TEXT.soft.delete),
			soft(TEXT.soft.back),
		];
	}

	regions(view: View): readonly Region[] {
		const { title, icon, twice } = this.#job;
		const top = header(title, view.clock ?? "", icon);
		if (this.#step === "working") return [top, paragraph(TEXT.passphrase.working, 96, 1, "muted")];
		const entry = this.#entry;
		const words = TEXT.passphrase;
		const { choose, keep } = this.#job.words ?? words;
		const ask = this.#step === "again" ? words.again : twice ? choose : words.enter;
		return [
			top,
			paragraph(ask, 42, 1),
			dotBox(entry.length, entry.mode, entry.isTurning(view.now)),
			below(
				this.#remark ?? count(entry.length, twice && this.#step === "first"),
				this.#remark === undefined ? "muted" : "amber",
			),
			...(twice ? [paragraph(keep, 144, 2, "muted", "small")] : []),
			...(entry.mode === "123" ? [] : [letterHint(184)]),
		];
	}

	key(name: string, { now }: View): void {
		if (name === "hook") this.#shell.back();
		else if (this.#step === "working") return;
		else if (this.#entry.key(name, now)) this.#remark = undefined;
		else if (name === "soft1" || name === "ok") this.#enter();
		else if (name === "soft2") this.#entry.switchMode();
		else if (name === "soft3") this.#entry.delete();
		else if (name === "soft4" || name === "cancel") this.#shell.open(this.#parent);
	}

	left(): void {
		this.#wipe();
	}

	#enter(): void {
		const entry = this.#entry;
		if (entry.length === 0) return;
		if (this.#job.twice && entry.length < PASSPHRASE_MINIMUM && this.#step === "first")
			this.#remark = TEXT.passphrase.short;
		else if (this.#job.twice && this.#step === "first") this.#step = "again";
		else if (this.#step === "again" && !this.#again.equals(this.#first)) {
			this.#wipe();
			this.#step = "first";
			this.#remark = TEXT.passphrase.differ;
		} else {
			const passphrase = this.#first.copy();
			this.#wipe();
			this.#step = "working";
			try {
				this.#job.run(passphrase);
			} catch (error) {
				wipe(passphrase);
				throw error;
			}
		}
	}

	#wipe(): void {
		this.#first.wipe();
		this.#again.wipe();
		this.#remark = undefined;
	}
}

function count(length: number, ruled: boolean): string {
	const words = TEXT.passphrase;
	if (length === 0) return ruled ? words.rule : "";
	return `${length} ${words.characters}`;
}

function below(text: string, color: ColorName): Region {
	return paragraph(text, BOX_TOP + BOX_HEIGHT + 4, 1, color, "small");
}

function dotBox(length: number, mode: string, turning: boolean): Region {
	return {
		x: 0,
		y: BOX_TOP,
		width: GRID.width,
		height: BOX_HEIGHT,
		key: keyOf("dots", length, mode, turning),
		draw(canvas) {
			canvas.box("surface", 8, BOX_TOP + 1, GRID.width - 16, BOX_HEIGHT - 2, 8);
			const dots = Math.min(length, MAX_DOTS);
			for (let index = 0; index < dots; index += 1) {
				const bright = turning && index === dots - 1;
				canvas.box(bright ? "accent" : "text", 22 + index * DOT_PITCH, BOX_TOP + 20, 8, 8, 4);
			}
			if (!turning) canvas.fill("accent", 22 + dots * DOT_PITCH, BOX_TOP + 12, 2, 24);
			canvas.text(mode, "small", "muted", GRID.width - 60, BOX_TOP + 15, 40, "right");
		},
	};
}
