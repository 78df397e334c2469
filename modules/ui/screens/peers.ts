/**
 * The phones met in secure calls, last seen first. Up and down go by one, "*" and "#" by a page, and a digit key to the
 * next name that begins with one of its letters.
 */
import type { Region } from "ui/canvas";
import { lettersOf } from "ui/key-letters";
import { type KnownPhone, type Screen, type Shell, type SoftKeys, soft } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, keyOf, paragraph, scrollBar } from "ui/widgets";
import { momentText, nameOf } from "ui/wording";
import { PeerScreen } from "./peer";
import { PeersMenuScreen } from "./peers-menu";

const TOP = 35;
const PITCH = 42;
const VISIBLE = 4;

export class PeersScreen implements Screen {
	readonly name = "peers";
	readonly #shell: Shell;
	readonly #parent: Screen;
	readonly #selection = new Selection(VISIBLE);
	#phones: readonly KnownPhone[] = [];
	#revision: string | undefined;

	constructor(shell: Shell, parent: Screen) {
		this.#shell = shell;
		this.#parent = parent;
	}

	softKeys(): SoftKeys {
		const any = this.#list().length > 0;
		return [any ? soft(TEXT.soft.open, "primary") : undefined, undefined, soft(TEXT.soft.menu), soft(TEXT.soft.back)];
	}

	regions(): readonly Region[] {
		const phones = this.#list();
		const top = header(TEXT.known.title, phones.length === 0 ? "" : String(phones.length), "shield-check");
		if (phones.length === 0) return [top, paragraph(TEXT.known.empty, 90, 3, "muted")];
		const { first, selected } = this.#selection;
		const { nowSec } = this.#shell.known;
		return [
			top,
			...phones
				.slice(first, first + VISIBLE)
				.map((phone, index) => row(phone, nowSec, first + index === selected, TOP + index * PITCH)),
			scrollBar(first, VISIBLE, phones.length, TOP, VISIBLE * PITCH),
		];
	}

	key(name: string): void {
		const phones = this.#list();
		const { selected } = this.#selection;
		const step = STEPS[name];
		if (step !== undefined) this.#selection.select(selected + step, phones.length);
		else if (/^[0-9]$/.test(name)) this.#jump(name, phones);
		else if (name === "soft1" || name === "ok") {
			const phone = phones[selected];
			if (phone) this.#shell.open(new PeerScreen(this.#shell, phone, this));
		} else if (name === "soft3") this.#shell.open(new PeersMenuScreen(this.#shell, this));
		else if (name === "soft4" || name === "cancel") this.#shell.open(this.#parent);
		else if (name === "hook") this.#shell.back();
	}

	#jump(digit: string, phones: readonly KnownPhone[]): void {
		const letters = lettersOf(digit);
		for (let step = 1; step <= phones.length; step += 1) {
			const index = (this.#selection.selected + step) % phones.length;
			const phone = phones[index];
			const initial = phone?.name?.trim().slice(0, 1).toLowerCase() ?? "";
			if (initial === "" || !letters.includes(initial)) continue;
			this.#selection.select(index, phones.length);
			return;
		}
	}

	/** Read again only when something has changed; the selected phone stays selected, wherever it stands now. */
	#list(): readonly KnownPhone[] {
		const { known } = this.#shell;
		if (this.#revision === known.revision) return this.#phones;
		this.#revision = known.revision;
		const zid = this.#phones[this.#selection.selected]?.zid;
		this.#phones = known.list();
		const found = this.#phones.findIndex((phone) => phone.zid === zid);
		this.#selection.select(found < 0 ? this.#selection.selected : found, this.#phones.length);
		return this.#phones;
	}
}

const STEPS: Readonly<Record<string, number>> = Object.freeze({ up: -1, down: 1, "*": -VISIBLE, "#": VISIBLE });

/** The name, and under it how far the phone is trusted and when it was met. */
function row(phone: KnownPhone, nowSec: number | undefined, selected: boolean, y: number): Region {
	const name = nameOf(phone);
	const named = phone.name !== undefined;
	const trust = phone.verified ? TEXT.known.verified : TEXT.known.unverified;
	const seen = phone.lastSeenSec === undefined ? "" : momentText(phone.lastSeenSec, nowSec);
	return {
		x: 0,
		y,
		width: GRID.width - 6,
		height: PITCH,
		key: keyOf("phone", name, named, trust, seen, selected, y),
		draw(canvas) {
			if (selected) {
				canvas.box("raised", 6, y + 1, GRID.width - 14, PITCH - 2, 8);
				canvas.fill("accent", 6, y + 10, 3, PITCH - 20);
			}
			if (phone.verified) canvas.icon("shield-check", 24, "good", 18, y + 9);
			else canvas.icon("user", 24, selected ? "text" : "muted", 18, y + 9);
			const left = 54;
			const width = GRID.width - 18 - left;
			canvas.text(name, "body", named ? "text" : "muted", left, y + 3, width);
			const used = canvas.text(trust, "small", phone.verified ? "good" : "muted", left, y + 22, width);
			if (seen !== "") canvas.text(seen, "small", "muted", left + used + 12, y + 22, width - used - 12, "right");
		},
	};
}
