/** An HTTP server of the tests' own on loopback: one text for everybody, which may change. */
import { utf8Encode } from "bytes/text";
import Listener from "hal/net/listener";
import TCP from "hal/net/tcp";

export const HOME = "127.0.0.1";

export class WebServer {
	body: string;
	requests = 0;
	readonly port: number;
	readonly #listener: Listener;
	readonly #open: Set<TCP> = new Set();

	constructor(body: string, port = 0) {
		this.body = body;
		this.#listener = new Listener({ address: HOME, port, onReadable: () => this.#accept() });
		this.port = this.#listener.port;
	}
	get url(): string {
		return `http://${HOME}:${this.port}/phone.json`;
	}
	close(): void {
		this.#listener.close();
		for (const socket of this.#open) socket.close();
	}
	#accept(): void {
		for (let from = this.#listener.read(); from; from = this.#listener.read()) {
			const close = (): void => {
				socket.close();
				this.#open.delete(socket);
			};
			const socket: TCP = new TCP({
				from,
				onReadable: () => {
					if (socket.read() === undefined) return;
					this.requests++;
					const bytes = utf8Encode(this.body);
					socket.write(utf8Encode(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`));
					socket.write(bytes);
					close();
				},
				onError: close,
			});
			this.#open.add(socket);
		}
	}
}

/** A URL where nobody listens. */
export function deserted(): { readonly url: string; readonly port: number } {
	const server = new WebServer("");
	server.close();
	return { url: server.url, port: server.port };
}
