/** What becomes of callers: not to be disturbed, and where they are sent. The phone keeps it. */
import type { PhoneState } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { TextEntry } from "ui/text-entry";
import { GRID } from "ui/theme";
import { entryBox, header, letterHint, listRow, paragraph } from "ui/widgets";
import { addressText } from "ui/wording";
import { failure } from "./message";

const TOP = 40;
const MAX_LENGTH = 96;
const ROWS = 4;

const FORWARDS = Object.freeze(["always", "busy", "noAnswer"] as const);
type When = (typeof FORWARDS)[number];

export class ServicesScreen implements Screen {
	readonly name = "services";
	readonly #shell: Shell;
	readonly #parent: Screen;
	readonly #selection = new Selection(ROWS);

	constructor(shell: Shell, parent: Screen) {
		this.#shell = shell;
		this.#parent = parent;
	}

	softKeys({ state }: View): SoftKeys {
		const when = FORWARDS[this.#selection.selected - 1];
		return [
			soft(TEXT.calls.soft.change, "primary"),
			when !== undefined && state.forward?.[when] !== undefined ? soft(TEXT.calls.soft.off) : undefined,
			undefined,
			soft(TEXT.soft.back),
		];
	}

	regions(view: View): readonly Region[] {
		const { services } = TEXT.calls;
		const { selected } = this.#selection;
		const { doNotDisturb } = view.state;
		return [
			header(services.title, view.clock ?? "", "phone-forwarded"),
			listRow(
				{
					icon: "bell-off",
					title: services.doNotDisturb,
					detail: doNotDisturb ? services.on : services.off,
					selected: selected === 0,
				},
				TOP,
			),
			...FORWARDS.map((when, index) =>
				listRow(
					{
						icon: "phone-forwarded",
						title: services[when],
						detail: targetOf(view.state, when) ?? services.off,
						selected: selected === index + 1,
					},
					TOP + (index + 1) * GRID.rowHeight,
				),
			),
		];
	}

	key(name: string, { state }: View): void {
		const shell = this.#shell;
		const { selected } = this.#selection;
		const when = FORWARDS[selected - 1];
		switch (name) {
			case "up":
			case "down":
				this.#selection.select(selected + (name === "up" ? -1 : 1), ROWS);
				return;
			case "soft1":
			case "ok":
				if (when === undefined) shell.phone.setDoNotDisturb(state.doNotDisturb !== true);
				else shell.open(new ForwardScreen(shell, when, state.forward?.[when] ?? "", this));
				return;
			case "soft2":
				if (when !== undefined) shell.phone.forward(when, undefined);
				return;
			case "soft4":
			case "cancel":
				shell.open(this.#parent);
				return;
			case "hook":
				shell.back();
				return;
			default:
		}
	}
}

function targetOf({ forward }: PhoneState, when: When): string | undefined {
	const target = forward?.[when];
	if (target === undefined) return undefined;
	const seconds = when === "noAnswer" && forward ? ` · ${forward.noAnswerSec} s` : "";
	return `${addressText(target)}${seconds}`;
}

/** Where calls are sent; an empty address keeps them here. */
class ForwardScreen implements Screen {
	readonly name = "forward";
	readonly #shell: Shell;
	readonly #when: When;
	readonly #parent: Screen;
	readonly #entry: TextEntry;

	constructor(shell: Shell, when: When, target: string, parent: Screen) {
		this.#shell = shell;
		this.#when = when;
		this.#parent = parent;
		this.#entry = new TextEntry({ text: target, mode: "123", maxLength: MAX_LENGTH });
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
		const { services } = TEXT.calls;
		return [
			header(`${services[this.#when]}: ${services.to}`, view.clock ?? "", "phone-forwarded"),
			entryBox(this.#entry.text, TEXT.dialHint, this.#entry.mode, 52, { large: true, typing: true }),
			paragraph(services.hint, 114, 1, "muted", "small"),
			...(this.#entry.mode === "123" ? [] : [letterHint(182)]),
		];
	}

	key(name: string, { now }: View): void {
		const shell = this.#shell;
		if (this.#entry.key(name, now)) return;
		if (name === "soft1" || name === "ok") {
			const refusal = shell.phone.forward(this.#when, this.#entry.text);
			shell.open(refusal === undefined ? this.#parent : failure(shell, refusal, this.#parent));
		} else if (name === "soft2") this.#entry.switchMode();
		else if (name === "soft3") this.#entry.delete();
		else if (name === "soft4" || name === "cancel") shell.open(this.#parent);
		else if (name === "hook") shell.back();
	}
}
