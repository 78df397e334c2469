/** What can be done with all that this phone knows: take it to a new handset, bring it from an old one, erase it. */
import type { Region } from "ui/canvas";
import type { IconName } from "ui/icons";
import { type Exported, type Imported, type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { header, listRow } from "ui/widgets";
import { ConfirmScreen } from "./confirm";
import { EraseScreen } from "./erase";
import { failure, MessageScreen } from "./message";
import { PassphraseScreen } from "./passphrase";

const TOP = 44;
const PITCH = 40;

type RowName = "export" | "import" | "words" | "erase";

export class PeersMenuScreen implements Screen {
	readonly name = "peers-menu";
	readonly #shell: Shell;
	readonly #parent: Screen;
	readonly #selection = new Selection(4);

	constructor(shell: Shell, parent: Screen) {
		this.#shell = shell;
		this.#parent = parent;
	}

	softKeys(): SoftKeys {
		return [soft(TEXT.soft.open, "primary"), undefined, undefined, soft(TEXT.soft.back)];
	}

	regions(view: View): readonly Region[] {
		return [
			header(TEXT.menu.title, view.clock ?? "", "shield-check"),
			...this.#rows.map((name, index) =>
				listRow({ ...this.#look(name), selected: index === this.#selection.selected }, TOP + index * PITCH),
			),
		];
	}

	key(name: string): void {
		const shell = this.#shell;
		const { selected } = this.#selection;
		if (name === "up") this.#selection.select(selected - 1, this.#rows.length);
		else if (name === "down") this.#selection.select(selected + 1, this.#rows.length);
		else if (name === "soft4" || name === "cancel") shell.open(this.#parent);
		else if (name === "hook") shell.back();
		else if (name === "soft1" || name === "ok") {
			const row = this.#rows[selected];
			const { refusal } = shell.known;
			if (row === "words") shell.open(this.#words());
			else if (refusal !== undefined) shell.open(failure(shell, refusal, this));
			else if (row === "export") shell.open(this.#export());
			else if (row === "import") shell.open(this.#import());
			else shell.open(new EraseScreen(shell, this));
		}
	}

	get #rows(): readonly RowName[] {
		return this.#shell.sharedWords ? ["export", "import", "words", "erase"] : ["export", "import", "erase"];
	}

	#look(name: RowName): { readonly icon: IconName; readonly title: string; readonly detail: string } {
		const { menu } = TEXT;
		switch (name) {
			case "export":
				return { icon: "upload", title: menu.export, detail: menu.exportDetail };
			case "import":
				return { icon: "download", title: menu.import, detail: menu.importDetail };
			case "words":
				return {
					icon: "key-round",
					title: menu.sharedWords,
					detail: this.#shell.sharedWords?.set === true ? menu.inUse : menu.none,
				};
			case "erase":
				return { icon: "trash-2", title: menu.erase, detail: menu.eraseDetail };
		}
	}

	/** Asks for words, or to forget those that are in use. */
	#words(): Screen {
		const shell = this.#shell;
		const { sharedWords } = shell;
		const { shareWords } = TEXT;
		if (sharedWords?.set === true) {
			const look = {
				icon: "key-round",
				color: "amber",
				title: shareWords.forgetTitle,
				text: shareWords.forget,
			} as const;
			const onYes = () => {
				sharedWords.forget();
				shell.open(this);
			};
			return new ConfirmScreen(shell, { look, action: TEXT.soft.forget, onYes }, this);
		}
		const screen: PassphraseScreen = new PassphraseScreen(
			shell,
			{
				title: shareWords.title,
				icon: "key-round",
				twice: true,
				words: shareWords,
				run: (words) =>
					sharedWords?.use(words, (reason) => {
						if (!shell.isOpen(screen)) return;
						const look = {
							icon: "circle-check",
							color: "good",
							title: shareWords.title,
							text: shareWords.done,
						} as const;
						shell.open(reason === undefined ? new MessageScreen(shell, look, this) : failure(shell, reason, this));
					}),
			},
			this,
		);
		return screen;
	}

	#export(): Screen {
		const shell = this.#shell;
		const screen: PassphraseScreen = new PassphraseScreen(
			shell,
			{
				title: TEXT.passphrase.exportTitle,
				icon: "upload",
				twice: true,
				run: (passphrase) =>
					shell.known.exportFile(passphrase, (result) => {
						if (shell.isOpen(screen)) shell.open(this.#result(result));
					}),
			},
			this,
		);
		return screen;
	}

	#import(): Screen {
		const shell = this.#shell;
		const screen: PassphraseScreen = new PassphraseScreen(
			shell,
			{
				title: TEXT.passphrase.importTitle,
				icon: "download",
				twice: false,
				run: (passphrase) =>
					shell.known.importFile(passphrase, (result) => {
						if (shell.isOpen(screen)) shell.open(this.#result(result));
					}),
			},
			this,
		);
		return screen;
	}

	#result(result: Exported | Imported): Screen {
		const shell = this.#shell;
		if ("error" in result) return failure(shell, result.error, this);
		const done = { icon: "circle-check", color: "good" } as const;
		const { exported, imported } = TEXT;
		if ("added" in result) {
			const { added, kept, leftOut, ownZid } = result;
			const counts = [`${added} ${imported.added}`, `${kept} ${imported.kept}`];
			if (leftOut > 0) counts.push(`${leftOut} ${imported.leftOut}`);
			const text = `${counts.join(", ")}. ${ownZid === "same" ? "" : imported[ownZid]}`;
			return new MessageScreen(shell, { ...done, title: imported.title, text }, this.#parent);
		}
		const one = result.phones === 1;
		const what = one ? `${exported.phone} ${exported.is}` : `${exported.phones} ${exported.are}`;
		const text = `${result.phones} ${what} ${result.place}`;
		return new MessageScreen(shell, { ...done, title: exported.title, text }, this.#parent);
	}
}
