/** The calls of this phone since it started, the latest first; the missed ones stand out. */
import type { RecentCall } from "call/recent";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, listRow, paragraph, scrollBar } from "ui/widgets";
import { addressText, agoText } from "ui/wording";

const TOP = 40;
const VISIBLE = 4;

export class RecentScreen implements Screen {
	readonly name = "recent";
	readonly #shell: Shell;
	readonly #selection = new Selection(VISIBLE);

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		const some = this.#shell.phone.recent.length > 0;
		return [some ? soft(TEXT.soft.call, "primary") : undefined, undefined, undefined, soft(TEXT.soft.back)];
	}

	regions(view: View): readonly Region[] {
		const { recent } = this.#shell.phone;
		const { first, selected } = this.#selection;
		const top = header(TEXT.calls.recentTitle, view.clock ?? "", "phone-missed");
		if (recent.length === 0) return [top, paragraph(TEXT.calls.recentEmpty, 110, 1, "muted")];
		return [
			top,
			...recent.slice(first, first + VISIBLE).map((call, index) =>
				listRow(
					{
						icon: iconOf(call),
						title: call.name === "" ? addressText(call.peer) : call.name,
						detail: `${doneOf(call)} · ${agoText((view.now - call.at) / 1000)}`,
						selected: first + index === selected,
					},
					TOP + index * GRID.rowHeight,
				),
			),
			scrollBar(first, VISIBLE, recent.length, TOP, VISIBLE * GRID.rowHeight),
		];
	}

	key(name: string): void {
		const shell = this.#shell;
		const { recent } = shell.phone;
		const { selected } = this.#selection;
		switch (name) {
			case "up":
			case "down":
				this.#selection.select(selected + (name === "up" ? -1 : 1), recent.length);
				return;
			case "soft1":
			case "ok": {
				const call = recent[selected];
				if (!call) return;
				shell.back();
				shell.phone.dial(call.peer);
				return;
			}
			case "soft4":
			case "cancel":
			case "hook":
				shell.back();
				return;
			default:
		}
	}
}

function iconOf({ direction, missed }: RecentCall): "phone-missed" | "phone-incoming" | "phone-outgoing" {
	if (missed) return "phone-missed";
	return direction === "incoming" ? "phone-incoming" : "phone-outgoing";
}

function doneOf({ direction, missed }: RecentCall): string {
	if (missed) return TEXT.calls.recentMissed;
	return direction === "incoming" ? TEXT.calls.recentIn : TEXT.calls.recentOut;
}
