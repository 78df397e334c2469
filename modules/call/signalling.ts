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
import type { Action, AgentConfig, Event } from "sip/types";
import Timer from "timer";

/** What is left for the phone to act on. */
export type CallAction = Exclude<Action, { type: "send" } | { type: "wakeAt" }>;

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

const NUMERIC_ADDRESS = /^[0-9.]+$|:/;

export class Signalling {
	readonly #log: AreaLog;
	readonly #now: () => number;
	readonly #onAction: (action: CallAction) => void;
	readonly #socket: UDP;
	readonly #agent: Agent;
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
			onReadable: () => this.#receive(),
			onError: (error) => {
				this.#log.warn(error.message);
				this.post({
					type: "sendFailed",
					to: { address: error.address, port: error.port },
					error: error.message,
				});
			},
		});
		this.#agent = createAgent({
			...options.agent,
			contact: { address: options.agent.contact.address, port: this.#socket.port },
		});
	}

	get port(): number {
		return this.#socket.port;
	}

	/** Gives the agent an event and runs what comes of it. */
	post(event: CallEvent): void {
		if (this.#closed) return;
		for (const action of step(this.#agent, { ...event, now: this.#now() })) this.#run(action);
	}

	/** Safe to repeat. */
	close(): void {
		this.#closed = true;
		this.#setTimer(undefined);
		this.#socket.close();
	}

	#receive(): void {
		for (let datagram = this.#socket.read(); datagram; datagram = this.#socket.read()) {
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
			case "wakeAt":
				this.#setTimer(action.at);
				return;
			default:
				this.#onAction(action);
		}
	}

	#send(bytes: Uint8Array, to: { readonly address: string; readonly port: number }): void {
		const write = (address: string): void => {
			this.#trace("out", bytes, to);
			this.#socket.write(bytes, address, to.port);
		};
		if (NUMERIC_ADDRESS.test(to.address)) {
			write(to.address);
			return;
		}
		resolve(to.address, (result) => {
			if (this.#closed) return;
			const address = "addresses" in result ? result.addresses[0] : undefined;
			if (address === undefined)
				this.post({ type: "sendFailed", to, error: "error" in result ? result.error : "no address" });
			else write(address);
		});
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
