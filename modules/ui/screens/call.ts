/** A call: who, how long, what the lock says, and the words to compare. */
import type { CallState, Lock } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKey, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { keyOf, lockBand, paragraph, sasTiles, securingBand } from "ui/widgets";
import { addressText, durationText, keyingLine, titleOf } from "ui/wording";
import { DecisionScreen } from "./decision";
import { DetailsScreen } from "./details";
import { QuestionScreen } from "./question";

const LOCK_TOP = 48;
const WORDS_TOP = 130;
/** A notice of two lines stands above the words. */
const SAS_BELOW_NOTICE = 139;

export class CallScreen implements Screen {
	readonly name = "call";
	readonly #shell: Shell;
	/** Digits sent in this call, the latest last. */
	#digits = "";
	#digitsOf = Number.NaN;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys({ call }: View): SoftKeys {
		if (!call) return [];
		return [
			this.#first(call),
			soft(call.state === "held" ? TEXT.soft.resume : TEXT.soft.hold),
			soft(call.muted ? TEXT.soft.unmute : TEXT.soft.mute),
			soft(TEXT.soft.end, "danger"),
		];
	}

	regions({ call, seconds }: View): readonly Region[] {
		if (!call) return [];
		const digits = this.#digitsOf === call.id ? this.#digits : "";
		return [
			who(call, digits),
			duration(seconds),
			...(isSecuring(call) ? [securingBand(LOCK_TOP)] : [lockBand(call.lock, keyingLine(call), LOCK_TOP)]),
			...words(call),
		];
	}

	key(name: string, { call }: View): void {
		if (!call) return;
		const { phone } = this.#shell;
		switch (name) {
			case "soft1":
				if (call.sas === undefined) this.#without(call);
				else this.#shell.open(new QuestionScreen(this.#shell, call));
				return;
			case "ok":
			case "down":
				this.#details(call);
				return;
			case "soft2":
			case "hold":
				phone.hold(call.state !== "held");
				return;
			case "soft3":
			case "mute":
				phone.mute(!call.muted);
				return;
			case "soft4":
			case "hook":
				phone.hangup(call.id);
				return;
			default:
				if (/^[0-9*#]$/.test(name)) {
					if (this.#digitsOf !== call.id) this.#digits = "";
					this.#digitsOf = call.id;
					this.#digits = `${this.#digits}${name}`.slice(-24);
					phone.dtmf(name);
				}
		}
	}

	#first(call: CallState): SoftKey {
		if (call.sas !== undefined)
			return soft(TEXT.soft.compare, call.verified && call.lock !== "warning" ? "plain" : "primary");
		if (call.question) return soft(TEXT.soft.decide, "primary");
		return call.clear === "done" ? soft(TEXT.soft.encrypt, "primary") : soft(TEXT.soft.details);
	}

	/** The first key where there are no words. */
	#without(call: CallState): void {
		if (call.question) this.#shell.open(new DecisionScreen(this.#shell, call, call.question));
		else if (call.clear === "done") this.#shell.phone.encrypt(true, call.id);
		else this.#details(call);
	}

	#details(call: CallState): void {
		this.#shell.open(new DetailsScreen(this.#shell, call.id));
	}
}

/** No lock is claimed before there is one; what is wrong is said at once. */
function isSecuring(call: CallState): boolean {
	return call.securing && call.lock === "open";
}

function who(call: CallState, digits: string): Region {
	const held = call.state === "held";
	return {
		x: 0,
		y: 0,
		width: 244,
		height: LOCK_TOP,
		key: keyOf("who", call.peer, call.peerName, held, call.muted, digits),
		draw(canvas) {
			const width = 244 - GRID.margin;
			canvas.text(titleOf(call), "title", "white", GRID.margin, 2, width);
			let x = GRID.margin;
			if (held) {
				canvas.icon("pause", 16, "amber", x, 30);
				x += 20 + canvas.text(TEXT.onHold, "small", "amber", x + 20, 29, 80) + 12;
			}
			if (call.muted) {
				canvas.icon("mic-off", 16, "amber", x, 30);
				x += 20 + canvas.text(TEXT.muted, "small", "amber", x + 20, 29, 80) + 12;
			}
			const rest = digits !== "" ? digits : x === GRID.margin ? addressText(call.peer) : "";
			canvas.text(rest, "small", digits !== "" ? "accent" : "muted", x, 29, 244 - x);
		},
	};
}

function duration(seconds: number): Region {
	return {
		x: 244,
		y: 0,
		width: GRID.width - 244,
		height: LOCK_TOP,
		key: keyOf("duration", seconds),
		draw(canvas) {
			canvas.text(durationText(seconds), "body", "text", 244, 6, GRID.width - 244 - GRID.margin, "right");
		},
	};
}

const CAPTIONS: Readonly<Record<Lock, string>> = Object.freeze({
	open: "",
	server: "",
	closed: TEXT.readAloud,
	verified: TEXT.compared,
	gateway: TEXT.gatewayWords,
	warning: TEXT.readAloud,
});

function captionOf({ lock, gateway }: CallState): string {
	return lock === "gateway" && gateway?.relayed === true ? TEXT.relayedWords : CAPTIONS[lock];
}

/** Below the lock: the words and what to do with them, or why there are none. */
function words(call: CallState): Region[] {
	if (isSecuring(call)) return [];
	if (call.sas === undefined || call.sasType === undefined)
		return call.notice === undefined ? [] : [paragraph(call.notice, 114, 4)];
	const warning = call.lock === "warning";
	return [
		call.notice === undefined
			? paragraph(captionOf(call), 105, 1, "muted", "small")
			: paragraph(call.notice, 101, 2, warning ? "danger" : "text", "small"),
		sasTiles(
			call.sas,
			call.sasType,
			call.notice === undefined ? WORDS_TOP : SAS_BELOW_NOTICE,
			call.lock === "verified" ? "good" : "white",
		),
	];
}
