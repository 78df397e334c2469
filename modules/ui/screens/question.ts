/**
 * The SAS question (RFC 6189 section 7): the two people read the words to each other and say whether they are the same.
 * A name given here is what the peer is called from now on.
 */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { TextEntry } from "ui/text-entry";
import { type ColorName, GRID } from "ui/theme";
import { entryBox, keyOf, letterHint, paragraph, sasTiles } from "ui/widgets";
import { peerNameOf } from "ui/wording";

const MAX_NAME_LENGTH = 32;
const INNER = GRID.width - 2 * GRID.margin;

export class QuestionScreen implements Screen {
	readonly name = "question";
	readonly #shell: Shell;
	readonly callId: number;
	/** The words that it asks about; other ones are another question, whoever was named here. */
	readonly sas: string | undefined;
	readonly #entry: TextEntry;
	readonly #deafUntil: number;
	#naming = false;

	/** @param deafUntil keys do nothing before, so that one meant for the screen that was here cannot answer this one */
	constructor(shell: Shell, call: CallState, deafUntil = Number.NEGATIVE_INFINITY) {
		this.#deafUntil = deafUntil;
		this.#shell = shell;
		this.callId = call.id;
		this.sas = call.sas;
		this.#entry = new TextEntry({ text: cut(peerNameOf(call) ?? ""), mode: "abc", maxLength: MAX_NAME_LENGTH });
	}

	softKeys(): SoftKeys {
		if (this.#naming)
			return [soft(TEXT.soft.done, "primary"), soft(this.#entry.nextMode), soft(TEXT.soft.delete), undefined];
		return [
			soft(TEXT.soft.match, "primary"),
			soft(TEXT.soft.noMatch, "danger"),
			soft(TEXT.soft.later),
			soft(TEXT.soft.name),
		];
	}

	regions({ call }: View): readonly Region[] {
		if (!call || call.sas === undefined || call.sasType === undefined) return [];
		const loud = call.lock === "warning";
		return [
			title(loud),
			paragraph(
				loud && call.notice !== undefined ? call.notice : TEXT.questionHelp,
				38,
				loud ? 3 : 1,
				loud ? "text" : "muted",
				"small",
			),
			sasTiles(call.sas, call.sasType, loud ? 95 : 62),
			entryBox(this.#entry.text, TEXT.nameHint, this.#naming ? this.#entry.mode : TEXT.nameOfPeer, loud ? 167 : 138, {
				large: false,
				typing: this.#naming,
			}),
			...(loud ? [] : [this.#naming ? letterHint(179) : memory(call)]),
		];
	}

	key(name: string, { call, now }: View): void {
		if (this.#naming) this.#nameKey(name, now);
		else if (call && (now >= this.#deafUntil || name === "hook")) this.#answerKey(name);
	}

	#nameKey(name: string, now: number): void {
		if (this.#entry.key(name, now)) return;
		if (name === "soft1" || name === "ok" || name === "cancel") this.#naming = false;
		else if (name === "soft2") this.#entry.switchMode();
		else if (name === "soft3") this.#entry.delete();
	}

	#answerKey(name: string): void {
		const { phone } = this.#shell;
		switch (name) {
			case "soft1": {
				const called = this.#entry.text.trim();
				this.#shell.back();
				if (called === "") phone.verify(true, undefined, this.callId);
				else phone.verify(true, called, this.callId);
				return;
			}
			case "soft2":
				this.#shell.back();
				phone.verify(false, undefined, this.callId);
				return;
			case "soft3":
			case "cancel":
				this.#shell.back();
				return;
			case "soft4":
				this.#naming = true;
				return;
			case "hook":
				phone.hangup(this.callId);
				return;
			default:
		}
	}
}

function title(loud: boolean): Region {
	return {
		x: 0,
		y: 0,
		width: GRID.width,
		height: 34,
		key: keyOf("question", loud),
		draw(canvas) {
			if (!loud) {
				canvas.text(TEXT.question, "title", "white", GRID.margin, 4, INNER, "center");
				return;
			}
			canvas.fill("alarm", 0, 0, GRID.width, 34);
			canvas.icon("triangle-alert", 24, "white", GRID.margin, 5);
			canvas.text(`${TEXT.lock.warning} · ${TEXT.question}`, "body", "white", 46, 6, GRID.width - 46 - GRID.margin);
		},
	};
}

/** New, the same as before, or not: three different things. */
function memory(call: CallState): Region {
	const colors: Readonly<Record<CallState["retained"], ColorName>> = {
		none: "muted",
		match: "good",
		mismatch: "danger",
	};
	return paragraph(TEXT.retained[call.retained], 179, 1, colors[call.retained], "small");
}

function cut(name: string): string {
	return [...name].slice(0, MAX_NAME_LENGTH).join("");
}
