/**
 * Sends every voice packet back under another SSRC: a phone that hears its own tone was heard. (With its own SSRC it
 * would take the packet for a loop, RFC 3550 section 8.2.)
 */
import dgram from "node:dgram";

export class Echo {
	readonly port: number;
	readonly #socket: dgram.Socket;
	/** Packets that were echoed. */
	count = 0;

	private constructor(socket: dgram.Socket) {
		this.#socket = socket;
		this.port = socket.address().port;
		socket.on("message", (bytes, { port, address }) => {
			if (bytes.length < 12 || (bytes[0] ?? 0) >> 6 !== 2) return;
			this.count++;
			bytes[8] = (bytes[8] ?? 0) ^ 0x55;
			socket.send(bytes, port, address);
		});
		socket.on("error", () => {});
	}

	static async open(): Promise<Echo> {
		const socket = dgram.createSocket("udp4");
		await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(0, "127.0.0.1", resolve));
		return new Echo(socket);
	}

	close(): void {
		this.#socket.close();
	}
}
