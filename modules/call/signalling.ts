/**
 * Runs the SIP agent: messages and the clock go in as events, what the agent asks to send, connect or look up goes out
 * through transport/, and every action that concerns a call or a registration goes up to phone.ts.
 */
import { utf8Decode } from "bytes/text";
import { resolve } from "hal/net/resolve";
import { localAddress } from "hal/net/route";
import type { AreaLog } from "log/log";
import { type Agent, createAgent, step } from "sip/agent";
import { describe } from "sip/describe";
import type { Leg } from "sip/flows";
import type { DnsAnswer } from "sip/lookup";
import type { Action, AgentConfig, Event } from "sip/types";
import { bracketed, type Destination, isNumeric } from "sip/uri";
import Timer from "timer";
import { NameService } from "./name-service";
import { NetworkWatch } from "./network-watch";
import { type Carriage, Transports } from "./transport/transports";

/** What is left for the phone to act on. */
export type CallAction = Exclude<Action, { type: "send" | "wakeAt" | "connect" | "disconnect" | "query" }>;

/** An event without its time, which is added here. */
export type CallEvent = Event extends infer E ? (E extends { now: number } ? Omit<E, "now"> : never) : never;

export interface SignallingOptions {
	/** The agent's config; the port of its contact is filled in with the bound one. */
	readonly agent: AgentConfig;
	/** Numeric address to bind. */
	readonly address: string;
	/** Another one, of IPv6. */
	readonly address6?: string | undefined;
	/** 0 takes any free port. */
	readonly port: number;
	/** Without it: a keep-alive every 30 s, and TLS trusts the authorities that come with the phone. */
	readonly carriage?: Carriage | undefined;
	readonly log: AreaLog;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	readonly onAction: (action: CallAction) => void;
}

/** The system's resolver does not say how long an address is good. */
const HOST_TTL_SEC = 60;
/** What is under way when the phone is switched off may take so long. */
const LEAVE_LIMIT_MS = 2000;
/** RFC 3261 section 21.4.18 */
const UNAVAILABLE = 480;
const CARRIAGE: Carriage = Object.freeze({ keepAliveSec: 30, tls: Object.freeze({}) });

export class Signalling {
	readonly #log: AreaLog;
	readonly #now: () => number;
	readonly #onAction: (action: CallAction) => void;
	readonly #transports: Transports;
	readonly #carriage: Carriage;
	readonly #agent: Agent;
	readonly #networkWatch: NetworkWatch | undefined;
	readonly #names: NameService;
	/** Events that came while the actions of another were being done. */
	readonly #waiting: CallEvent[] = [];
	#running = false;
	#timer: Timer | undefined;
	#closed = false;
	/** Set while the last things are said. */
	#onGone: (() => void) | undefined;
	#limit: Timer | undefined;

	/** @throws {Error} naming address and port when the socket cannot be had */
	constructor(options: SignallingOptions) {
		this.#log = options.log;
		this.#now = options.now;
		this.#onAction = options.onAction;
		this.#carriage = options.carriage ?? CARRIAGE;
		this.#names = new NameService({ now: options.now, random: options.agent.random });
		this.#transports = new Transports({
			address: options.address,
			address6: options.address6,
			port: options.port,
			...this.#carriage,
			chance: () => (options.agent.random(1)[0] ?? 0) / 256,
			log: options.log,
			onMessage: (bytes, from) => {
				this.#trace("in", bytes, from);
				this.post({ type: "datagram", bytes, from });
			},
			onConnected: (flow) => this.post({ type: "connected", ...flow }),
			onDisconnected: (to, error) => this.post({ type: "disconnected", to, error }),
			onUndelivered: (to, error) => this.post({ type: "sendFailed", to, error }),
		});
		const { address6 } = this.#transports;
		this.#agent = createAgent({
			...options.agent,
			contact: { address: options.agent.contact.address, port: this.#transports.port },
			...(address6 !== undefined && { contact6: { address: address6, port: this.#transports.port } }),
		});
		this.#networkWatch = this.#watch();
	}

	/** Only accounts that register wait for a network to come back. */
	#watch(): NetworkWatch | undefined {
		if (!this.#agent.registers) return undefined;
		return new NetworkWatch({
			servers: () => this.#agent.servers,
			route: localAddress,
			onChange: (up) => {
				if (up) this.#log.info("there is a network again");
				else this.#log.warn("there is no network");
				this.post({ type: "network", up });
			},
		});
	}

	/**
	 * What a request to that URI goes over for certain, for who must know before it is made (keys in SDP): TLS only where
	 * nothing else would be tried.
	 */
	legTo(account: string | undefined, uri: string): Leg {
		const leg = this.#agent.legTo(account, uri);
		return { ...leg, secure: leg.secure && this.#carriage.tls.verify !== false };
	}

	/** Whether calls to that URI come back to this phone. */
	isOwn(uri: string): boolean {
		return this.#agent.isOwn(uri);
	}

	get port(): number {
		return this.#transports.port;
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
		if (this.#onGone !== undefined && !this.#agent.busy) this.#gone();
	}

	/**
	 * Like close(), but a BYE that has to wait for an ACK (RFC 3261 section 15), a challenge to it and the goodbye of a
	 * registration are still seen to, for at most two seconds. No action goes up any more.
	 * @param onGone comes once, maybe before this returns
	 */
	leave(onGone: () => void): void {
		if (this.#closed || this.#onGone) {
			onGone();
			return;
		}
		this.#onGone = onGone;
		this.#limit = Timer.set(() => {
			this.#limit = undefined;
			this.#gone();
		}, LEAVE_LIMIT_MS);
		if (!this.#running && !this.#agent.busy) this.#gone();
	}

	/** At once, whatever is under way. Safe to repeat. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		if (this.#limit !== undefined) Timer.clear(this.#limit);
		this.#limit = undefined;
		this.#networkWatch?.close();
		this.#names.close();
		this.#waiting.length = 0;
		this.#setTimer(undefined);
		this.#transports.close();
	}

	#gone(): void {
		if (this.#closed) return;
		this.close();
		this.#onGone?.();
	}

	#run(action: Action): void {
		switch (action.type) {
			case "send":
				this.#send(action.bytes, action.to);
				return;
			case "connect":
				this.#transports.connect(action.to);
				return;
			case "disconnect":
				this.#transports.drop(action.to);
				return;
			case "query":
				this.#ask(action);
				return;
			case "wakeAt":
				this.#setTimer(action.at);
				return;
			default:
				if (this.#closed) return;
				if (this.#onGone === undefined) this.#onAction(action);
				else if (action.type === "incoming") this.post({ type: "reject", call: action.call, status: UNAVAILABLE });
		}
	}

	#ask({ id, name, kind }: Extract<Action, { type: "query" }>): void {
		const answer = (given: DnsAnswer): void => {
			if (!this.#closed) this.post({ type: "answer", id, answer: given });
		};
		try {
			if (kind === "SRV")
				this.#names.askSrv(name, (result) =>
					answer("error" in result ? { kind: "error", ...result } : { kind, ...result }),
				);
			else if (kind === "NAPTR")
				this.#names.askNaptr(name, (result) =>
					answer("error" in result ? { kind: "error", ...result } : { kind, ...result }),
				);
			else
				resolve(name, (result) =>
					answer(
						"error" in result
							? { kind: "error", ...result }
							: { kind, addresses: result.addresses, ttlSec: HOST_TTL_SEC },
					),
				);
		} catch (error) {
			// A name that is too long for the DNS may be a peer's word.
			answer({ kind: "error", error: error instanceof Error ? error.message : String(error) });
		}
	}

	#send(bytes: Uint8Array, to: Destination): void {
		const write = (address: string): void => {
			this.#trace("out", bytes, to);
			try {
				this.#transports.send(bytes, { ...to, address });
			} catch (error) {
				// Where to send may be a peer's word: 1.2.3.999 is no fault of this program.
				const reason = error instanceof Error ? error.message : String(error);
				this.#log.warn(reason);
				this.post({ type: "sendFailed", to, error: reason });
			}
		};
		if (isNumeric(to.address)) {
			write(to.address);
			return;
		}
		// What could not wait for its server to be looked for: an ACK by a name that nothing has gone to lately.
		resolve(to.address, (result) => {
			if (this.#closed) return;
			const address = "addresses" in result ? result.addresses[0] : undefined;
			if (address !== undefined) write(address);
			else this.post({ type: "sendFailed", to, error: "error" in result ? result.error : "no address" });
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

	#trace(direction: "in" | "out", bytes: Uint8Array, peer: Destination): void {
		if (!this.#log.enabled("debug")) return;
		const what = utf8Decode(bytes) === undefined ? `${bytes.length} bytes that are no text` : describe(bytes);
		const over = peer.transport === undefined || peer.transport === "udp" ? "" : `${peer.transport} `;
		this.#log.debug(`${direction} ${over}${bracketed(peer.address)}:${peer.port} ${what}`);
	}
}
