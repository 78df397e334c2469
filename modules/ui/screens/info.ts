/** This phone: its accounts, its identity in ZRTP, and where it can be reached. */
import type { Region } from "ui/canvas";
import { type InfoRow, type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { addressText, groupsOf } from "ui/wording";
import { PeersScreen } from "./peers";
import { RowsPage, sentenceRows } from "./rows";
import { ServicesScreen } from "./services";

export class InfoScreen implements Screen {
	readonly name = "info";
	readonly #shell: Shell;
	readonly #page = new RowsPage();

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		return [soft(TEXT.soft.phones), soft(TEXT.calls.soft.services), undefined, soft(TEXT.soft.back)];
	}

	regions(view: View): readonly Region[] {
		const { state } = view;
		const rows: InfoRow[] = [{ label: TEXT.info.name, value: state.name }];
		for (const { aor, ok, transport, reason } of state.registered) {
			const failed = `${TEXT.unregistered}${reason === undefined ? "" : `: ${reason}`}`;
			rows.push({ label: TEXT.info.account, value: addressText(aor) });
			const told = ok ? `${TEXT.registered}, ${transport.toUpperCase()}` : failed;
			rows.push(...sentenceRows(this.#shell.canvas, TEXT.info.state, told));
		}
		// Twice twelve digits in groups of four: it is read aloud and compared with a log.
		const groups = groupsOf(state.zid);
		rows.push({ label: TEXT.info.zid, value: groups.slice(0, 3).join(" ") });
		rows.push({ label: "", value: groups.slice(3).join(" ") });
		rows.push({ label: TEXT.info.peers, value: String(state.store.peers) });
		rows.push(...this.#shell.info());
		return this.#page.regions(TEXT.infoTitle, view.clock ?? "", rows);
	}

	key(name: string): void {
		if (this.#page.key(name)) return;
		if (name === "soft1") this.#shell.open(new PeersScreen(this.#shell, this));
		else if (name === "soft2") this.#shell.open(new ServicesScreen(this.#shell, this));
		else if (name === "soft4" || name === "cancel" || name === "ok" || name === "hook") this.#shell.back();
	}
}
