/** The phone at rest: who it is, whether it is registered, and the peers to call. */
import type { PhoneState } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, keyOf, listRow, paragraph, scrollBar } from "ui/widgets";
import { addressText } from "ui/wording";
import { DialScreen } from "./dial";
import { InfoScreen } from "./info";
import { LogScreen } from "./log";

const LIST_TOP = 92;
const VISIBLE = 3;

export class HomeScreen implements Screen {
	readonly name = "home";
	readonly #shell: Shell;
	#selected = 0;
	#first = 0;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		return [
			this.#shell.peers.length > 0 ? soft(TEXT.soft.call, "primary") : undefined,
			soft(TEXT.soft.dial),
			soft(TEXT.soft.log),
			soft(TEXT.soft.info),
		];
	}

	regions(view: View): readonly Region[] {
		const { peers } = this.#shell;
		const { notice, ...quiet } = view.state;
		const first = header(TEXT.product, view.clock ?? "", "phone");
		if (peers.length === 0)
			return [
				first,
				identity(quiet),
				notice === undefined ? paragraph(TEXT.homeHint, 130, 2, "muted") : paragraph(notice, 104, 4, "amber"),
			];
		const top = [first, identity(view.state)];
		const rows = peers.slice(this.#first, this.#first + VISIBLE).map((peer, index) =>
			listRow(
				{
					icon: "user",
					title: peer.name,
					detail: addressText(peer.uri),
					selected: this.#first + index === this.#selected,
				},
				LIST_TOP + index * GRID.rowHeight,
			),
		);
		return peers.length > VISIBLE
			? [...top, ...rows, scrollBar(this.#first, VISIBLE, peers.length, LIST_TOP, VISIBLE * GRID.rowHeight)]
			: [...top, ...rows];
	}

	key(name: string, view: View): void {
		const shell = this.#shell;
		const last = shell.peers.length - 1;
		switch (name) {
			case "up":
				this.#select(Math.max(0, this.#selected - 1));
				return;
			case "down":
				this.#select(Math.min(last, this.#selected + 1));
				return;
			case "ok":
			case "soft1": {
				const peer = shell.peers[this.#selected];
				if (peer) shell.phone.dial(peer.uri);
				return;
			}
			case "soft2":
			case "hook":
				shell.open(new DialScreen(shell));
				return;
			case "soft3":
				shell.open(new LogScreen(shell));
				return;
			case "soft4":
				shell.open(new InfoScreen(shell));
				return;
			default:
				if (name.startsWith("line")) shell.open(new DialScreen(shell));
				else if (/^[0-9*#]$/.test(name)) {
					const dial = new DialScreen(shell);
					shell.open(dial);
					dial.key(name, view);
				}
		}
	}

	#select(index: number): void {
		this.#selected = Math.max(0, index);
		if (this.#selected < this.#first) this.#first = this.#selected;
		if (this.#selected >= this.#first + VISIBLE) this.#first = this.#selected - VISIBLE + 1;
	}
}

/** Name and registration; a notice of the phone stands in place of the registration. */
function identity(state: PhoneState): Region {
	const account = state.registered[0];
	const ok = account?.ok === true;
	const status = account
		? ok
			? `${TEXT.registered} · ${addressText(account.aor)}`
			: `${TEXT.unregistered}${account.reason === undefined ? "" : `: ${account.reason}`}`
		: TEXT.noAccount;
	const line = state.notice ?? status;
	const calm = ok || account === undefined;
	return {
		x: 0,
		y: GRID.headerHeight,
		width: GRID.width,
		height: LIST_TOP - GRID.headerHeight,
		key: keyOf("identity", state.name, state.notice, line, ok, calm),
		draw(canvas) {
			const inner = GRID.width - 2 * GRID.margin;
			if (state.notice !== undefined) {
				canvas.text(state.name, "title", "white", GRID.margin, 31, inner);
				canvas.icon("triangle-alert", 16, "amber", GRID.margin, 59);
				canvas.wrap(line, "small", inner - 22, 2).forEach((part, index) => {
					canvas.text(part, "small", "amber", GRID.margin + 22, 58 + index * 16, inner - 22);
				});
				return;
			}
			canvas.text(state.name, "large", "white", GRID.margin, 32, inner);
			if (calm && ok) canvas.icon("circle-check", 16, "good", GRID.margin, 68);
			else if (calm) canvas.icon("circle-alert", 16, "muted", GRID.margin, 68);
			else canvas.icon("triangle-alert", 16, "amber", GRID.margin, 68);
			canvas.text(line, "small", calm ? "muted" : "amber", GRID.margin + 22, 67, inner - 22);
		},
	};
}
