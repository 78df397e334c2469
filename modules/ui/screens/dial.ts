/** Entry of whom to call: a number, a name or an address. */
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { TextEntry } from "ui/text-entry";
import { GRID } from "ui/theme";
import { entryBox, header, letterHint, listRow } from "ui/widgets";
import { callStrip, STRIP_HEIGHT } from "ui/widgets-calls";
import { addressText } from "ui/wording";

const MAX_LENGTH = 96;
const MATCHES = 2;

export class DialScreen implements Screen {
	readonly name = "dial";
	readonly #shell: Shell;
	readonly #entry = new TextEntry({ mode: "123", maxLength: MAX_LENGTH });

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		const empty = this.#entry.text === "";
		return [
			empty ? undefined : soft(TEXT.soft.call, "primary"),
			soft(this.#entry.nextMode),
			empty ? undefined : soft(TEXT.soft.delete),
			soft(TEXT.soft.back),
		];
	}

	regions(view: View): readonly Region[] {
		// The call that goes on meanwhile stays in sight, with its lock.
		const others = view.state.calls.filter(({ state }) => state !== "ended");
		const running = view.call?.state === "ended" ? undefined : view.call;
		return [
			header(TEXT.dialTitle, view.clock ?? "", "grip"),
			entryBox(this.#entry.text, TEXT.dialHint, this.#entry.mode, 44, { large: true, typing: true }),
			...this.#matches(running ? 1 : MATCHES).map((peer, index) =>
				listRow({ icon: "user", title: peer.name, detail: addressText(peer.uri), selected: false }, 104 + index * 36),
			),
			...(this.#entry.mode === "123" ? [] : [letterHint(running ? 146 : 182)]),
			...(running ? [callStrip(running, others.length - 1, GRID.softTop - STRIP_HEIGHT - 3)] : []),
		];
	}

	key(name: string, { now }: View): void {
		if (this.#entry.key(name, now)) return;
		switch (name) {
			case "soft1":
			case "ok":
			case "hook":
				this.#dial();
				return;
			case "soft2":
				this.#entry.switchMode();
				return;
			case "soft3":
				this.#entry.delete();
				return;
			case "soft4":
			case "cancel":
				this.#shell.back();
				return;
			default:
		}
	}

	#dial(): void {
		const text = this.#entry.text.trim();
		if (text === "") return;
		const peer = this.#shell.peers.find((it) => it.name.toLowerCase() === text.toLowerCase());
		this.#shell.back();
		this.#shell.phone.dial(peer?.uri ?? text);
	}

	/** Peers whose name or address begins so. */
	#matches(most: number): readonly { name: string; uri: string }[] {
		const start = this.#entry.text.trim().toLowerCase();
		if (start === "") return [];
		return this.#shell.peers
			.filter(
				(peer) => peer.name.toLowerCase().startsWith(start) || addressText(peer.uri).toLowerCase().startsWith(start),
			)
			.slice(0, most);
	}
}
