/**
 * What a screen is, and what it is given. The Ui keeps the screens, asks the front one for its regions and soft keys,
 * and gives it the keys; a screen acts through the shell alone.
 */

import type { RecentCall } from "call/recent";
import type { CallState, PhoneState, Question } from "call/state";
import type { Canvas, Region } from "./canvas";

/** The commands of a phone that the screen uses; call/phone.ts has them all. */
export interface UiPhone {
	readonly state: PhoneState;
	dial(target: string): void;
	answer(id?: number): void;
	hangup(id?: number): void;
	/** The people have compared the words. With a name, the peer is called so from now on. */
	verify(matched: boolean, name?: string, id?: number): void;
	hold(on: boolean): void;
	mute(on: boolean): void;
	/** The owner's answer to what a call's `question` asks. */
	decide(about: Question["about"], accepted: boolean, id?: number): void;
	/** The owner ends encryption in the call, or wants it back. False: it cannot be. */
	encrypt(on: boolean, id?: number): boolean;
	dtmf(digit: string): void;
	/** What follows gives the reason, in one sentence, where it did nothing. The sound goes to a line by its number. */
	switchTo(line: number): string | undefined;
	/** To the call that waits. */
	swap(): string | undefined;
	/** Joins the call in front with one that waits, or parts them. */
	confer(on: boolean): string | undefined;
	/** The other party of the call in front is connected with somebody else. */
	transfer(target: string): string | undefined;
	/** The other parties of the call in front and of one that waits are connected. */
	connectOthers(): string | undefined;
	/** Takes the call that rings at somebody who is watched. */
	pickUp(uri: string): string | undefined;
	forward(when: "always" | "busy" | "noAnswer", target: string | undefined): string | undefined;
	setDoNotDisturb(on: boolean): void;
	/** Latest first. */
	readonly recent: readonly RecentCall[];
	/** The owner has looked at who called. */
	seen(): void;
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

/** A phone that was met in a secure call, as this one remembers it; no secret is in it. */
export interface KnownPhone {
	/** Its ZID, 24 hexadecimal digits. */
	readonly zid: string;
	/** The owner's name for it. */
	readonly name?: string;
	readonly verified: boolean;
	/** Whether the next call continues the line of secrets. */
	readonly secret: "kept" | "expired" | "none";
	/** Seconds since 1970; absent where the clock was not set. */
	readonly lastSeenSec?: number;
	/** SIP URIs it was met under, newest first. */
	readonly addresses: readonly string[];
	/** The owner's note. */
	readonly note?: string;
	/** It is a PBX that this phone is enrolled with (RFC 6189 section 7.3.1): it may change the words it relays. */
	readonly gateway?: true;
}

export type Exported = { readonly phones: number; readonly place: string } | { readonly error: string };
export type Imported =
	| {
			readonly added: number;
			/** Known before; they stay as they were. */
			readonly kept: number;
			/** For lack of room. */
			readonly leftOut: number;
			/** Of this phone: it had the file's, took it, or has another one, and then no secrets came over. */
			readonly ownZid: "same" | "taken" | "other";
	  }
	| { readonly error: string };

/** What this phone knows of others. Each command gives the reason, in one sentence, where it did nothing. */
export interface PeerBook {
	/** Changes whenever the list may have. */
	readonly revision: string;
	/** Seconds since 1970; undefined while the clock is not set. */
	readonly nowSec: number | undefined;
	/** Why nothing but looking and naming can be done right now. */
	readonly refusal: string | undefined;
	/** Last seen first. */
	list(): readonly KnownPhone[];
	rename(zid: string, name: string | undefined): string | undefined;
	unverify(zid: string): string | undefined;
	/** Ends the trust in a gateway. */
	unenroll(zid: string): string | undefined;
	forget(zid: string): string | undefined;
	/** Takes the passphrase over, and wipes it; done is called later, once. */
	exportFile(passphrase: Uint8Array, done: (result: Exported) => void): void;
	importFile(passphrase: Uint8Array, done: (result: Imported) => void): void;
	/** Everything that this phone keeps. Afterwards it starts as a new one. */
	erase(): string | undefined;
}

/** Words that both owners type on their phones, which go into the keys of their calls (RFC 6189 section 4.3). */
export interface SharedWords {
	/** Some are in use. */
	readonly set: boolean;
	/** Takes the octets over, and wipes them; done is called later, once, with the reason where it did nothing. */
	use(words: Uint8Array, done: (reason: string | undefined) => void): void;
	forget(): void;
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
	| "decision"
	| "details"
	| "ended"
	| "conference"
	| "lines"
	| "transfer"
	| "services"
	| "forward"
	| "recent"
	| "log"
	| "info"
	| "peers"
	| "peer"
	| "rename"
	| "peers-menu"
	| "passphrase"
	| "erase"
	| "confirm"
	| "message";

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
	readonly known: PeerBook;
	/** undefined: not on this phone. */
	readonly sharedWords: SharedWords | undefined;
	/** Further rows for the page about this phone. */
	info(): readonly InfoRow[];
	/** For measuring; drawing happens in a region's draw alone. */
	readonly canvas: Canvas;
	/** Brings a screen to the front; back returns to what the calls ask for. */
	open(screen: Screen): void;
	back(): void;
	/** Says something for a moment, in place of the soft keys. */
	remark(text: string): void;
	/** Whether it is what was opened last, and nothing has come in its place. */
	isOpen(screen: Screen): boolean;
	/** The ended call has been read. */
	dismiss(callId: number): void;
}

export interface Screen {
	readonly name: ScreenName;
	/** The call it is about, where that need not be the one in front. */
	readonly callId?: number;
	softKeys(view: View): SoftKeys;
	/** Together they are what is above the soft keys; where none is, the background shows. */
	regions(view: View): readonly Region[];
	key(name: string, view: View): void;
	/** It was opened and is in front no more: what must not lie around goes. */
	left?(): void;
}

export const soft = (label: string, tone: SoftKey["tone"] = "plain"): SoftKey => ({ label, tone });
