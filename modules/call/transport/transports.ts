/**
 * Everything that carries SIP: the UDP socket, the TCP listener and a bounded pool of connections (RFC 3261 section 18,
 * RFC 5626). The agent's packets enter from signalling.ts with the place they are for; what arrives, and what became of
 * connections, goes back to it. A connection is used again for whatever goes to the same place, both ways.
 */
import { utf8Encode } from "bytes/text";
import Listener from "hal/net/listener";
import TCP from "hal/net/tcp";
import TLS, { type TLSOptions } from "hal/net/tls";
import UDP from "hal/net/udp";
import type { AreaLog } from "log/log";
import { type Flow, keyOf } from "sip/flows";
import { bracketed, type Destination, isReliable } from "sip/uri";
import Timer from "timer";
import { Connection, type SocketCallbacks, type StreamSocket, startsWithRegister } from "./connection";

/** Whom TLS trusts, and who we are to it: see hal/net/tls.ts. */
export type Trust = Pick<TLSOptions, "shipped" | "authorities" | "pins" | "verify" | "certificate" | "key">;

/** How signalling is carried, as the settings say it. */
export interface Carriage {
	/** Between keep-alives to the registrar; 0: none. */
	readonly keepAliveSec: number;
	readonly tls: Trust;
}

export interface TransportsOptions extends Carriage {
	/** Numeric address to bind. */
	readonly address: string;
	/** Another one to bind, of IPv6, on the same port; a phone that cannot have it goes on without. */
	readonly address6?: string | undefined;
	/** 0 takes any free port. */
	readonly port: number;
	/** 0 to below 1. */
	readonly chance: () => number;
	readonly log: AreaLog;
	readonly onMessage: (bytes: Uint8Array, from: Destination) => void;
	readonly onConnected: (flow: Flow) => void;
	/** It ended, or could not be made. */
	readonly onDisconnected: (to: Destination, reason: string) => void;
	/** A datagram could not be delivered. */
	readonly onUndelivered: (to: Destination, reason: string) => void;
}

/** Connections at once, those that others made and those of one address among them. */
export const MAX_CONNECTIONS = 32;
const MAX_INCOMING = 16;
const MAX_INCOMING_OF_ADDRESS = 4;
const MAX_OUTGOING_TO_ADDRESS = 8;

/** Read in one turn. */
const DATAGRAMS_AT_ONCE = 8;
/** Ports that are tried where any will do: the one that UDP gets may be taken for TCP. */
const ANY_PORT_TRIES = 8;

const UDP_PING = utf8Encode("\r\n\r\n");

export class Transports {
	readonly #options: TransportsOptions;
	readonly #udp: UDP;
	readonly #udp6: UDP | undefined;
	readonly #listener: Listener | undefined;
	readonly #listener6: Listener | undefined;
	/** Those that were used last at the end. */
	readonly #connections = new Map<string, Connection>();
	/** Where UDP registrations were last sent, to keep the way back open (RFC 3581 section 4, RFC 5626 section 3.5). */
	#udpServer: Destination | undefined;
	#keepAlive: Timer | undefined;
	/** Sockets of which there may be more to read. */
	readonly #more = new Map<UDP, Timer>();
	#closed = false;

	/** @throws {Error} naming address and port when the UDP socket cannot be had */
	constructor(options: TransportsOptions) {
		this.#options = options;
		const { address, address6, port, keepAliveSec } = options;
		let udp = this.#bind(address, port);
		let listener = this.#listen(address, udp.port);
		// Any port will do, so one that TCP has free, too.
		for (let tries = 1; port === 0 && listener === undefined && tries < ANY_PORT_TRIES; tries++) {
			udp.close();
			udp = this.#bind(address, port);
			listener = this.#listen(address, udp.port);
		}
		this.#udp = udp;
		this.#listener = listener;
		if (keepAliveSec > 0) this.#keepAlive = Timer.repeat(() => this.#pingServer(), keepAliveSec * 1000);
		if (address6 === undefined) return;
		try {
			this.#udp6 = this.#bind(address6, this.#udp.port);
			this.#listener6 = this.#listen(address6, this.#udp.port);
		} catch (error) {
			options.log.warn(`no IPv6: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	#bind(address: string, port: number): UDP {
		const { log, onUndelivered } = this.#options;
		const socket: UDP = new UDP({
			address,
			port,
			onReadable: () => this.#receive(socket),
			onError: (error) => {
				log.warn(error.message);
				onUndelivered({ address: error.address, port: error.port }, error.message);
			},
		});
		return socket;
	}

	/** Of UDP, and of TCP where it could be had. */
	get port(): number {
		return this.#udp.port;
	}

	/** Connections that stand or are being made, for tests of the bounds. */
	get count(): number {
		return this.#connections.size;
	}

	/** Sends to a numeric address. @throws RangeError for any other */
	send(bytes: Uint8Array, to: Destination): void {
		if (this.#closed) return;
		if (!isReliable(to)) {
			if (startsWithRegister(bytes)) this.#udpServer = to;
			this.#datagram(bytes, to);
			return;
		}
		const { otherwise = to } = to;
		const known = this.#connections.get(keyOf(to)) ?? this.#connections.get(keyOf(otherwise));
		const connection = known ?? this.#open(otherwise);
		connection?.write(bytes);
	}

	#datagram(bytes: Uint8Array, to: Destination): void {
		const socket = to.address.indexOf(":") >= 0 ? (this.#udp6 ?? this.#udp) : this.#udp;
		socket.write(bytes, to.address, to.port);
	}

	/** The IPv6 address that is bound beside the other; undefined where there is none. */
	get address6(): string | undefined {
		return this.#udp6 === undefined ? undefined : this.#options.address6;
	}

	/** Makes a connection where there is none; onConnected or onDisconnected comes in any case. */
	connect(to: Destination): void {
		if (this.#closed) return;
		const known = this.#connections.get(keyOf(to));
		if (known === undefined) this.#open(to);
		else if (known.isOpen) this.#tellOpen(known);
	}

	/** Ends a connection, or the attempt to make it, and tells nobody. */
	drop(to: Destination): void {
		const connection = this.#connections.get(keyOf(to));
		this.#connections.delete(keyOf(to));
		connection?.close();
	}

	/** What is written already still leaves. Safe to repeat. */
	close(): void {
		this.#closed = true;
		if (this.#keepAlive) Timer.clear(this.#keepAlive);
		this.#keepAlive = undefined;
		for (const more of this.#more.values()) Timer.clear(more);
		this.#more.clear();
		for (const connection of this.#connections.values()) connection.close();
		this.#connections.clear();
		for (const each of [this.#listener, this.#listener6, this.#udp, this.#udp6]) each?.close();
	}

	/** A few, and the rest on another turn, or a flood would keep keys, timers and voices from theirs. */
	#receive(socket: UDP): void {
		if (this.#more.has(socket)) return;
		for (let i = 0; i < DATAGRAMS_AT_ONCE; i++) {
			const datagram = socket.read();
			if (datagram === undefined) return;
			this.#options.onMessage(new Uint8Array(datagram), { address: datagram.address, port: datagram.port });
			if (this.#closed) return;
		}
		const more = Timer.set(() => {
			this.#more.delete(socket);
			this.#receive(socket);
		}, 0);
		this.#more.set(socket, more);
	}

	/** RFC 3261 section 18.2.1: TCP on the port of UDP. A phone whose port is taken there still calls, and is called by UDP. */
	#listen(address: string, port: number): Listener | undefined {
		const { log } = this.#options;
		try {
			const listener: Listener = new Listener({
				address,
				port,
				onReadable: (count) => {
					for (let i = 0; i < count && !this.#closed; i++) this.#accept(listener);
				},
			});
			return listener;
		} catch (error) {
			log.warn(`no calls over TCP: ${error instanceof Error ? error.message : String(error)}`);
			return undefined;
		}
	}

	#accept(listener: Listener): void {
		const socket = listener.read();
		if (socket === undefined) return;
		const { remoteAddress: address, remotePort: port } = socket;
		if (address === undefined || port === undefined || !this.#makeRoomFor(address)) {
			socket.close();
			return;
		}
		this.#add({ address, port, transport: "tcp" }, true, false, (callbacks) => new TCP({ from: socket, ...callbacks }));
	}

	/** Whether one more that others make may stay; an idle one gives way. */
	#makeRoomFor(address: string): boolean {
		const incoming = [...this.#connections.values()].filter((each) => each.incoming);
		const same = incoming.filter((each) => each.remote.address === address);
		if (same.length >= MAX_INCOMING_OF_ADDRESS) {
			leastOf(same)?.end("there are too many of the same address");
			return true;
		}
		if (incoming.length < MAX_INCOMING) return true;
		const least = leastOf(incoming.filter((each) => each.expendable));
		least?.end("there are too many");
		return least !== undefined;
	}

	#open(to: Destination): Connection | undefined {
		if (!this.#makeRoomTo(to)) {
			this.#options.onDisconnected(to, "there are too many connections");
			return undefined;
		}
		const { address, port } = to;
		if (to.transport === "tls") return this.#openTls(to);
		return this.#add(to, false, false, (callbacks) => new TCP({ address, port, nodelay: true, ...callbacks }));
	}

	/**
	 * Whether one more of ours may be made. Those that no registration depends on give way: first those that others made, and
	 * of each kind the one that was quiet longest. A peer's word may lead to many places, and each costs memory for 10 s.
	 */
	#makeRoomTo(to: Destination): boolean {
		const spares = [...this.#connections.values()].filter((each) => each.expendable);
		const same = spares.filter((each) => !each.incoming && each.remote.address === to.address);
		if (same.length >= MAX_OUTGOING_TO_ADDRESS) same[0]?.end("there are too many to the same address");
		if (this.#connections.size < MAX_CONNECTIONS) return true;
		const spare = spares.find((each) => each.incoming) ?? spares[0];
		spare?.end("there are too many");
		return spare !== undefined;
	}

	#openTls(to: Destination): Connection {
		const { tls, log } = this.#options;
		const { address, port, name = address } = to;
		return this.#add(to, false, tls.verify !== false, (callbacks) => {
			let told = false;
			const socket = new TLS({
				address,
				port,
				name,
				nodelay: true,
				...tls,
				...callbacks,
				onWritable: () => {
					if (!told) log.debug(`${name}: ${socket.protocol} ${socket.cipher}${socket.resumed ? ", resumed" : ""}`);
					told = true;
					callbacks.onWritable();
				},
			});
			return socket;
		});
	}

	#add(
		remote: Destination,
		incoming: boolean,
		verified: boolean,
		open: (callbacks: SocketCallbacks) => StreamSocket,
	): Connection {
		const { keepAliveSec, chance, onMessage, onDisconnected, log } = this.#options;
		const shown = `${remote.transport} ${bracketed(remote.address)}:${remote.port}`;
		const connection = new Connection({
			remote,
			incoming,
			verified,
			keepAliveMs: keepAliveSec * 1000,
			chance,
			open,
			onOpen: (opened) => {
				log.debug(`connected ${incoming ? "from" : "to"} ${shown}`);
				this.#tellOpen(opened);
			},
			onUse: (used) => {
				if (this.#connections.get(keyOf(remote)) !== used) return;
				this.#connections.delete(keyOf(remote));
				this.#connections.set(keyOf(remote), used);
			},
			onMessage: (from, bytes) => onMessage(bytes, from.remote),
			onEnd: (ended, reason) => {
				if (this.#connections.get(keyOf(remote)) === ended) this.#connections.delete(keyOf(remote));
				log.info(`${shown}: ${reason}`);
				onDisconnected(remote, reason);
			},
		});
		this.#connections.set(keyOf(remote), connection);
		connection.start();
		return connection;
	}

	#tellOpen(connection: Connection): void {
		const { local, remote, verified } = connection;
		if (local === undefined) return;
		const listener = remote.address.indexOf(":") >= 0 ? (this.#listener6 ?? this.#listener) : this.#listener;
		const listens = remote.transport === "tcp" && listener !== undefined;
		this.#options.onConnected({
			to: remote,
			local,
			verified,
			...(listens && { listening: { ...local, port: this.port } }),
		});
	}

	#pingServer(): void {
		const to = this.#udpServer;
		if (to !== undefined) this.#datagram(UDP_PING, to);
	}
}

/** Who has never said anything goes before others, and of each kind the one that was quiet longest. */
function leastOf(connections: readonly Connection[]): Connection | undefined {
	return connections.find((each) => !each.hasSpoken) ?? connections[0];
}
