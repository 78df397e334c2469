/** Something is wrong with the call's security and there are no words to compare: say it loudly, once. */
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { keyOf } from "ui/widgets";

const INNER = GRID.width - 2 * GRID.margin;

export class WarningScreen implements Screen {
	readonly name = "warning";
	readonly #shell: Shell;
	readonly callId: number;
	readonly #deafUntil: number;

	/** @param deafUntil soft keys do nothing before: they may have been meant for the screen that was here */
	constructor(shell: Shell, callId: number, deafUntil: number) {
		this.#shell = shell;
		this.callId = callId;
		this.#deafUntil = deafUntil;
	}

	softKeys(): SoftKeys {
		return [soft(TEXT.soft.hangUp, "danger"), undefined, undefined, soft(TEXT.soft.continue)];
	}

	regions({ call }: View): readonly Region[] {
		const notice = call?.notice ?? TEXT.lockMeaning.warning;
		return [
			{
				x: 0,
				y: 0,
				width: GRID.width,
				height: GRID.softTop,
				key: keyOf("warning", notice),
				draw(canvas) {
					canvas.fill("alarm", 0, 0, GRID.width, GRID.softTop);
					canvas.largeIcon("triangle-alert", "white", 136, 16);
					canvas.text(TEXT.lock.warning, "large", "white", GRID.margin, 66, INNER, "center");
					canvas.wrap(notice, "body", INNER, 4).forEach((line, index) => {
						canvas.text(line, "body", "white", GRID.margin, 108 + index * 23, INNER, "center");
					});
				},
			},
		];
	}

	key(name: string, { call, now }: View): void {
		if (now < this.#deafUntil && name !== "hook") return;
		if (call && (name === "soft1" || name === "hook")) this.#shell.phone.hangup(call.id);
		else if (name === "soft4" || name === "ok" || name === "cancel") this.#shell.back();
	}
}
