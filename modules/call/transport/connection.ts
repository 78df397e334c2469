/**
 * One TCP or TLS connection that carries SIP: bytes become messages (sip/stream.ts), keep-alives are sent and answered
 * (RFC 5626 section 4.4.1), and whoever dawdles is shown the door. Sockets come from transports.ts; messages and the
 * end, in plain words, go back to it.
 */
import { utf8Encode } from "bytes/text";
import type { NetError } from "hal/net/udp";
import { MessageStream } from "sip/stream";
import type { Destination } from "sip/uri";
import Timer from "timer";

/** What this room needs of a TCP or TLS socket. */
export interface StreamSocket {
	close(): void;
	read(byteLength?: number): ArrayBuffer | undefined;
	write(bytes: Uint8Array): number;
	readonly localAddress: string | undefined;
	readonly localPort: number | undefined;
}

export interface SocketCallbacks {
	onReadable(): void;
	onWritable(): void;
	onError(error: NetError): void;
}

export interface ConnectionOptions {
	readonly remote: Destination;
	/** The other side made it. */
	readonly incoming: boolean;
	/** The certificate of the other end is checked or pinned (TLS). */
	readonly verified: boolean;
	/** Between keep-alives on a connection that a registration uses; 0: none. */
	readonly keepAliveMs: number;
	/** 0 to below 1. */
	readonly chance: () => number;
	/** May throw; then the connection could not be begun. */
	readonly open: (callbacks: SocketCallbacks) => StreamSocket;
	readonly onOpen: (connection: Connection) => void;
	/** A message goes either way. */
	readonly onUse: (connection: Connection) => void;
	readonly onMessage: (connection: Connection, bytes: Uint8Array) => void;
	/** Once; nothing comes afterwards. */
	readonly onEnd: (connection: Connection, reason: string) => void;
}

/** From the first byte of a handshake to its end. */
const OPEN_LIMIT_MS = 10000;
/** From the first byte of a message to its last. */
const MESSAGE_LIMIT_MS = 15000;
/** RFC 5626 section 4.4.1: a ping is answered within ten seconds. */
const PONG_LIMIT_MS = 10000;
/** Without any message; a connection that a registration uses stays. */
const IDLE_LIMIT_MS = 600000;
/** Read in one turn: a few messages. */
const READ_BYTE_LENGTH = 4096;
/** Messages that wait for a connection to be made. */
const MAX_WAITING = 16;

const PING = utf8Encode("\r\n\r\n");
const PONG = utf8Encode("\r\n");

export class Connection {
	readonly #options: ConnectionOptions;
	readonly #stream = new MessageStream();
	readonly #waiting: Uint8Array[] = [];
	#socket: StreamSocket | undefined;
	#state: "opening" | "open" | "ended" = "opening";
	/** A registration was made by it: it is kept, and kept alive. */
	#registers = false;
	/** A ping has not been answered. */
	#pinged = false;
	/** The other end answers pings, so silence means that it has gone. */
	#answersPings = false;
	/** Handshake, or a message that has begun. */
	#limit: Timer | undefined;
	#keepAlive: Timer | undefined;
	#pong: Timer | undefined;
	#idle: Timer | undefined;
	/** There may be more to read, on another turn. */
	#more: Timer | undefined;
	/** A whole message has come. */
	#hasSpoken = false;

	constructor(options: ConnectionOptions) {
		this.#options = options;
	}

	/** Apart from the constructor, so that its owner can store it before anything happens. */
	start(): void {
		this.#limit = Timer.set(() => this.#end("no connection within 10 s"), OPEN_LIMIT_MS);
		try {
			this.#socket = this.#options.open({
				onReadable: () => this.#receive(),
				onWritable: () => this.#opened(),
				onError: (error) => this.#end(error.message),
			});
		} catch (error) {
			this.#end(error instanceof Error ? error.message : String(error));
		}
	}

	get remote(): Destination {
		return this.#options.remote;
	}

	get incoming(): boolean {
		return this.#options.incoming;
	}

	get verified(): boolean {
		return this.#options.verified;
	}

	/** False: whoever made it has not said a sentence yet. */
	get hasSpoken(): boolean {
		return this.#hasSpoken;
	}

	get isOpen(): boolean {
		return this.#state === "open";
	}

	/** No registration depends on it: it may go where there are too many. */
	get expendable(): boolean {
		return !this.#registers;
	}

	/** Our end; undefined until it is open. */
	get local(): Destination | undefined {
		const [address, port] = [this.#socket?.localAddress, this.#socket?.localPort];
		const { transport } = this.remote;
		return address === undefined || port === undefined ? undefined : { address, port, transport };
	}

	/** Sends, or keeps for when it is open. */
	write(bytes: Uint8Array): void {
		if (this.#state === "ended") return;
		this.#options.onUse(this);
		if (startsWithRegister(bytes) && !this.#registers) {
			this.#registers = true;
			this.#planKeepAlive();
		}
		if (this.#state === "opening") {
			if (this.#waiting.length < MAX_WAITING) this.#waiting.push(bytes);
			return;
		}
		this.#put(bytes);
		this.#planIdle();
	}

	/** Tells nobody. Safe to repeat. */
	close(): void {
		if (this.#state === "ended") return;
		this.#state = "ended";
		for (const timer of [this.#limit, this.#keepAlive, this.#pong, this.#idle, this.#more])
			if (timer) Timer.clear(timer);
		this.#socket?.close();
	}

	/** Ends it for a reason of ours. */
	end(reason: string): void {
		this.#end(reason);
	}

	#end(reason: string): void {
		if (this.#state === "ended") return;
		this.close();
		this.#options.onEnd(this, reason);
	}

	#opened(): void {
		if (this.#state !== "opening") return;
		this.#state = "open";
		this.#setLimit(undefined);
		this.#planIdle();
		this.#planKeepAlive();
		this.#options.onOpen(this);
		for (const bytes of this.#waiting.splice(0)) this.write(bytes);
	}

	#put(bytes: Uint8Array): void {
		try {
			this.#socket?.write(bytes);
		} catch {
			// Its ring is full: the other end takes nothing.
			this.#end("the other end does not read what it is sent");
		}
	}

	/** A little at a time: whoever sends as fast as it can would else keep timers, keys and everybody else from their turn. */
	#receive(): void {
		if (this.#more) return;
		const bytes = this.#socket?.read(READ_BYTE_LENGTH);
		if (bytes === undefined) return;
		if (bytes.byteLength === READ_BYTE_LENGTH)
			this.#more = Timer.set(() => {
				this.#more = undefined;
				this.#receive();
			}, 0);
		for (const part of this.#stream.push(new Uint8Array(bytes))) {
			if (this.#state === "ended") return;
			switch (part.type) {
				case "message":
					this.#hasSpoken = true;
					this.#planIdle();
					this.#options.onUse(this);
					this.#options.onMessage(this, part.bytes);
					break;
				case "ping":
					this.#put(PONG);
					break;
				case "pong":
					// Unasked it may be half of a ping.
					if (!this.#pinged) break;
					this.#pinged = false;
					this.#stream.pongTaken();
					this.#answersPings = true;
					if (this.#pong) Timer.clear(this.#pong);
					this.#pong = undefined;
					break;
				case "fault":
					this.#end(`what it sends is not SIP: ${part.reason}`);
					return;
			}
		}
		if (this.#state === "ended") return;
		if (!this.#stream.unfinished) this.#setLimit(undefined);
		else if (!this.#limit)
			this.#setLimit(Timer.set(() => this.#end("a message did not come whole within 15 s"), MESSAGE_LIMIT_MS));
	}

	#setLimit(timer: Timer | undefined): void {
		if (this.#limit) Timer.clear(this.#limit);
		this.#limit = timer;
	}

	#planIdle(): void {
		if (this.#idle) Timer.clear(this.#idle);
		this.#idle = Timer.set(() => {
			this.#idle = undefined;
			if (!this.#registers) this.#end("nothing was said on it for 10 minutes");
		}, IDLE_LIMIT_MS);
	}

	/** RFC 5626 section 4.4.1: 80 to 100 % of the time, so that a fleet does not ping in step. */
	#planKeepAlive(): void {
		const { keepAliveMs, chance } = this.#options;
		if (this.#state !== "open" || !this.#registers || keepAliveMs === 0 || this.#keepAlive) return;
		this.#keepAlive = Timer.set(
			() => {
				this.#keepAlive = undefined;
				this.#put(PING);
				this.#pinged = true;
				if (this.#state === "ended") return;
				if (this.#answersPings && !this.#pong)
					this.#pong = Timer.set(() => this.#end("no answer to a keep-alive within 10 s"), PONG_LIMIT_MS);
				this.#planKeepAlive();
			},
			Math.round(keepAliveMs * (0.8 + 0.2 * chance())),
		);
	}
}

/** `REGISTER ` */
export function startsWithRegister(bytes: Uint8Array): boolean {
	const word = "REGISTER ";
	for (let i = 0; i < word.length; i++) if (bytes[i] !== word.charCodeAt(i)) return false;
	return true;
}
