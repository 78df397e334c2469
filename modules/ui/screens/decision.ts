/**
 * What the owner is asked in a call (call/questions.ts): whether a PBX may be trusted, and whether to go on where there is
 * no encryption any more. No answer is no: whoever leaves this screen has changed nothing.
 */
import type { CallState, Question } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { keyOf } from "ui/widgets";

const INNER = GRID.width - 2 * GRID.margin;
const TEXT_TOP = 92;
const LINE_PITCH = 22;
const LINES = 5;

export class DecisionScreen implements Screen {
	readonly name = "decision";
	/** The question that it shows; another one, or of somebody else, is another screen. */
	readonly about: Question["about"];
	readonly text: string;
	readonly #shell: Shell;
	readonly callId: number;
	readonly #deafUntil: number;

	/** @param deafUntil keys do nothing before: they may have been meant for the screen that was here */
	constructor(shell: Shell, call: CallState, question: Question, deafUntil = Number.NEGATIVE_INFINITY) {
		this.#shell = shell;
		this.callId = call.id;
		this.about = question.about;
		this.text = question.text;
		this.#deafUntil = deafUntil;
	}

	softKeys({ call }: View): SoftKeys {
		if (this.about === "enrollment")
			return [soft(TEXT.soft.trust, "primary"), soft(TEXT.soft.refuse), undefined, soft(TEXT.soft.later)];
		return [
			soft(TEXT.soft.hangUp, "danger"),
			call?.clear === "done" ? soft(TEXT.soft.encrypt, "primary") : undefined,
			soft(TEXT.soft.goOn),
			soft(TEXT.soft.later),
		];
	}

	regions(): readonly Region[] {
		const { text } = this;
		const title = TEXT.decision[this.about];
		const loud = this.about !== "enrollment";
		return [
			{
				x: 0,
				y: 0,
				width: GRID.width,
				height: GRID.softTop,
				key: keyOf("decision", title, text, loud),
				draw(canvas) {
					if (loud) canvas.fill("alarm", 0, 0, GRID.width, GRID.softTop);
					canvas.largeIcon(loud ? "triangle-alert" : "router", loud ? "white" : "violet", 136, 4);
					canvas.text(title, "title", "white", GRID.margin, 56, INNER, "center");
					canvas.wrap(text, "body", INNER, LINES).forEach((line, index) => {
						canvas.text(line, "body", "white", GRID.margin, TEXT_TOP + index * LINE_PITCH, INNER, "center");
					});
				},
			},
		];
	}

	/** "ok" does nothing: it is what is pressed without reading. */
	key(name: string, { call, now }: View): void {
		const { phone } = this.#shell;
		if (name === "hook") phone.hangup(this.callId);
		else if (now < this.#deafUntil) return;
		else if (name === "soft4" || name === "cancel") this.#shell.back();
		else if (this.about === "enrollment") {
			if (name !== "soft1" && name !== "soft2") return;
			this.#shell.back();
			phone.decide(this.about, name === "soft1", this.callId);
		} else if (name === "soft1") phone.hangup(this.callId);
		else if (name === "soft2" && call?.clear === "done") {
			this.#shell.back();
			phone.encrypt(true, this.callId);
		} else if (name === "soft3") {
			this.#shell.back();
			phone.decide(this.about, true, this.callId);
		}
	}
}
