/**
 * Another phone at the other end of a stream, of which signalling has said nothing (newcomer.ts): its session runs beside
 * the present one, whose keys stay on until the new one has keys that both ends have confirmed. So a stranger's packets
 * change nothing, and neither does a phone that never finishes.
 */
import { wipe } from "bytes/wipe";
import { decodePacket } from "zrtp/packet";
import type { SrtpKeys } from "zrtp/types";
import { Newcomer } from "./newcomer";
import type { ZrtpStream, ZrtpTransport } from "./zrtp-stream";

export interface TakeoverOptions {
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** Packets of the present peer with a good tag so far. */
	readonly heard: () => number;
	readonly transport: ZrtpTransport;
	/** A session for this stream that uses another transport. */
	readonly begin: (transport: ZrtpTransport, onChange: () => void) => ZrtpStream | undefined;
	/** The new session has keys: the former one is to be stopped, then `install` called. */
	readonly onTaken: (session: ZrtpStream, install: () => void) => void;
	/** Of the new session, once it is the present one. */
	readonly onChange: () => void;
}

interface Candidate {
	readonly session: ZrtpStream;
	readonly ssrc: number;
	readonly heard: number;
	readonly keys: HeldKeys;
}

export class Takeover {
	readonly #options: TakeoverOptions;
	readonly #newcomer: Newcomer;
	#candidate: Candidate | undefined;

	constructor(options: TakeoverOptions) {
		this.#options = options;
		const { now, heard } = options;
		this.#newcomer = new Newcomer({ now, heard });
	}

	/** @param present the session that has the keys @returns whether the packet was for the other one */
	hear(bytes: Uint8Array, present: ZrtpStream): boolean {
		const packet = decodePacket(bytes);
		if (packet === undefined) return false;
		const candidate = this.#candidate;
		if (candidate && candidate.heard !== this.#options.heard()) this.close();
		else if (candidate && candidate.ssrc === packet.ssrc) {
			candidate.session.receive(bytes);
			return true;
		}
		if (this.#candidate || !this.#newcomer.hear(bytes, present.peerHello)) return false;
		this.#begin(packet.ssrc)?.receive(bytes);
		return true;
	}

	/** The present session goes on. Safe to repeat. */
	close(): void {
		const candidate = this.#candidate;
		this.#candidate = undefined;
		candidate?.session.stop();
		candidate?.keys.clearKeys();
	}

	#begin(ssrc: number): ZrtpStream | undefined {
		const { transport, begin, heard } = this.#options;
		const keys = new HeldKeys(transport);
		const session = begin(keys, () => this.#judge());
		if (!session) return undefined;
		this.#candidate = { session, ssrc, heard: heard(), keys };
		session.start(undefined);
		return session;
	}

	#judge(): void {
		const { onTaken, onChange } = this.#options;
		const candidate = this.#candidate;
		if (!candidate) {
			onChange();
			return;
		}
		const { session, keys } = candidate;
		const { state } = session.status;
		if (state === "failed" || state === "absent") this.close();
		if (state !== "secure") return;
		this.#candidate = undefined;
		onTaken(session, () => keys.install());
	}
}

/** Keeps the keys of a session that is not the present one yet. */
class HeldKeys implements ZrtpTransport {
	readonly #transport: ZrtpTransport;
	#installed = false;
	#held: { readonly direction: "send" | "receive"; readonly keys: SrtpKeys }[] = [];

	constructor(transport: ZrtpTransport) {
		this.#transport = transport;
	}

	write(bytes: Uint8Array): void {
		this.#transport.write(bytes);
	}

	installKeys(direction: "send" | "receive", keys: SrtpKeys): void {
		if (this.#installed) this.#transport.installKeys(direction, keys);
		else this.#held.push({ direction, keys: { ...keys, key: keys.key.slice(), salt: keys.salt.slice() } });
	}

	clearKeys(): void {
		if (this.#installed) this.#transport.clearKeys();
		this.#wipe();
	}

	install(): void {
		this.#installed = true;
		for (const { direction, keys } of this.#held) this.#transport.installKeys(direction, keys);
		this.#wipe();
	}

	#wipe(): void {
		for (const { keys } of this.#held) wipe(keys.key, keys.salt);
		this.#held = [];
	}
}
