/**
 * UDP in the shape of ECMA-419 (Socket, UDP). SIP's datagrams enter here from the I/O thread's queue and go on to the
 * room that opened the socket; what that room writes leaves at once.
 * @module
 */

/** A datagram with the numeric address and the port it came from. */
export type Datagram = ArrayBuffer & { readonly address: string; readonly port: number };

/** Why a datagram could not be sent, and to whom: the message says both in plain words. */
export interface NetError extends Error {
	readonly address: string;
	readonly port: number;
	/** Name of the POSIX error, for example "ECONNREFUSED"; "closed" when the other end closed a connection. */
	readonly code: string;
}

export interface UDPOptions {
	/** Numeric address to bind, IPv4 or IPv6; default "0.0.0.0". */
	readonly address?: string;
	/** 0..65535; default 0: any free port. */
	readonly port?: number;
	/** Datagrams that may wait to be read, 1..4096, default 64; more are dropped and counted. 256 KB in all. */
	readonly queueLength?: number;
	/** `count` datagrams wait to be read. Called once for all that arrived in the meantime. */
	onReadable?(this: UDP, count: number): void;
	/** A datagram sent before did not reach its address, so far as the network tells (ICMP) or the kernel refused it. */
	onError?(this: UDP, error: NetError): void;
	/** Kept as the instance's property `target`. */
	readonly target?: unknown;
}

export default class UDP extends Native("xs_net_udp_destructor") {
	declare target?: unknown;

	/** @throws Error naming address, port and reason when the port cannot be had */
	constructor(options: UDPOptions) {
		super();
		native("xs_net_udp_constructor").call(this, options);
	}

	/** Safe to repeat; no callback comes after it. */
	close(): void {
		native("xs_net_udp_close").call(this);
	}

	/** The next datagram, or undefined when none waits. */
	read(): Datagram | undefined {
		return native("xs_net_udp_read").call(this);
	}

	/** Sends one datagram. What the network says about it comes to onError. `address` is numeric, `port` 1..65535. */
	write(bytes: ArrayBuffer | Uint8Array, address: string, port: number): void {
		native("xs_net_udp_write").call(this, bytes, address, port);
	}

	/** The bound port. */
	get port(): number {
		return native("xs_net_udp_get_port").call(this);
	}

	/** Datagrams thrown away because nobody read in time. */
	get dropped(): number {
		return native("xs_net_udp_get_dropped").call(this);
	}
}
