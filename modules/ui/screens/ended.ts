/** The call is over: with whom, how long, and why. */
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { keyOf, paragraph } from "ui/widgets";
import { durationText, titleOf } from "ui/wording";

const INNER = GRID.width - 2 * GRID.margin;

export class EndedScreen implements Screen {
	readonly name = "ended";
	readonly #shell: Shell;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		return [soft(TEXT.soft.redial), undefined, undefined, soft(TEXT.soft.close)];
	}

	regions({ call, seconds }: View): readonly Region[] {
		if (!call) return [];
		const who = titleOf(call);
		const sentOn = call.transfer?.state === "done";
		const lasted = seconds > 0 ? durationText(seconds) : "";
		return [
			{
				x: 0,
				y: 0,
				width: GRID.width,
				height: 140,
				key: keyOf("ended", who, lasted, sentOn),
				draw(canvas) {
					if (sentOn) canvas.largeIcon("circle-check", "good", 136, 18);
					else canvas.largeIcon("phone-off", "muted", 136, 18);
					canvas.text(sentOn ? TEXT.sentOn : TEXT.ended, "title", "white", GRID.margin, 74, INNER, "center");
					canvas.text(lasted === "" ? who : `${who} · ${lasted}`, "body", "muted", GRID.margin, 108, INNER, "center");
				},
			},
			paragraph(capital(call.reason ?? TEXT.noReason), 142, 2),
		];
	}

	key(name: string, { call }: View): void {
		if (!call) return;
		const again = name === "soft1";
		if (!again && name !== "soft4" && name !== "ok" && name !== "cancel" && name !== "hook") return;
		this.#shell.dismiss(call.id);
		if (again) this.#shell.phone.dial(call.peer);
	}
}

/** Reasons come as half sentences; here they stand alone. */
function capital(reason: string): string {
	return reason.slice(0, 1).toUpperCase() + reason.slice(1);
}
