/**
 * Runs the SIP agent over UDP: datagrams and the clock go in as events, what the agent asks to send goes out, and
 * every action that concerns a call or a registration goes up to phone.ts.
 */
import { utf8Decode } from "bytes/text";
import { resolve } from "hal/net/resolve";
import UDP from "hal/net/udp";
import type { AreaLog } from "log/log";
import { type Agent, createAgent, step } from "sip/agent";
import { describe } from "sip/describe";
import type { Leg } from "sip/flows";
import type { Action, AgentConfig, Event } from "sip/types";
import Timer from "timer";

/** What is left for the phone to act on. */
export type CallAction = Exclude<Action, { type: "send" | "wakeAt" | "connect" | "query" }>;

/** An event without its time, which is added here. */
export type CallEvent = Event extends infer E ? (E extends { now: number } ? Omit<E, "now"> : never) : never;

export interface SignallingOptions {
	/** The agent's config; the port of its contact is filled in with the bound one. */
	readonly agent: AgentConfig;
	/** Numeric address to bind. */
	readonly address: string;
	/** 0 takes any free port. */
	readonly port: number;
	readonly log: AreaLog;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	readonly onAction: (action: CallAction) => void;
}

/** The system's resolver does not say how long an address is good. */
const HOST_TTL_SEC = 60;
const NUMERIC_ADDRESS = /^[0-9.]+$|:/;
/** Names whose addresses are remembered, so that a refusal of the network reaches the request it belongs to. */
const MAX_NAMES = 8;

export class Signalling {
	readonly #log: AreaLog;
	readonly #now: () => number;
	readonly #onAction: (action: CallAction) => void;
	readonly #socket: UDP;
	readonly #agent: Agent;
	/** Events that came while the actions of another were being done. */
	readonly #waiting: CallEvent[] = [];
	/** Numeric addresses, to the names they were found for. */
	readonly #names: Map<string, string> = new Map();
	#running = false;
	#timer: Timer | undefined;
	#closed = false;

	/** @throws {Error} naming address and port when the socket cannot be had */
	constructor(options: SignallingOptions) {
		this.#log = options.log;
		this.#now = options.now;
		this.#onAction = options.onAction;
		this.#socket = new UDP({
			address: options.address,
			port: options.port,
			onReadable: (count) => this.#receive(count),
			onError: (error) => {
				this.#log.warn(error.message);
				const { address, port, message } = error;
				this.post({ type: "sendFailed", to: { address, port }, error: message });
				const name = this.#names.get(address);
				if (name !== undefined) this.post({ type: "sendFailed", to: { address: name, port }, error: message });
			},
		});
		this.#agent = createAgent({
			...options.agent,
			contact: { address: options.agent.contact.address, port: this.#socket.port },
		});
	}

	/**
	 * What a request to that URI goes over for certain, for who must know before it is made (keys in SDP): TLS only where
	 * nothing else would be tried.
	 */
	legTo(_account: string | undefined, _uri: string): Leg {
		return { transport: "udp", secure: false };
	}

	get port(): number {
		return this.#socket.port;
	}

	/**
	 * Gives the agent an event and runs what comes of it. An event that is posted by one of those actions waits until all
	 * of them are done, so that messages leave in the agent's order.
	 */
	post(event: CallEvent): void {
		if (this.#closed) return;
		this.#waiting.push(event);
		if (this.#running) return;
		this.#running = true;
		try {
			for (let next = this.#waiting.shift(); next && !this.#closed; next = this.#waiting.shift())
				for (const action of step(this.#agent, { ...next, now: this.#now() })) this.#run(action);
		} finally {
			this.#running = false;
		}
	}

	/** Safe to repeat. */
	close(): void {
		this.#closed = true;
		this.#waiting.length = 0;
		this.#setTimer(undefined);
		this.#socket.close();
	}

	/** No more than were there: what came meanwhile waits its turn, or a flood would keep keys and timers from theirs. */
	#receive(count: number): void {
		for (let i = 0; i < count; i++) {
			const datagram = this.#socket.read();
			if (datagram === undefined) return;
			const bytes = new Uint8Array(datagram);
			const from = { address: datagram.address, port: datagram.port };
			this.#trace("in", bytes, from);
			this.post({ type: "datagram", bytes, from });
			if (this.#closed) return;
		}
	}

	#run(action: Action): void {
		switch (action.type) {
			case "send":
				this.#send(action.bytes, action.to);
				return;
			case "connect":
				this.post({ type: "disconnected", to: action.to, error: `there is no ${action.to.transport} yet` });
				return;
			case "query":
				this.#ask(action);
				return;
			case "wakeAt":
				this.#setTimer(action.at);
				return;
			default:
				if (!this.#closed) this.#onAction(action);
		}
	}

	#ask({ id, name, kind }: Extract<Action, { type: "query" }>): void {
		if (kind !== "HOST") {
			this.post({ type: "answer", id, answer: { kind: "error", error: "only addresses can be asked for" } });
			return;
		}
		resolve(name, (result) => {
			if (this.#closed) return;
			const answer =
				"addresses" in result
					? ({ kind: "HOST", addresses: result.addresses, ttlSec: HOST_TTL_SEC } as const)
					: ({ kind: "error", error: result.error } as const);
			this.post({ type: "answer", id, answer });
		});
	}

	#send(bytes: Uint8Array, to: { readonly address: string; readonly port: number }): void {
		const write = (address: string): void => {
			this.#trace("out", bytes, to);
			try {
				this.#socket.write(bytes, address, to.port);
			} catch (error) {
				// Where to send may be a peer's word: 1.2.3.999 is no fault of this program.
				const reason = error instanceof Error ? error.message : String(error);
				this.#log.warn(reason);
				this.post({ type: "sendFailed", to, error: reason });
			}
		};
		if (NUMERIC_ADDRESS.test(to.address)) {
			write(to.address);
			return;
		}
		resolve(to.address, (result) => {
			if (this.#closed) return;
			const address = "addresses" in result ? result.addresses[0] : undefined;
			if (address === undefined) {
				this.post({ type: "sendFailed", to, error: "error" in result ? result.error : "no address" });
				return;
			}
			this.#remember(address, to.address);
			write(address);
		});
	}

	#remember(address: string, name: string): void {
		// The newest stands last, the oldest gives way.
		this.#names.delete(address);
		this.#names.set(address, name);
		for (const [oldest] of this.#names) {
			if (this.#names.size <= MAX_NAMES) return;
			this.#names.delete(oldest);
		}
	}

	#setTimer(at: number | undefined): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		if (at === undefined || this.#closed) return;
		this.#timer = Timer.set(
			() => {
				this.#timer = undefined;
				this.post({ type: "tick" });
			},
			Math.max(0, Math.ceil(at - this.#now())),
		);
	}

	#trace(direction: "in" | "out", bytes: Uint8Array, peer: { readonly address: string; readonly port: number }): void {
		if (!this.#log.enabled("debug")) return;
		const what = utf8Decode(bytes) === undefined ? `${bytes.length} bytes that are no text` : describe(bytes);
		this.#log.debug(`${direction} ${peer.address}:${peer.port} ${what}`);
	}
}
