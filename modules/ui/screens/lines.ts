/** All calls of the phone: which one talks, which wait, and what their locks say. */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, listRow } from "ui/widgets";
import { doingIcon, doingOf } from "ui/widgets-calls";
import { titleOf } from "ui/wording";
import { DialScreen } from "./dial";
import { TransferScreen } from "./transfer";

const TOP = 40;
const VISIBLE = 4;

export class LinesScreen implements Screen {
	readonly name = "lines";
	readonly #shell: Shell;
	readonly #selection = new Selection(VISIBLE);

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		const { soft: words } = TEXT.calls;
		return [soft(words.talk, "primary"), soft(words.newCall), soft(words.transfer), soft(TEXT.soft.back)];
	}

	regions(view: View): readonly Region[] {
		const calls = callsOf(view);
		return [
			header(TEXT.calls.linesTitle, view.clock ?? "", "phone"),
			...calls.slice(0, VISIBLE).map((call, index) =>
				listRow(
					{
						icon: doingIcon(call),
						title: `${call.line ?? index + 1}  ${titleOf(call)}`,
						detail: call.state === "ringing" ? doingOf(call) : `${doingOf(call)} · ${TEXT.calls.lockWord[call.lock]}`,
						selected: index === this.#selection.selected,
					},
					TOP + index * GRID.rowHeight,
				),
			),
		];
	}

	key(name: string, view: View): void {
		const shell = this.#shell;
		const calls = callsOf(view);
		const { selected } = this.#selection;
		switch (name) {
			case "up":
			case "down":
				this.#selection.select(selected + (name === "up" ? -1 : 1), calls.length);
				return;
			case "soft1":
			case "ok": {
				const line = calls[selected]?.line;
				shell.back();
				if (line !== undefined) shell.phone.switchTo(line);
				return;
			}
			case "soft2":
				shell.open(new DialScreen(shell));
				return;
			case "soft3":
			case "transfer":
				shell.open(new TransferScreen(shell));
				return;
			case "soft4":
			case "cancel":
				shell.back();
				return;
			case "hook":
				shell.back();
				shell.phone.hangup();
				return;
			default:
		}
	}
}

/** By line. */
function callsOf({ state }: View): readonly CallState[] {
	return state.calls.filter((call) => call.state !== "ended").sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
