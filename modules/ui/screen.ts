/**
 * What a screen is, and what it is given. The Ui keeps the screens, asks the front one for its regions and soft keys,
 * and gives it the keys; a screen acts through the shell alone.
 */
import type { CallState, PhoneState } from "call/state";
import type { Canvas, Region } from "./canvas";

/** The commands of a phone that the screen uses; call/phone.ts has them all. */
export interface UiPhone {
	readonly state: PhoneState;
	dial(target: string): void;
	answer(id?: number): void;
	hangup(id?: number): void;
	/** The people have compared the words. With a name, the peer is called so from now on. */
	verify(matched: boolean, name?: string): void;
	hold(on: boolean): void;
	mute(on: boolean): void;
	dtmf(digit: string): void;
}

export interface Peer {
	readonly name: string;
	readonly uri: string;
}

export interface LogLine {
	/** Milliseconds. */
	readonly time: number;
	readonly area: string;
	readonly level: string;
	readonly text: string;
}

/** Where the log view reads, and sets what is kept. */
export interface LogSource {
	/** Oldest first. */
	entries(): readonly LogLine[];
	readonly areas: readonly string[];
	readonly levels: readonly string[];
	level(area: string): string;
	setLevel(area: string, level: string): void;
}

export interface InfoRow {
	readonly label: string;
	readonly value: string;
}

export type ScreenName =
	| "home"
	| "dial"
	| "incoming"
	| "outgoing"
	| "call"
	| "question"
	| "warning"
	| "details"
	| "ended"
	| "log"
	| "info";

/** What there is to show right now. */
export interface View {
	readonly state: PhoneState;
	/** The call in front, if there is one that has not been dismissed. */
	readonly call: CallState | undefined;
	/** Duration of that call in whole seconds. */
	readonly seconds: number;
	/** Monotonic milliseconds. */
	readonly now: number;
	/** "hh:mm", where the phone knows the time of day. */
	readonly clock: string | undefined;
}

export interface SoftKey {
	readonly label: string;
	readonly tone: "plain" | "primary" | "answer" | "danger";
}
/** One for each of soft1 to soft4; undefined: the key does nothing here. */
export type SoftKeys = readonly (SoftKey | undefined)[];

/** What screens reach beyond themselves. */
export interface Shell {
	readonly phone: UiPhone;
	readonly peers: readonly Peer[];
	readonly log: LogSource;
	/** Further rows for the page about this phone. */
	info(): readonly InfoRow[];
	/** For measuring; drawing happens in a region's draw alone. */
	readonly canvas: Canvas;
	/** Brings a screen to the front; back returns to what the calls ask for. */
	open(screen: Screen): void;
	back(): void;
	/** The ended call has been read. */
	dismiss(callId: number): void;
}

export interface Screen {
	readonly name: ScreenName;
	softKeys(view: View): SoftKeys;
	/** Together they are what is above the soft keys; where none is, the background shows. */
	regions(view: View): readonly Region[];
	key(name: string, view: View): void;
}

export const soft = (label: string, tone: SoftKey["tone"] = "plain"): SoftKey => ({ label, tone });
