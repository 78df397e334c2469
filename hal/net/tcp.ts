/**
 * TCP connections in the shape of ECMA-419 (Socket, TCP). Bytes enter from the I/O thread's ring and go on to whoever
 * opened the connection: SIP over TCP, provisioning, the admin page, questions to name servers.
 * @module
 */
import Stream, { type StreamCallbacks } from "./stream";

/** A connection to make. `address` is numeric; names go through resolve. `port` is 1..65535. */
export interface TCPConnectOptions extends StreamCallbacks {
	readonly address: string;
	readonly port: number;
}

/** A connection that a Listener accepted; `from` is empty afterwards. */
export interface TCPFromOptions extends StreamCallbacks {
	readonly from: TCP;
}

export default class TCP extends Stream {
	/** Without options: an empty object, which only Listener uses. @throws for bad arguments; the network's answer comes to onError */
	constructor(options?: TCPConnectOptions | TCPFromOptions) {
		super();
		native("xs_net_tcp_constructor").call(this, options);
	}
}
