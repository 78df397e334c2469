/**
 * Waiting for TCP connections in the shape of ECMA-419 (Socket, Listener). Accepted connections enter from the I/O
 * thread; each goes on as `new TCP({ from: listener.read(), ... })`.
 * @module
 */
import TCP from "./tcp";

export interface ListenerOptions {
	/** Numeric address to bind; default "0.0.0.0". */
	readonly address?: string;
	/** 0..65535; default 0: any free port. */
	readonly port?: number;
	/** `count` connections wait. */
	onReadable?(this: Listener, count: number): void;
	/** Kept as the instance's property `target`. */
	readonly target?: unknown;
}

export default class Listener extends Native("xs_net_listener_destructor") {
	declare target?: unknown;

	/** @throws Error naming address, port and reason when the port cannot be had */
	constructor(options: ListenerOptions) {
		super();
		native("xs_net_listener_constructor").call(this, options);
	}

	/** Connections nobody has read yet are closed. Safe to repeat; no callback comes after it. */
	close(): void {
		native("xs_net_listener_close").call(this);
	}

	/** The next connection, for TCP's option `from`; undefined when none waits. */
	read(): TCP | undefined {
		const socket = new TCP();
		const accepted: boolean = native("xs_net_listener_accept").call(this, socket);
		return accepted ? socket : undefined;
	}

	/** The bound port. */
	get port(): number {
		return native("xs_net_listener_get_port").call(this);
	}
}
