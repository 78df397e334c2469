/** What came of a command of the owner's: one sentence, and back to where it was given. */
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft } from "ui/screen";
import { TEXT } from "ui/text";
import { type PageLook, page } from "./page";

export class MessageScreen implements Screen {
	readonly name = "message";
	readonly #shell: Shell;
	readonly #look: PageLook;
	readonly #parent: Screen;

	/** @param parent what comes to the front when it has been read */
	constructor(shell: Shell, look: PageLook, parent: Screen) {
		this.#shell = shell;
		this.#look = look;
		this.#parent = parent;
	}

	softKeys(): SoftKeys {
		return [undefined, undefined, undefined, soft(TEXT.soft.back)];
	}

	regions(): readonly Region[] {
		return page(this.#look);
	}

	key(name: string): void {
		if (name === "hook") this.#shell.back();
		else if (name === "soft4" || name === "ok" || name === "cancel") this.#shell.open(this.#parent);
	}
}

/** A command that did nothing, and why. */
export function failure(shell: Shell, reason: string, parent: Screen): MessageScreen {
	const text = reason.slice(0, 1).toUpperCase() + reason.slice(1);
	return new MessageScreen(shell, { icon: "circle-alert", color: "amber", title: TEXT.failed, text }, parent);
}
