/** hal/net/tcp on the network of the world a test is in. */
import type { NetError } from "hal/net/udp";
import { worldNow } from "test/net/phones/stage";
import type { StreamEnd } from "test/net/phones/world";
import { netError } from "./udp";

interface Options {
	readonly address?: string;
	readonly port?: number;
	/** What a listener accepted. */
	readonly from?: TCP;
	onReadable?(this: TCP, count: number): void;
	onWritable?(this: TCP, count: number): void;
	onError?(this: TCP, error: NetError): void;
}

const ROOM_BYTE_LENGTH = 65_536;

export default class TCP {
	#end: StreamEnd | undefined;
	#options: Options = {};
	#waiting: Uint8Array[] = [];
	#ended = false;

	constructor(options?: Options) {
		if (options === undefined) return;
		this.#options = options;
		const { from, address = "", port = 0 } = options;
		if (from) {
			this.#take(from.#end);
			this.#waiting = from.#waiting;
			from.#end = undefined;
			// On another turn, as the real one does.
			worldNow().after(0, () => {
				if (this.#ended) return;
				options.onWritable?.call(this, ROOM_BYTE_LENGTH);
				this.#readable();
			});
		} else this.#take(worldNow().connect({ address, port }));
	}

	/** For a listener: one that waits to be taken. */
	static accepted(end: StreamEnd): TCP {
		const socket = new TCP();
		socket.#take(end);
		return socket;
	}

	get localAddress(): string | undefined {
		return this.#end?.local.address;
	}
	get localPort(): number | undefined {
		return this.#end?.local.port;
	}
	get remoteAddress(): string | undefined {
		return this.#end?.remote.address;
	}
	get remotePort(): number | undefined {
		return this.#end?.remote.port;
	}

	close(): void {
		this.#ended = true;
		this.#end?.close();
	}

	read(byteLength = ROOM_BYTE_LENGTH): ArrayBuffer | undefined {
		const first = this.#waiting[0];
		if (first === undefined) return undefined;
		if (first.length <= byteLength) this.#waiting.shift();
		else this.#waiting[0] = first.subarray(byteLength);
		return first.slice(0, byteLength).buffer;
	}

	write(bytes: ArrayBuffer | Uint8Array): number {
		this.#end?.write(new Uint8Array(bytes).slice());
		return ROOM_BYTE_LENGTH;
	}

	#take(end: StreamEnd | undefined): void {
		this.#end = end;
		if (end === undefined) return;
		end.onOpen = () => {
			if (!this.#ended) this.#options.onWritable?.call(this, ROOM_BYTE_LENGTH);
		};
		end.onBytes = (bytes) => {
			this.#waiting.push(bytes);
			this.#readable();
		};
		end.onEnd = (code) => {
			if (this.#ended) return;
			this.#ended = true;
			this.#options.onError?.call(this, netError(code, end.remote));
		};
	}

	#readable(): void {
		while (this.#waiting.length > 0 && !this.#ended && this.#options.onReadable) {
			const before = this.#waiting.length;
			this.#options.onReadable.call(this, this.#waiting[0]?.length ?? 0);
			if (this.#waiting.length === before) return;
		}
	}
}
