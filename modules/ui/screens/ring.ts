/** A call that rings: somebody calls us, or we call somebody. */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, keyOf } from "ui/widgets";
import { addressText, titleOf } from "ui/wording";

const INNER = GRID.width - 2 * GRID.margin;

export class IncomingScreen implements Screen {
	readonly name = "incoming";
	readonly #shell: Shell;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		return [soft(TEXT.soft.answer, "answer"), undefined, undefined, soft(TEXT.soft.decline, "danger")];
	}

	regions(view: View): readonly Region[] {
		return view.call ? ringRegions(view.call, view) : [];
	}

	key(name: string, { call }: View): void {
		if (!call) return;
		if (name === "soft1" || name === "ok" || name === "hook" || name.startsWith("line"))
			this.#shell.phone.answer(call.id);
		else if (name === "soft4" || name === "cancel") this.#shell.phone.hangup(call.id);
	}
}

export class OutgoingScreen implements Screen {
	readonly name = "outgoing";
	readonly #shell: Shell;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(): SoftKeys {
		return [undefined, undefined, undefined, soft(TEXT.soft.cancel, "danger")];
	}

	regions(view: View): readonly Region[] {
		return view.call ? ringRegions(view.call, view) : [];
	}

	key(name: string, { call }: View): void {
		if (call && (name === "soft4" || name === "cancel" || name === "hook")) this.#shell.phone.hangup(call.id);
	}
}

function ringRegions(call: CallState, view: View): Region[] {
	const incoming = call.direction === "incoming";
	return [
		header(view.state.name, view.clock ?? ""),
		{
			x: 0,
			y: 36,
			width: GRID.width,
			height: 78,
			key: keyOf("ring", call.direction),
			draw(canvas) {
				if (incoming) canvas.largeIcon("phone-incoming", "good", 136, 40);
				else canvas.largeIcon("phone-outgoing", "accent", 136, 40);
				canvas.text(incoming ? TEXT.incoming : TEXT.outgoing, "body", "muted", GRID.margin, 92, INNER, "center");
			},
		},
		{
			x: 0,
			y: 118,
			width: GRID.width,
			height: 76,
			key: keyOf("who", call.peerName, call.peer),
			draw(canvas) {
				canvas.text(titleOf(call), "large", "white", GRID.margin, 118, INNER, "center");
				canvas.text(addressText(call.peer), "body", "muted", GRID.margin, 158, INNER, "center");
			},
		},
	];
}
