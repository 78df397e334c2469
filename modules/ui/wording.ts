/** How calls, addresses and times are said on the screen. Pure functions; the words themselves are in text.ts. */
import type { CallState } from "call/state";
import type { KnownPhone } from "./screen";
import { codeName, TEXT } from "./text";

/** What agreed the keys and how strong they are, in one line. */
export function keyingLine(call: CallState): string {
	if (call.lock === "gateway" && call.gateway) return `${call.gateway.name} ${TEXT.canListen}`;
	if (call.lock !== "closed" && call.lock !== "verified") return TEXT.lockMeaning[call.lock];
	const codes = [call.keyAgreement, call.cipher, call.authTag].filter((code) => code !== undefined).map(codeName);
	return codes.length > 0 ? codes.join(" · ") : TEXT.lockMeaning[call.lock];
}

/** "3:07", "1:02:03". */
export function durationText(seconds: number): string {
	const two = (value: number) => (value < 10 ? `0${value}` : `${value}`);
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor(seconds / 60) % 60;
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** What the peer is called, or undefined where that is nothing but its address. */
export function peerNameOf(call: CallState): string | undefined {
	const name = call.peerName.trim();
	return name === "" || addressText(name) === addressText(call.peer) ? undefined : name;
}

/** A URI without what a person does not read: the scheme and parameters. */
export function addressText(uri: string): string {
	return uri.replace(/^sips?:/i, "").replace(/[;?].*$/, "");
}

/** What to call the other party in large letters; its whole address stands in full elsewhere on the screen. */
export function titleOf(call: CallState): string {
	const address = addressText(call.peer);
	const user = address.slice(0, Math.max(0, address.lastIndexOf("@")));
	return peerNameOf(call) ?? (user === "" ? address : user);
}

/** The first digits of a ZID, in groups: enough to tell a few phones apart, not enough to prove anything. */
export function shortZid(zid: string): string {
	return groupsOf(zid).slice(0, 2).join(" ");
}

/** 24 digits in groups of four, as they are read aloud. */
export function groupsOf(zid: string): readonly string[] {
	return zid.match(/.{1,4}/g) ?? [];
}

/** What the owner calls a phone; one without a name shows the start of its ZID. */
export function nameOf(phone: KnownPhone): string {
	const name = phone.name?.trim() ?? "";
	return name === "" ? `${TEXT.known.nameless} ${shortZid(phone.zid)}` : name;
}

/**
 * A moment as people say it, in local time: "today 14:07", "yesterday 9:30", "12 Nov 2026".
 * @param sec seconds since 1970 @param nowSec undefined: the clock is not set
 */
export function momentText(sec: number, nowSec: number | undefined): string {
	const then = new Date(sec * 1000);
	const date = `${then.getDate()} ${TEXT.months[then.getMonth()] ?? ""} ${then.getFullYear()}`;
	if (nowSec === undefined) return date;
	const now = new Date(nowSec * 1000);
	const midnight = (daysAgo: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo).getTime();
	const at = then.getTime();
	if (at < midnight(1) || at >= midnight(-1)) return date;
	const minutes = then.getMinutes();
	const time = `${then.getHours()}:${minutes < 10 ? "0" : ""}${minutes}`;
	return `${at >= midnight(0) ? TEXT.known.today : TEXT.known.yesterday} ${time}`;
}

/** How long ago, in the words of a list: "just now", "7 min ago", "3 h ago". */
export function agoText(seconds: number): string {
	const minutes = Math.floor(seconds / 60);
	if (minutes < 1) return TEXT.calls.now;
	return minutes < 60 ? `${minutes} ${TEXT.calls.minutes}` : `${Math.floor(minutes / 60)} ${TEXT.calls.hours}`;
}
