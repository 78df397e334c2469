/** hal/net/udp on the network of the world a test is in. */
import type { Datagram, NetError, UDPOptions } from "hal/net/udp";
import { worldNow } from "test/net/phones/stage";
import type { Packet, PhoneWorld, Place } from "test/net/phones/world";

export type { Datagram, NetError, UDPOptions } from "hal/net/udp";

/** As hal/net words it. */
export function netError(code: string, { address, port }: Place): NetError {
	return Object.assign(new Error(`${address}:${port}: ${code}`), { address, port, code });
}

export default class UDP {
	readonly port: number;
	readonly dropped = 0;
	readonly #address: string;
	readonly #options: UDPOptions;
	readonly #world: PhoneWorld;
	readonly #queue: Datagram[] = [];
	#closed = false;

	constructor(options: UDPOptions) {
		const { address = "0.0.0.0", port = 0 } = options;
		this.#options = options;
		this.#address = address;
		this.#world = worldNow();
		this.port = this.#world.bind(address, port, {
			receive: (packet, from) => this.#receive(packet, from),
			refused: (code, to) => this.#call("onError", netError(code, to)),
		});
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#world.free(this.#address, this.port);
	}

	read(): Datagram | undefined {
		return this.#queue.shift();
	}

	write(bytes: ArrayBuffer | Uint8Array, address: string, port: number): void {
		if (this.#closed) throw new Error("UDP socket is closed");
		const copy = new Uint8Array(bytes).slice();
		this.#world.send({ bytes: copy }, { address: this.#address, port: this.port }, { address, port });
	}

	#receive(packet: Packet, from: Place): void {
		if (!("bytes" in packet)) return;
		this.#queue.push(Object.assign(packet.bytes.slice().buffer, from));
		this.#call("onReadable", this.#queue.length);
	}

	#call(name: "onReadable" | "onError", argument: unknown): void {
		const callback = this.#options[name] as ((this: UDP, argument: unknown) => void) | undefined;
		if (!this.#closed) callback?.call(this, argument);
	}
}
