/**
 * Stands between two whole phones, for signalling and media: every voice and ZRTP packet crosses the seeded network of
 * test/net. Descriptions and contacts are rewritten, so that changes inside the call pass here too.
 */
import { now } from "board/clock";
import { utf8Decode, utf8Encode } from "bytes/text";
import UDP from "hal/net/udp";
import { Netem, type NetemOptions } from "test/net/netem";
import Timer from "timer";
import { HOME } from "./pair";

type Side = "left" | "right";

/** One stream: a socket towards each phone, and where that phone is. */
interface Stream {
	readonly sockets: Readonly<Record<Side, UDP>>;
	readonly ports: Record<Side, number>;
}

interface Underway {
	readonly stream: Stream;
	readonly to: Side;
	readonly bytes: Uint8Array;
}

const other = (side: Side): Side => (side === "left" ? "right" : "left");

export class Between {
	readonly #sip: Readonly<Record<Side, UDP>> = { left: new UDP({ address: HOME }), right: new UDP({ address: HOME }) };
	readonly #phones: Record<Side, number>;
	readonly #streams: Stream[] = [];
	readonly #net: Netem<Underway, undefined>;
	readonly #timer: Timer;

	constructor(calleePort: number, net: NetemOptions) {
		this.#phones = { left: 0, right: calleePort };
		this.#net = new Netem(net);
		this.#timer = Timer.repeat(() => this.#pump(), 4);
	}

	/** What the caller dials. */
	get port(): number {
		return this.#sip.left.port;
	}
	get streams(): number {
		return this.#streams.length;
	}
	get lost(): number {
		return this.#net.lost;
	}

	close(): void {
		Timer.clear(this.#timer);
		for (const { left, right } of [this.#sip, ...this.#streams.map(({ sockets }) => sockets)]) {
			left.close();
			right.close();
		}
	}

	#pump(): void {
		for (const from of ["left", "right"] as const) {
			const to = other(from);
			const socket = this.#sip[from];
			for (let datagram = socket.read(); datagram; datagram = socket.read()) {
				if (from === "left") this.#phones.left = datagram.port;
				const text = this.#rewritten(utf8Decode(new Uint8Array(datagram)) ?? "", from);
				this.#sip[to].write(utf8Encode(text), HOME, this.#phones[to]);
			}
			for (const stream of this.#streams) {
				const media = stream.sockets[from];
				for (let datagram = media.read(); datagram; datagram = media.read())
					this.#net.send(now(), { stream, to, bytes: new Uint8Array(datagram) }, undefined);
			}
		}
		for (const { to: underway } of this.#net.deliver(now())) {
			const { stream, to, bytes } = underway;
			if (stream.ports[to] > 0) stream.sockets[to].write(bytes, HOME, stream.ports[to]);
		}
	}

	/** Of a message that a side has sent. */
	#rewritten(text: string, from: Side): string {
		const at = text.indexOf("\r\n\r\n");
		let index = 0;
		const body = text.slice(at + 4).replace(/^m=audio (\d+)/gm, (_, port: string) => {
			const stream = this.#stream(index);
			index += 1;
			if (port !== "0") stream.ports[from] = Number(port);
			return `m=audio ${port === "0" ? 0 : stream.sockets[other(from)].port}`;
		});
		const head = text
			.slice(0, at)
			.replace(/^(Contact: .*@[0-9.]+):\d+/m, `$1:${this.#sip[other(from)].port}`)
			.replace(/Content-Length: *\d+/i, `Content-Length: ${utf8Encode(body).length}`);
		return `${head}\r\n\r\n${body}`;
	}

	#stream(index: number): Stream {
		let stream = this.#streams[index];
		if (!stream) {
			const socket = (): UDP => new UDP({ address: HOME });
			stream = { sockets: { left: socket(), right: socket() }, ports: { left: 0, right: 0 } };
			this.#streams[index] = stream;
		}
		return stream;
	}
}
