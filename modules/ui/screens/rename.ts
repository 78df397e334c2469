/** The owner's name for a known phone. An empty one takes the name away. */
import type { Region } from "ui/canvas";
import { type KnownPhone, type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { TextEntry } from "ui/text-entry";
import { entryBox, header, letterHint, paragraph } from "ui/widgets";
import { groupsOf } from "ui/wording";
import { failure } from "./message";

const MAX_LENGTH = 32;

export class RenameScreen implements Screen {
	readonly name = "rename";
	readonly #shell: Shell;
	readonly #zid: string;
	readonly #parent: Screen;
	readonly #entry: TextEntry;

	constructor(shell: Shell, phone: KnownPhone, parent: Screen) {
		this.#shell = shell;
		this.#zid = phone.zid;
		this.#parent = parent;
		this.#entry = new TextEntry({ text: phone.name ?? "", mode: "abc", maxLength: MAX_LENGTH });
	}

	softKeys(): SoftKeys {
		return [
			soft(TEXT.soft.save, "primary"),
			soft(this.#entry.nextMode),
			this.#entry.text === "" ? undefined : soft(TEXT.soft.delete),
			soft(TEXT.soft.back),
		];
	}

	regions(view: View): readonly Region[] {
		return [
			header(TEXT.naming.title, view.clock ?? "", "pencil"),
			entryBox(this.#entry.text, TEXT.nameHint, this.#entry.mode, 52, { large: true, typing: true }),
			paragraph(groupsOf(this.#zid).join(" "), 114, 1, "muted", "small"),
			...(this.#entry.mode === "123" ? [] : [letterHint(182)]),
		];
	}

	key(name: string, { now }: View): void {
		const shell = this.#shell;
		if (this.#entry.key(name, now)) return;
		if (name === "soft1" || name === "ok") {
			const called = this.#entry.text.trim();
			const reason = shell.known.rename(this.#zid, called === "" ? undefined : called);
			shell.open(reason === undefined ? this.#parent : failure(shell, reason, this.#parent));
		} else if (name === "soft2") this.#entry.switchMode();
		else if (name === "soft3") this.#entry.delete();
		else if (name === "soft4" || name === "cancel") shell.open(this.#parent);
		else if (name === "hook") shell.back();
	}
}
