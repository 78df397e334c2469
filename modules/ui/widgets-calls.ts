/** Parts of screens with several calls; each makes one region. */
import type { CallState } from "call/state";
import type { Region } from "./canvas";
import type { IconName } from "./icons";
import { TEXT } from "./text";
import { type ColorName, GRID, LOCKS } from "./theme";
import { keyOf } from "./widgets";
import { durationText, titleOf } from "./wording";

/** A call in one line, whose end can be cut: what it is doing right now. */
export function doingOf(call: CallState): string {
	const { calls } = TEXT;
	if (call.state === "ringing") return call.direction === "incoming" ? calls.ringsHere : calls.calling;
	if (call.joined) return calls.joined;
	if (call.state !== "held") return calls.talking;
	return call.heldBy === "peer" ? calls.keepsWaiting : calls.waits;
}

const DOING_ICONS: Readonly<Record<CallState["state"], IconName>> = Object.freeze({
	ringing: "phone-incoming",
	connected: "phone",
	held: "pause",
	ended: "phone-off",
});

export function doingIcon(call: CallState): IconName {
	return call.state === "ringing" && call.direction === "outgoing" ? "phone-outgoing" : DOING_ICONS[call.state];
}

export const STRIP_HEIGHT = 34;

/** A call that is not in front, at the foot of the screen: who, what it is doing, and its lock. */
export function callStrip(call: CallState, more: number, y: number): Region {
	const ringing = call.state === "ringing" && call.direction === "incoming";
	const lock = call.state === "ringing" ? undefined : LOCKS[call.lock];
	return {
		x: 0,
		y,
		width: GRID.width,
		height: STRIP_HEIGHT,
		key: keyOf("strip", titleOf(call), doingOf(call), call.lock, more, y),
		draw(canvas) {
			canvas.box("surface", 8, y + 1, GRID.width - 16, STRIP_HEIGHT - 2, 8);
			canvas.icon(doingIcon(call), 16, ringing ? "good" : "muted", 20, y + 9);
			const end = GRID.width - 20;
			if (lock) canvas.icon(lock.icon, 16, call.lock === "warning" ? "danger" : lock.color, end - 16, y + 9);
			const right = more > 0 ? `${doingOf(call)} · +${more} ${TEXT.calls.others}` : doingOf(call);
			const used = canvas.text(titleOf(call), "body", "text", 44, y + 6, 130);
			canvas.text(right, "small", "muted", 44 + used + 10, y + 9, end - 24 - 44 - used - 10, "right");
		},
	};
}

/** The short authentication string in one row, where a screen has to show more than one call. */
export function sasRow(sas: string, sasType: "B32" | "B256", y: number, height: number, color: ColorName): Region {
	const font = sasType === "B256" || height < 36 ? "title" : "large";
	const spaced = sasType === "B256" ? sas : [...sas].join("  ");
	return {
		x: 0,
		y,
		width: GRID.width,
		height,
		key: keyOf("sasRow", sas, sasType, y, height, color),
		draw(canvas) {
			canvas.box("surface", 8, y, GRID.width - 16, height, 8);
			const top = y + Math.floor((height - canvas.lineHeight(font)) / 2);
			canvas.text(spaced, font, color, 16, top, GRID.width - 32, "center");
		},
	};
}

export const LEG_HEIGHT = 50;

/** A party of the conference: who, and the lock of its call in words and colour. */
export function legBand(call: CallState, selected: boolean, y: number): Region {
	const look = LOCKS[call.lock];
	return {
		x: 0,
		y,
		width: GRID.width,
		height: LEG_HEIGHT,
		key: keyOf("leg", titleOf(call), call.lock, selected, y),
		draw(canvas) {
			canvas.box(look.ground, 8, y + 1, GRID.width - 16, LEG_HEIGHT - 2, 8);
			if (selected) canvas.fill("accent", 8, y + 9, 3, LEG_HEIGHT - 18);
			canvas.icon(look.icon, 24, look.color, 20, y + 13);
			canvas.text(titleOf(call), "body", "white", 56, y + 4, GRID.width - 56 - 16);
			canvas.text(TEXT.lockShort[call.lock], "small", look.color, 56, y + 26, GRID.width - 56 - 16);
		},
	};
}

/** In place of the soft keys for a moment: what came of a command, or why it did nothing. */
export function remarkBar(text: string): Region {
	return {
		x: 0,
		y: GRID.softTop,
		width: GRID.width,
		height: GRID.softHeight,
		key: keyOf("remark", text),
		draw(canvas) {
			canvas.box("amberDark", 1, GRID.softTop + 1, GRID.width - 2, GRID.softHeight - 2, 6);
			const lines = canvas.wrap(text, "small", GRID.width - 20, 2);
			const top = lines.length === 1 ? GRID.softTop + 8 : GRID.softTop;
			lines.forEach((line, index) => {
				canvas.text(line, "small", "amber", 10, top + index * 16, GRID.width - 20, "center");
			});
		},
	};
}

/** A title with an icon at the left and the duration at the right, as the call's own. */
export function titleRow(icon: IconName, color: ColorName, title: string, seconds: number): Region {
	return {
		x: 0,
		y: 0,
		width: GRID.width,
		height: 34,
		key: keyOf("titleRow", icon, title, seconds),
		draw(canvas) {
			canvas.icon(icon, 24, color, GRID.margin, 6);
			canvas.text(title, "title", "white", 46, 2, 190);
			canvas.text(durationText(seconds), "body", "text", 244, 6, GRID.width - 244 - GRID.margin, "right");
		},
	};
}
