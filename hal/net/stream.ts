/**
 * What every connection has, plain or encrypted, in the shape of ECMA-419 (Socket): bytes out of the I/O thread's ring and
 * into it, addresses, an end. tcp.ts and tls.ts say how one begins.
 * @module
 */
import type { NetError } from "./udp";

export interface StreamCallbacks {
	/** `count` bytes wait to be read. Called once for all that arrived in the meantime. */
	onReadable?(this: Stream, count: number): void;
	/**
	 * The connection stands, the handshake of TLS included (first call), or there is room again after a write: `count`
	 * bytes can be written.
	 */
	onWritable?(this: Stream, count: number): void;
	/**
	 * The connection could not be made, or has ended: `error.code` is "closed" when the other end closed it in good
	 * order, "tls" where TLS refused. Comes once, after the last byte received has been read.
	 */
	onError?(this: Stream, error: NetError): void;
	/** Kept as the instance's property `target`. */
	readonly target?: unknown;
	/** Send small writes at once (no Nagle algorithm); default false. */
	readonly nodelay?: boolean;
}

/** Made by its two classes alone. */
export default class Stream extends Native("xs_net_tcp_destructor") {
	declare target?: unknown;

	/** Bytes already written still leave (for at most 5 s). Safe to repeat; no callback comes after it. */
	close(): void {
		native("xs_net_tcp_close").call(this);
	}

	/** At most `byteLength` bytes, or all that wait; undefined when none do. */
	read(byteLength?: number): ArrayBuffer | undefined {
		return native("xs_net_tcp_read").call(this, byteLength);
	}

	/** Queues all of `bytes`; returns how many more can be written. @throws RangeError when there is no room for them */
	write(bytes: ArrayBuffer | Uint8Array): number {
		return native("xs_net_tcp_write").call(this, bytes);
	}

	/** Numeric address of the other end; undefined when it had gone before it was asked for. */
	get remoteAddress(): string | undefined {
		return native("xs_net_tcp_get_remoteAddress").call(this);
	}

	/** Numeric address of our own end, once connected. */
	get localAddress(): string | undefined {
		return native("xs_net_tcp_get_localAddress").call(this);
	}

	get localPort(): number | undefined {
		return native("xs_net_tcp_get_localPort").call(this);
	}

	get remotePort(): number | undefined {
		return native("xs_net_tcp_get_remotePort").call(this);
	}
}
