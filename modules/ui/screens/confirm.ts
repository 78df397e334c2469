/** Asks once before something is done that cannot be taken back, and says what it means. */
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft } from "ui/screen";
import { TEXT } from "ui/text";
import { type PageLook, page } from "./page";

export interface Question {
	readonly look: PageLook;
	/** The label of the key that does it. */
	readonly action: string;
	readonly onYes: () => void;
}

export class ConfirmScreen implements Screen {
	readonly name = "confirm";
	readonly #shell: Shell;
	readonly #question: Question;
	readonly #parent: Screen;

	constructor(shell: Shell, question: Question, parent: Screen) {
		this.#shell = shell;
		this.#question = question;
		this.#parent = parent;
	}

	softKeys(): SoftKeys {
		return [soft(this.#question.action, "danger"), undefined, undefined, soft(TEXT.soft.back)];
	}

	regions(): readonly Region[] {
		return page(this.#question.look);
	}

	/** "ok" does nothing: it is what is pressed without reading. */
	key(name: string): void {
		if (name === "soft1") this.#question.onYes();
		else if (name === "soft4" || name === "cancel") this.#shell.open(this.#parent);
		else if (name === "hook") this.#shell.back();
	}
}
