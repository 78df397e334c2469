/** What can be done with all that this phone knows: take it to a new handset, bring it from an old one, erase it. */
import type { Region } from "ui/canvas";
import { type Exported, type Imported, type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { header, listRow } from "ui/widgets";
import { EraseScreen } from "./erase";
import { failure, MessageScreen } from "./message";
import { PassphraseScreen } from "./passphrase";

const TOP = 44;
const PITCH = 42;

const ROWS = Object.freeze([
	Object.freeze({ icon: "upload", title: TEXT.menu.export, detail: TEXT.menu.exportDetail } as const),
	Object.freeze({ icon: "download", title: TEXT.menu.import, detail: TEXT.menu.importDetail } as const),
	Object.freeze({ icon: "trash-2", title: TEXT.menu.erase, detail: TEXT.menu.eraseDetail } as const),
]);

export class PeersMenuScreen implements Screen {
	readonly name = "peers-menu";
	readonly #shell: Shell;
	readonly #parent: Screen;
	readonly #selection = new Selection(ROWS.length);

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
			...ROWS.map((row, index) =>
				listRow({ ...row, selected: index === this.#selection.selected }, TOP + index * PITCH),
			),
		];
	}

	key(name: string): void {
		const shell = this.#shell;
		const { selected } = this.#selection;
		if (name === "up") this.#selection.select(selected - 1, ROWS.length);
		else if (name === "down") this.#selection.select(selected + 1, ROWS.length);
		else if (name === "soft4" || name === "cancel") shell.open(this.#parent);
		else if (name === "hook") shell.back();
		else if (name === "soft1" || name === "ok") {
			const { refusal } = shell.known;
			if (refusal !== undefined) shell.open(failure(shell, refusal, this));
			else if (selected === 0) shell.open(this.#export());
			else if (selected === 1) shell.open(this.#import());
			else shell.open(new EraseScreen(shell, this));
		}
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
