/** How calls, addresses and times are said on the screen. Pure functions; the words themselves are in text.ts. */
import type { CallState } from "call/state";
import { codeName, TEXT } from "./text";

/** What agreed the keys and how strong they are, in one line. */
export function keyingLine(call: CallState): string {
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
