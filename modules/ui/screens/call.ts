/** A call: who, how long, what the lock says, and the words to compare. */
import type { CallState, Lock } from "call/state";
import type { Region } from "ui/canvas";
import { type Screen, type Shell, type SoftKey, type SoftKeys, soft, type View } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { keyOf, lockBand, paragraph, sasTiles, securingBand } from "ui/widgets";
import { callStrip, STRIP_HEIGHT, sasRow } from "ui/widgets-calls";
import { addressText, durationText, keyingLine, titleOf } from "ui/wording";
import { DecisionScreen } from "./decision";
import { DetailsScreen } from "./details";
import { DialScreen } from "./dial";
import { LinesScreen } from "./lines";
import { QuestionScreen } from "./question";
import { TransferScreen } from "./transfer";

const LOCK_TOP = 48;
const WORDS_TOP = 130;
/** A notice of two lines stands above the words. */
const SAS_BELOW_NOTICE = 139;
/** Where another call stands, at the foot of the screen. */
const STRIP_TOP = GRID.softTop - STRIP_HEIGHT - 3;

export class CallScreen implements Screen {
	readonly name = "call";
	readonly #shell: Shell;
	/** Digits sent in this call, the latest last. */
	#digits = "";
	#digitsOf = Number.NaN;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(view: View): SoftKeys {
		const { call } = view;
		if (!call) return [];
		if (waitingOf(view)) {
			const second = isHeldHere(call) ? TEXT.soft.resume : TEXT.calls.soft.swap;
			return [this.#first(call), soft(second), soft(TEXT.calls.soft.join), soft(TEXT.soft.end, "danger")];
		}
		return [
			this.#first(call),
			soft(isHeldHere(call) ? TEXT.soft.resume : TEXT.soft.hold),
			soft(call.muted ? TEXT.soft.unmute : TEXT.soft.mute),
			soft(TEXT.soft.end, "danger"),
		];
	}

	regions(view: View): readonly Region[] {
		const { call, seconds } = view;
		if (!call) return [];
		const others = othersOf(view);
		const [other] = others;
		const digits = this.#digitsOf === call.id ? this.#digits : "";
		return [
			who(call, digits),
			duration(seconds),
			...(isSecuring(call) ? [securingBand(LOCK_TOP)] : [lockBand(call.lock, keyingLine(call), LOCK_TOP)]),
			...words(call, other !== undefined),
			...(other ? [callStrip(other, others.length - 1, STRIP_TOP)] : []),
		];
	}

	key(name: string, view: View): void {
		const { call } = view;
		if (!call) return;
		const { phone } = this.#shell;
		if (waitingOf(view) && ((name === "soft2" && !isHeldHere(call)) || name === "soft3")) {
			const refusal = name === "soft2" ? phone.swap() : phone.confer(true);
			if (refusal !== undefined) this.#shell.remark(refusal);
			return;
		}
		switch (name) {
			case "up":
				this.#shell.open(new LinesScreen(this.#shell));
				return;
			case "transfer":
				this.#shell.open(new TransferScreen(this.#shell));
				return;
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
				phone.hold(!isHeldHere(call));
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
				if (name.startsWith("line")) this.#line(Number(name.slice("line".length)), view);
				else if (/^[0-9*#]$/.test(name)) {
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

	/** A line of the phone: the call there gets the sound; where there is none, a new one begins. */
	#line(number: number, { state, call }: View): void {
		const there = state.calls.find(({ line, state: doing }) => line === number && doing !== "ended");
		if (!there) this.#shell.open(new DialScreen(this.#shell));
		else if (there.id !== call?.id) this.#shell.phone.switchTo(number);
	}

	#details(call: CallState): void {
		this.#shell.open(new DetailsScreen(this.#shell, call.id));
	}
}

/** The calls beside the one in front, those that ring first. */
function othersOf({ state, call }: View): readonly CallState[] {
	const others = state.calls.filter((other) => other.id !== call?.id && other.state !== "ended");
	return [
		...others.filter(({ state: doing }) => doing === "ringing"),
		...others.filter(({ state: doing }) => doing !== "ringing"),
	];
}

/** Another call that was answered. */
function waitingOf(view: View): CallState | undefined {
	return othersOf(view).find(({ state }) => state === "held" || state === "connected");
}

/** By the owner's own wish: there is something to resume. */
function isHeldHere({ state, heldBy }: CallState): boolean {
	return state === "held" && heldBy !== "peer";
}

/** No lock is claimed before there is one; what is wrong is said at once. */
function isSecuring(call: CallState): boolean {
	return call.securing && call.lock === "open";
}

function who(call: CallState, digits: string): Region {
	const held = call.state === "held";
	const waits = call.heldBy === "peer" ? TEXT.heldByPeer : TEXT.onHold;
	return {
		x: 0,
		y: 0,
		width: 244,
		height: LOCK_TOP,
		key: keyOf("who", call.peer, call.peerName, held, waits, call.muted, digits, newsOf(call)),
		draw(canvas) {
			const width = 244 - GRID.margin;
			const news = newsOf(call);
			canvas.text(titleOf(call), "title", "white", GRID.margin, 2, width);
			if (news !== undefined) {
				canvas.text(news, "small", "amber", GRID.margin, 29, width);
				return;
			}
			let x = GRID.margin;
			if (held) {
				canvas.icon("pause", 16, "amber", x, 30);
				x += 20 + canvas.text(waits, "small", "amber", x + 20, 29, 244 - x - 20) + 12;
			}
			if (call.muted) {
				canvas.icon("mic-off", 16, "amber", x, 30);
				x += 20 + canvas.text(TEXT.muted, "small", "amber", x + 20, 29, 244 - x - 20) + 12;
			}
			const rest = digits !== "" ? digits : x === GRID.margin ? addressText(call.peer) : "";
			canvas.text(rest, "small", digits !== "" ? "accent" : "muted", x, 29, 244 - x);
		},
	};
}

/** What happens to the call right now, before everything else that stands below the name. */
function newsOf({ transfer, silent }: CallState): string | undefined {
	if (transfer) return `${TEXT.calls.sentOn[transfer.state]} ${transfer.to}`;
	return silent ? TEXT.calls.silent : undefined;
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
function words(call: CallState, crowded: boolean): Region[] {
	if (isSecuring(call)) return [];
	if (call.sas === undefined || call.sasType === undefined)
		return call.notice === undefined ? [] : [crowded ? paragraph(call.notice, 104, 3) : paragraph(call.notice, 114, 4)];
	const warning = call.lock === "warning";
	const color = call.lock === "verified" ? "good" : "white";
	const noticed = call.notice !== undefined;
	return [
		call.notice === undefined
			? paragraph(captionOf(call), crowded ? 102 : 105, 1, "muted", "small")
			: paragraph(call.notice, 101, 2, warning ? "danger" : "text", "small"),
		crowded
			? sasRow(call.sas, call.sasType, noticed ? SAS_BELOW_NOTICE : 125, noticed ? 29 : 40, color)
			: sasTiles(call.sas, call.sasType, noticed ? SAS_BELOW_NOTICE : WORDS_TOP, color),
	];
}
