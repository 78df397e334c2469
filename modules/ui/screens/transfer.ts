/**
 * Whom the other party of the call is to be connected with: somebody who waits on hold, somebody on the owner's list,
 * or an address that is typed. Connect does it at once; Ask first calls there before, and the other party waits.
 */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { TextEntry } from "ui/text-entry";
import { GRID } from "ui/theme";
import { entryBox, header, listRow } from "ui/widgets";
import { doingIcon, doingOf } from "ui/widgets-calls";
import { addressText, titleOf } from "ui/wording";

const MAX_LENGTH = 96;
const ENTRY_TOP = 38;
const LIST_TOP = 78;
const VISIBLE = 3;

type Choice =
	| { readonly type: "call"; readonly call: CallState }
	| { readonly type: "peer"; readonly name: string; readonly uri: string };

export class TransferScreen implements Screen {
	readonly name = "transfer";
	readonly #shell: Shell;
	readonly #entry = new TextEntry({ mode: "123", maxLength: MAX_LENGTH });
	readonly #selection = new Selection(VISIBLE);
	/** The owner has chosen from the list since a key was typed: before, what is typed stands for itself. */
	#picked = true;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(view: View): SoftKeys {
		const choice = this.#choice(view);
		const typed = this.#entry.text !== "";
		const { soft: words } = TEXT.calls;
		return [
			choice || typed ? soft(words.send, "primary") : undefined,
			choice?.type === "peer" || (typed && !choice) ? soft(words.askFirst) : undefined,
			soft(this.#entry.nextMode),
			soft(typed ? TEXT.soft.delete : TEXT.soft.back),
		];
	}

	regions(view: View): readonly Region[] {
		const { connect, connectWith } = TEXT.calls;
		const title = view.call ? `${connect} ${titleOf(view.call)} ${connectWith}` : connect;
		const { first, selected } = this.#selection;
		return [
			header(title, view.clock ?? "", "phone-forwarded"),
			entryBox(this.#entry.text, TEXT.calls.transferHint, this.#entry.mode, ENTRY_TOP, { large: false, typing: true }),
			...this.#choices(view)
				.slice(first, first + VISIBLE)
				.map((choice, index) =>
					listRow(
						choice.type === "call"
							? {
									icon: doingIcon(choice.call),
									title: titleOf(choice.call),
									detail: doingOf(choice.call),
									selected: this.#picked && first + index === selected,
								}
							: {
									icon: "user",
									title: choice.name,
									detail: addressText(choice.uri),
									selected: this.#picked && first + index === selected,
								},
						LIST_TOP + index * GRID.rowHeight,
					),
				),
		];
	}

	key(name: string, view: View): void {
		const shell = this.#shell;
		if (this.#entry.key(name, view.now)) {
			this.#selection.select(0, this.#choices(view).length);
			this.#picked = false;
			return;
		}
		const choices = this.#choices(view);
		const { selected } = this.#selection;
		switch (name) {
			case "up":
			case "down":
				if (this.#picked) this.#selection.select(selected + (name === "up" ? -1 : 1), choices.length);
				this.#picked = true;
				return;
			case "soft1":
			case "ok":
			case "transfer":
				this.#send(view);
				return;
			case "soft2": {
				const target = this.#target(view);
				if (target === undefined) return;
				shell.back();
				shell.phone.dial(target);
				return;
			}
			case "soft3":
				this.#entry.switchMode();
				return;
			case "soft4":
			case "cancel":
				if (this.#entry.text === "") shell.back();
				else this.#entry.delete();
				this.#picked = this.#entry.text === "";
				return;
			case "hook":
				shell.back();
				return;
			default:
		}
	}

	#send(view: View): void {
		const { phone } = this.#shell;
		const choice = this.#choice(view);
		const target = this.#target(view);
		if (!choice && target === undefined) return;
		this.#shell.back();
		const refusal = choice?.type === "call" ? phone.connectOthers() : phone.transfer(target ?? "");
		if (refusal !== undefined) this.#shell.remark(refusal);
	}

	/** An address; undefined: none is meant. */
	#target(view: View): string | undefined {
		const choice = this.#choice(view);
		if (choice) return choice.type === "peer" ? choice.uri : undefined;
		const typed = this.#entry.text.trim();
		return typed === "" ? undefined : typed;
	}

	#choice(view: View): Choice | undefined {
		return this.#picked ? this.#choices(view)[this.#selection.selected] : undefined;
	}

	/** Who waits first; then the list, or those of it that begin with what is typed. */
	#choices(view: View): readonly Choice[] {
		const typed = this.#entry.text.trim().toLowerCase();
		const begins = (text: string): boolean => text.toLowerCase().startsWith(typed);
		const waiting = view.state.calls.filter((call) => call.id !== view.call?.id && call.state === "held").slice(0, 1);
		const peers = this.#shell.peers.filter(
			({ name, uri }) => uri !== view.call?.peer && (begins(name) || begins(addressText(uri))),
		);
		return [
			...(typed === "" ? waiting : []).map((call) => ({ type: "call", call }) as const),
			...peers.map(({ name, uri }) => ({ type: "peer", name, uri }) as const),
		];
	}
}
