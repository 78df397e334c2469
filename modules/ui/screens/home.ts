/** The phone at rest: who it is, whether it is registered, and the peers to call. */
import type { Lamp, PhoneState } from "call/state";
import type { Region } from "ui/canvas";
import { type Peer, type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { type ColorName, GRID } from "ui/theme";
import { header, keyOf, listRow, paragraph, type RowLook, scrollBar } from "ui/widgets";
import { addressText } from "ui/wording";
import { DialScreen } from "./dial";
import { InfoScreen } from "./info";
import { LogScreen } from "./log";
import { RecentScreen } from "./recent";

const LIST_TOP = 92;
const VISIBLE = 3;

/** One line of the list: what waits for the owner first, then the people. */
interface Row {
	/** It stays selected when others come or go above it. */
	readonly id: string;
	readonly look: Omit<RowLook, "selected">;
	readonly label: string;
	act(shell: Shell): string | undefined;
}

export class HomeScreen implements Screen {
	readonly name = "home";
	readonly #shell: Shell;
	readonly #selection = new Selection(VISIBLE);
	/** The row that is selected; undefined: none has been seen yet. */
	#at: string | undefined;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(view: View): SoftKeys {
		const row = this.#rows(view)[this.#selection.selected];
		return [
			row ? soft(row.label, "primary") : undefined,
			soft(TEXT.soft.dial),
			soft(TEXT.soft.log),
			soft(TEXT.soft.info),
		];
	}

	regions(view: View): readonly Region[] {
		const rows = this.#rows(view);
		const { notice, ...quiet } = view.state;
		const head = header(TEXT.product, view.clock ?? "", "phone");
		if (rows.length === 0)
			return [
				head,
				identity(quiet),
				notice === undefined ? paragraph(TEXT.homeHint, 130, 2, "muted") : paragraph(notice, 104, 4, "amber"),
			];
		const { first, selected } = this.#selection;
		const shown = rows
			.slice(first, first + VISIBLE)
			.map(({ look }, index) =>
				listRow({ ...look, selected: first + index === selected }, LIST_TOP + index * GRID.rowHeight),
			);
		const top = [head, identity(view.state)];
		return rows.length > VISIBLE
			? [...top, ...shown, scrollBar(first, VISIBLE, rows.length, LIST_TOP, VISIBLE * GRID.rowHeight)]
			: [...top, ...shown];
	}

	key(name: string, view: View): void {
		const shell = this.#shell;
		const rows = this.#rows(view);
		const { selected } = this.#selection;
		switch (name) {
			case "up":
			case "down":
				this.#selection.select(selected + (name === "up" ? -1 : 1), rows.length);
				this.#at = rows[this.#selection.selected]?.id;
				return;
			case "ok":
			case "soft1": {
				const refusal = rows[selected]?.act(shell);
				if (refusal !== undefined) shell.remark(refusal);
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

	#rows({ state }: View): readonly Row[] {
		const peers = this.#shell.peers.map((peer) => peerRow(peer, state));
		const rows = [...messageRows(state), ...missedRows(state), ...peers];
		const at = rows.findIndex(({ id }) => id === this.#at);
		this.#selection.select(at < 0 ? this.#selection.selected : at, rows.length);
		this.#at = rows[this.#selection.selected]?.id;
		return rows;
	}
}

function messageRows({ messages, mailbox }: PhoneState): readonly Row[] {
	if (!messages?.waiting) return [];
	const { calls, soft: words } = TEXT;
	const { fresh } = messages;
	const title =
		fresh === 0 ? calls.messages.none : `${fresh} ${fresh === 1 ? calls.messages.one : calls.messages.many}`;
	return [
		{
			id: "messages",
			look: { icon: "voicemail", title, color: "amber" },
			label: words.call,
			act: (shell) => {
				if (mailbox === undefined) return calls.noMailbox;
				shell.phone.dial(mailbox);
				return undefined;
			},
		},
	];
}

function missedRows({ missed = 0 }: PhoneState): readonly Row[] {
	if (missed === 0) return [];
	const { missed: words } = TEXT.calls;
	return [
		{
			id: "missed",
			look: { icon: "phone-missed", title: `${missed} ${missed === 1 ? words.one : words.many}`, color: "amber" },
			label: TEXT.soft.open,
			act: (shell) => {
				shell.open(new RecentScreen(shell));
				shell.phone.seen();
				return undefined;
			},
		},
	];
}

const LAMPS: Readonly<Record<Lamp["state"], ColorName | undefined>> = Object.freeze({
	unknown: undefined,
	idle: "good",
	ringing: "amber",
	busy: "danger",
});

/** Somebody to call; where the server tells it, whether they are talking, and a call that rings there can be taken. */
function peerRow({ name, uri }: Peer, { lamps }: PhoneState): Row {
	const lamp = lamps?.find((each) => each.uri === uri)?.state ?? "unknown";
	const color = LAMPS[lamp];
	const { calls, soft: words } = TEXT;
	return {
		id: uri,
		look: {
			icon: "user",
			title: name,
			detail: lamp === "unknown" ? addressText(uri) : calls.lamp[lamp],
			...(color !== undefined && { color }),
		},
		label: lamp === "ringing" ? calls.soft.pickUp : words.call,
		act: ({ phone }) => {
			if (lamp === "ringing") return phone.pickUp(uri);
			phone.dial(uri);
			return undefined;
		},
	};
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
	const always = state.forward?.always;
	const service = state.doNotDisturb
		? TEXT.calls.doNotDisturb
		: always === undefined
			? undefined
			: `${TEXT.calls.callsGoTo} ${addressText(always)}`;
	const line = state.notice ?? service ?? status;
	const calm = ok || account === undefined;
	return {
		x: 0,
		y: GRID.headerHeight,
		width: GRID.width,
		height: LIST_TOP - GRID.headerHeight,
		key: keyOf("identity", state.name, state.notice, line, ok, calm, state.doNotDisturb),
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
			if (service !== undefined) {
				canvas.icon(state.doNotDisturb ? "bell-off" : "phone-forwarded", 16, "amber", GRID.margin, 68);
				canvas.text(line, "small", "amber", GRID.margin + 22, 67, inner - 22);
				return;
			}
			if (calm && ok) canvas.icon("circle-check", 16, "good", GRID.margin, 68);
			else if (calm) canvas.icon("circle-alert", 16, "muted", GRID.margin, 68);
			else canvas.icon("triangle-alert", 16, "amber", GRID.margin, 68);
			canvas.text(line, "small", calm ? "muted" : "amber", GRID.margin + 22, 67, inner - 22);
		},
	};
}
