/** hal/net/listener on the network of the world a test is in. */
import type { ListenerOptions } from "hal/net/listener";
import { worldNow } from "test/net/phones/stage";
import type { PhoneWorld, StreamEnd } from "test/net/phones/world";
import TCP from "./tcp";

export default class Listener {
	readonly port: number;
	readonly #address: string;
	readonly #world: PhoneWorld;
	readonly #waiting: TCP[] = [];

	constructor(options: ListenerOptions) {
		const { address = "0.0.0.0", port = 0, onReadable } = options;
		this.#world = worldNow();
		this.#address = address;
		this.port = port;
		this.#world.listen({ address, port }, (end: StreamEnd) => {
			this.#waiting.push(TCP.accepted(end));
			(onReadable as ((this: Listener, count: number) => void) | undefined)?.call(this, 1);
		});
	}

	close(): void {
		this.#world.unlisten({ address: this.#address, port: this.port });
	}

	read(): TCP | undefined {
		return this.#waiting.shift();
	}
}
