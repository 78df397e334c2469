/** A call that rings: somebody calls us, or we call somebody. */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, keyOf } from "ui/widgets";
import { callStrip, STRIP_HEIGHT } from "ui/widgets-calls";
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
	const others = view.state.calls.filter(({ id, state }) => id !== call.id && state !== "ended");
	const [other] = others;
	const { calls } = TEXT;
	const first = incoming ? (other ? calls.second : TEXT.incoming) : call.early ? calls.early : TEXT.outgoing;
	// Nobody but the other end's phone has a part in it, and nobody vouches for who calls.
	const plain = call.direct === true && !call.early && !other ? `${first} · ${TEXT.direct}` : first;
	const caption = call.via === undefined ? plain : `${first} · ${calls.by} ${call.via}`;
	// Who the network says it is stands before what the caller says of itself.
	const address = call.identity ? `${addressText(call.identity.uri)} · ${calls.identity}` : addressText(call.peer);
	// With another call below, everything moves up.
	const up = other ? 12 : 0;
	return [
		header(view.state.name, view.clock ?? ""),
		{
			x: 0,
			y: 36,
			width: GRID.width,
			height: 78 - up,
			key: keyOf("ring", call.direction, caption, up),
			draw(canvas) {
				if (incoming) canvas.largeIcon("phone-incoming", "good", 136, 40 - up / 3);
				else canvas.largeIcon("phone-outgoing", "accent", 136, 40 - up / 3);
				canvas.text(caption, "body", "muted", GRID.margin, 92 - up, INNER, "center");
			},
		},
		{
			x: 0,
			y: 118 - up,
			width: GRID.width,
			height: 76 - up,
			key: keyOf("who", call.peerName, call.peer, address, up),
			draw(canvas) {
				const title = titleOf(call);
				canvas.text(title, largeFor(title), "white", GRID.margin, 118 - up, INNER, "center");
				canvas.text(address, "body", "muted", GRID.margin, 158 - up - up / 2, INNER, "center");
			},
		},
		...(other ? [callStrip(other, others.length - 1, GRID.softTop - STRIP_HEIGHT - 3)] : []),
	];
}

/** The largest face has the letters of western Europe alone; the next has those of all of it. */
function largeFor(text: string): "large" | "title" {
	return [...text].some((character) => (character.codePointAt(0) ?? 0) > 0xff) ? "title" : "large";
}
