/** A network between two streams that a test scripts: it sees every datagram on the media ports and decides its fate. */
import UDP from "hal/net/udp";
import { HOME, type Party } from "test/unit/rtp/scene";

export type Direction = "toBob" | "toAlice";
/** What becomes of datagram number index in its direction: the datagrams to deliver now, in order. */
export type Fate = (direction: Direction, index: number, bytes: Uint8Array) => readonly Uint8Array[];

export class Shim {
	readonly #socket: UDP;
	#counts = { toBob: 0, toAlice: 0 };
	fate: Fate = (_direction, _index, bytes) => [bytes];
	readonly seen: { readonly direction: Direction; readonly bytes: Uint8Array }[] = [];

	constructor(alice: Party, bob: Party) {
		const ports = { toBob: bob.rtp.port, toAlice: alice.rtp.port };
		this.#socket = new UDP({
			address: HOME,
			port: 0,
			onReadable: () => {
				for (let datagram = this.#socket.read(); datagram; datagram = this.#socket.read()) {
					const direction = datagram.port === ports.toAlice ? "toBob" : "toAlice";
					const bytes = new Uint8Array(datagram);
					this.seen.push({ direction, bytes });
					for (const it of this.fate(direction, this.#counts[direction]++, bytes))
						this.#socket.write(it, HOME, ports[direction]);
				}
			},
		});
		alice.rtp.connect(HOME, this.#socket.port, 0);
		bob.rtp.connect(HOME, this.#socket.port, 0);
	}
	/** Puts a datagram on the wire that nobody sent. */
	inject(bytes: Uint8Array, to: Party): void {
		this.#socket.write(bytes, HOME, to.rtp.port);
	}
	close(): void {
		this.#socket.close();
	}
}
