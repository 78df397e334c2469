/**
 * The face of the phone. What comes in: the phone's state (call/), the peers of the settings, keys by name, and the
 * time with every call; what goes out: frames on a PixelsOut and commands to the phone. Only the parts of the screen
 * that say something new are drawn.
 */
import type { CallState } from "call/state";
import type PixelsOut from "commodetto/PixelsOut";
import { Canvas, type Region } from "./canvas";
import type {
	InfoRow,
	LogSource,
	Peer,
	PeerBook,
	Screen,
	ScreenName,
	SharedWords,
	Shell,
	UiPhone,
	View,
} from "./screen";
import { CallScreen } from "./screens/call";
import { ConferenceScreen } from "./screens/conference";
import { DecisionScreen } from "./screens/decision";
import { EndedScreen } from "./screens/ended";
import { HomeScreen } from "./screens/home";
import { QuestionScreen } from "./screens/question";
import { IncomingScreen, OutgoingScreen } from "./screens/ring";
import { WarningScreen } from "./screens/warning";
import { GRID } from "./theme";
import { softBar, volumeBar } from "./widgets";
import { remarkBar } from "./widgets-calls";

export interface UiOptions {
	readonly pixelsOut: PixelsOut;
	readonly phone: UiPhone;
	readonly peers: readonly Peer[];
	readonly log: LogSource;
	/** The phones met in secure calls. */
	readonly known: PeerBook;
	/** Without it the phone takes none. */
	readonly sharedWords?: SharedWords;
	/** Further rows for the page about this phone, for example its addresses. */
	readonly info?: () => readonly InfoRow[];
	/** Level is 0 to 10; without it the volume keys do nothing. */
	readonly onVolume?: (level: number) => void;
	/** The level the volume begins with. */
	readonly volume?: number;
}

const ENDED_SHOWN_MS = 15_000;
const VOLUME_SHOWN_MS = 1500;
const REMARK_SHOWN_MS = 6000;
const MAX_VOLUME = 10;
/** An alarm comes unasked: a key pressed right then was meant for something else. */
const ALARM_DEAF_MS = 1000;

export class Ui {
	readonly #options: UiOptions;
	readonly #canvas: Canvas;
	readonly #shell: Shell;
	readonly #home: Screen;
	readonly #callScreens: Readonly<Record<"incoming" | "outgoing" | "call" | "conference" | "ended", Screen>>;
	/** What the owner opened over what the calls ask for. */
	#opened: Screen | undefined;
	#drawn: readonly Region[] = [];
	#drawnScreen: Screen | undefined;
	#lastFrameAt = Number.NEGATIVE_INFINITY;
	#clock: string | undefined;
	/** A call's duration as last heard, and when: between two states the screen counts by itself. */
	#heard = { callId: Number.NaN, durationMs: 0, at: 0 };
	#dismissed = Number.NaN;
	#ended = { callId: Number.NaN, at: 0 };
	/** The alarm that has been shown, so that it opens once; and the call whose ringing has been seen. */
	#alarm = "";
	#ringing = Number.NaN;
	/** What the owner has been asked, so that it opens once. */
	#asked = "";
	#volume: number;
	#volumeUntil = Number.NEGATIVE_INFINITY;
	/** What is said in place of the soft keys, and the phone's own remark that was heard last. */
	#remark = { text: "", until: Number.NEGATIVE_INFINITY };
	#heardRemark: string | undefined;

	constructor(options: UiOptions) {
		this.#options = options;
		this.#volume = options.volume ?? 6;
		this.#canvas = new Canvas(options.pixelsOut);
		const shell: Shell = {
			phone: options.phone,
			peers: options.peers,
			log: options.log,
			known: options.known,
			sharedWords: options.sharedWords,
			canvas: this.#canvas,
			info: () => options.info?.() ?? [],
			open: (screen) => this.#open(screen),
			back: () => this.#open(undefined),
			remark: (text) => this.#say(text, this.#lastFrameAt),
			isOpen: (screen) => this.#opened === screen,
			dismiss: (callId) => {
				this.#dismissed = callId;
			},
		};
		this.#shell = shell;
		this.#home = new HomeScreen(shell);
		this.#callScreens = {
			incoming: new IncomingScreen(shell),
			outgoing: new OutgoingScreen(shell),
			call: new CallScreen(shell),
			conference: new ConferenceScreen(shell),
			ended: new EndedScreen(shell),
		};
	}

	/**
	 * The phone's state may have changed: draws what says something new. Who calls it gathers changes that come faster
	 * than the eye sees.
	 * @param now monotonic milliseconds
	 * @param clock time of day as "hh:mm", where it is known
	 */
	update(now: number, clock: string | undefined = this.#clock): void {
		this.#clock = clock;
		this.#draw(now);
	}

	/**
	 * Time has passed: counts the duration and ends what is shown for a moment only. To be called once a second or more
	 * often; it costs nothing while nothing moves. Arguments as of update.
	 */
	tick(now: number, clock: string | undefined = this.#clock): void {
		if (clock !== this.#clock || this.#running(now)) this.update(now, clock);
	}

	/** A key was pressed. Names are those of hal/keys; others do nothing. @param now monotonic milliseconds */
	key(name: string, now: number): void {
		if (name === "volume+" || name === "volume-") this.#turnVolume(name === "volume+" ? 1 : -1, now);
		else {
			this.#remark.until = Number.NEGATIVE_INFINITY;
			const view = this.#view(now);
			const front = this.#front(view);
			const screen = inCall(view.call) && isCallKey(name) ? this.#talking(view) : front;
			screen.key(name, this.#about(screen, view));
		}
		this.#draw(now);
	}

	/** The screen in front. */
	get screen(): ScreenName {
		return this.#drawnScreen?.name ?? "home";
	}

	/** The pixel value of a color on this display, for who looks at the frame. */
	get canvas(): Canvas {
		return this.#canvas;
	}

	close(): void {
		this.#open(undefined);
		this.#canvas.close();
	}

	/** Something on the screen moves with time alone. */
	#running(now: number): boolean {
		return (
			Math.floor(now / 1000) !== Math.floor(this.#lastFrameAt / 1000) ||
			(this.#volumeUntil > this.#lastFrameAt && now >= this.#volumeUntil) ||
			(this.#remark.until > this.#lastFrameAt && now >= this.#remark.until)
		);
	}

	#draw(now: number): void {
		const ranked = this.#view(now);
		const screen = this.#front(ranked);
		const view = this.#about(screen, ranked);
		this.#hearRemark(view);
		const bar = this.#bar(screen, view);
		const regions = [...screen.regions(view), bar];
		const anew = screen !== this.#drawnScreen || !sameGrid(regions, this.#drawn);
		const changed = anew
			? [BACKDROP, ...regions]
			: regions.filter((region, index) => region.key !== this.#drawn[index]?.key);
		this.#canvas.frame(changed);
		this.#drawn = regions;
		this.#drawnScreen = screen;
		this.#lastFrameAt = now;
	}

	#view(now: number): View {
		const state = this.#options.phone.state;
		const calls = state.calls.filter((call) => call.id !== this.#dismissed);
		const call = calls.find(ringsHere) ?? calls.find(({ state: doing }) => doing !== "ended") ?? calls[0];
		return { state, call, seconds: this.#seconds(call, now), now, clock: this.#clock };
	}

	/** As a screen sees it that is about one call, which need not be the one in front. */
	#about(screen: Screen, view: View): View {
		const { callId } = screen;
		if (callId === undefined || callId === view.call?.id) return view;
		const call = view.state.calls.find(({ id, state }) => id === callId && state !== "ended");
		return call ? { ...view, call, seconds: Math.floor(call.durationMs / 1000) } : view;
	}

	#bar(screen: Screen, view: View): Region {
		if (view.now < this.#volumeUntil) return volumeBar(this.#volume);
		return view.now < this.#remark.until ? remarkBar(this.#remark.text) : softBar(screen.softKeys(view));
	}

	#say(text: string, now: number): void {
		this.#remark = { text: text.slice(0, 1).toUpperCase() + text.slice(1), until: now + REMARK_SHOWN_MS };
	}

	/** In a call there is no other place for what the phone has to say; at rest the idle screen has one. */
	#hearRemark({ state, call, now }: View): void {
		const { remark } = state;
		if (remark === this.#heardRemark) return;
		this.#heardRemark = remark;
		if (remark !== undefined && call !== undefined && call.state !== "ended") this.#say(remark, now);
	}

	/** The screen of calls that were answered. */
	#talking({ call }: View): Screen {
		return call?.joined ? this.#callScreens.conference : this.#callScreens.call;
	}

	#seconds(call: CallState | undefined, now: number): number {
		if (!call) return 0;
		const heard = this.#heard;
		if (heard.callId !== call.id || heard.durationMs !== call.durationMs)
			this.#heard = { callId: call.id, durationMs: call.durationMs, at: now };
		const counting = inCall(call) ? now - this.#heard.at : 0;
		return Math.floor((call.durationMs + counting) / 1000);
	}

	/** The screen to show, once what the calls have brought is taken in. */
	#front(view: View): Screen {
		const { call, now } = view;
		if (!call) {
			if (this.#opened && CALL_ONLY.includes(this.#opened.name)) this.#open(undefined);
			return this.#opened ?? this.#home;
		}
		if (call.state === "ended") return this.#afterEnd(call, now);
		if (call.state === "ringing") {
			if (this.#ringing !== call.id) this.#open(undefined);
			this.#ringing = call.id;
			return this.#opened ?? this.#callScreens[call.direction];
		}
		this.#raiseAlarm(view, now);
		this.#raiseQuestion(view, now);
		const opened = this.#opened;
		const about = opened && this.#about(opened, view).call;
		// An answer that was meant for one phone is not given to the next.
		if (opened instanceof QuestionScreen && (about?.sas === undefined || about.sas !== opened.sas))
			this.#open(undefined);
		if (opened instanceof DecisionScreen && about?.question?.text !== opened.text) this.#open(undefined);
		return this.#opened ?? this.#talking(view);
	}

	#afterEnd(call: CallState, now: number): Screen {
		if (this.#ended.callId !== call.id) {
			this.#ended = { callId: call.id, at: now };
			if (this.#opened && CALL_ONLY.includes(this.#opened.name)) this.#open(undefined);
		}
		if (now - this.#ended.at >= ENDED_SHOWN_MS) {
			this.#dismissed = call.id;
			return this.#opened ?? this.#home;
		}
		return this.#opened ?? this.#callScreens.ended;
	}

	/** A warning comes to the front once for each thing that is wrong: as the question where there are words. */
	#raiseAlarm(view: View, now: number): void {
		const call = heardIn(view).find(({ lock }) => lock === "warning");
		if (!call) {
			this.#alarm = "";
			if (this.#opened?.name === "warning") this.#open(undefined);
			return;
		}
		const alarm = `${call.id} ${call.notice ?? ""}`;
		if (alarm === this.#alarm) return;
		const first = this.#alarm === "";
		this.#alarm = alarm;
		// The question that goes with it says all of it.
		if (call.question && call.question.about !== "enrollment") return;
		const deafUntil = now + ALARM_DEAF_MS;
		this.#open(
			first && call.sas !== undefined
				? new QuestionScreen(this.#shell, call, deafUntil)
				: new WarningScreen(this.#shell, call.id, deafUntil),
		);
	}

	/** What the owner is asked comes to the front once; a PBX that wants to be trusted waits until no alarm stands. */
	#raiseQuestion(view: View, now: number): void {
		const call = heardIn(view).find(({ question }) => question !== undefined);
		const question = call?.question;
		if (question?.about === "enrollment" && call?.lock === "warning") return;
		const asked = call && question ? `${call.id} ${question.about} ${question.text}` : "";
		if (asked === this.#asked) return;
		this.#asked = asked;
		if (call && question) this.#open(new DecisionScreen(this.#shell, call, question, now + ALARM_DEAF_MS));
	}

	/** Over what the calls ask for; undefined: nothing is. */
	#open(screen: Screen | undefined): void {
		const former = this.#opened;
		this.#opened = screen;
		if (former !== screen) former?.left?.();
	}

	#turnVolume(step: number, now: number): void {
		const { onVolume } = this.#options;
		if (!onVolume) return;
		this.#volume = Math.max(0, Math.min(MAX_VOLUME, this.#volume + step));
		this.#volumeUntil = now + VOLUME_SHOWN_MS;
		onVolume(this.#volume);
	}
}

const CALL_ONLY: readonly ScreenName[] = Object.freeze([
	"question",
	"warning",
	"decision",
	"details",
	"lines",
	"transfer",
] as const);

const BACKDROP: Region = Object.freeze({
	x: 0,
	y: 0,
	width: GRID.width,
	height: GRID.height,
	key: "",
	draw() {},
});

/** The call in front, and those that are joined with it. */
function heardIn({ state, call }: View): readonly CallState[] {
	return state.calls.filter((each) => each.state !== "ended" && (each.id === call?.id || each.joined));
}

/** It goes before every other. */
function ringsHere(call: CallState): boolean {
	return call.state === "ringing" && call.direction === "incoming";
}

function inCall(call: CallState | undefined): boolean {
	return call !== undefined && (call.state === "connected" || call.state === "held");
}

/** Keys of their own that mean the same in front of every screen of a call. */
function isCallKey(name: string): boolean {
	return name === "mute" || name === "hold";
}

function sameGrid(a: readonly Region[], b: readonly Region[]): boolean {
	return (
		a.length === b.length &&
		a.every((region, index) => {
			const other = b[index];
			return (
				other !== undefined &&
				region.x === other.x &&
				region.y === other.y &&
				region.width === other.width &&
				region.height === other.height
			);
		})
	);
}
