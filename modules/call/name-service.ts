/**
 * Asks name servers for service records: the sockets and timers of dns/question.ts. Names come from the search for SIP
 * servers by way of signalling.ts; records, or the reason why there are none, go back to it.
 */
import { DNS_TYPE, type NaptrRecord, type ServiceRecord, type ServiceType, type SrvRecord } from "dns/message";
import { DNS_PORT, Question, type QuestionAction, type QuestionEvent } from "dns/question";
import { nameServers } from "hal/net/name-servers";
import TCP from "hal/net/tcp";
import UDP from "hal/net/udp";
import Timer from "timer";

/** Up to eight; none: the name server says that there are none. `ttlSec`: how long that is good. */
export type ServiceResult<R> = { readonly records: readonly R[]; readonly ttlSec: number } | { readonly error: string };

export interface NameServiceOptions {
	/** Monotonic milliseconds. */
	readonly now: () => number;
	readonly random: (byteLength: number) => Uint8Array;
	/** Of a test: whom to ask. */
	readonly servers?: () => readonly string[];
}

/** Each has a socket of its own, of which a board has few; the others wait. */
const QUESTIONS_MOST = 4;
const WAITING_MOST = 64;
/** RFC 6056: ports that nobody can guess. */
const FIRST_PORT = 49152;
const PORTS = 16384;
const PORT_TRIES = 8;
const DATAGRAMS_WAITING = 8;

/** One question with its sockets. */
class Asking {
	readonly #options: NameServiceOptions;
	readonly #question: Question;
	readonly #onDone: (result: ServiceResult<ServiceRecord>) => void;
	#udp: UDP | undefined;
	#udpIsIPv6 = false;
	#tcp: TCP | undefined;
	#timer: Timer | undefined;
	#closed = false;

	constructor(
		name: string,
		type: ServiceType,
		options: NameServiceOptions,
		onDone: (result: ServiceResult<ServiceRecord>) => void,
	) {
		this.#options = options;
		this.#onDone = onDone;
		const [high = 0, low = 0] = options.random(2);
		const servers = (options.servers ?? nameServers)();
		this.#question = new Question({ name, type, servers, id: (high << 8) | low });
	}

	start(): void {
		this.#step({ type: "start", nowMs: this.#options.now() });
	}

	/** Safe to repeat; tells nobody. */
	close(): void {
		this.#closed = true;
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#udp?.close();
		this.#udp = undefined;
		this.#closeStream();
	}

	#step(event: QuestionEvent): void {
		if (this.#closed) return;
		for (const action of this.#question.step(event)) this.#run(action);
	}

	#run(action: QuestionAction): void {
		switch (action.type) {
			case "send":
				this.#send(action.bytes, action.address);
				return;
			case "open":
				this.#open(action.bytes, action.address);
				return;
			case "close":
				this.#closeStream();
				return;
			case "wakeAt":
				this.#wakeAt(action.atMs);
				return;
			case "done":
				this.close();
				this.#onDone(action.result);
		}
	}

	#wakeAt(atMs: number): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = Timer.set(
			() => {
				this.#timer = undefined;
				this.#step({ type: "tick", nowMs: this.#options.now() });
			},
			Math.max(1, Math.ceil(atMs - this.#options.now())),
		);
	}

	/** On another turn, so that no step comes inside another. */
	#lost(address: string): void {
		Timer.set(() => this.#step({ type: "lost", nowMs: this.#options.now(), address }), 0);
	}

	#send(bytes: Uint8Array, address: string): void {
		try {
			this.#socketFor(address).write(bytes, address, DNS_PORT);
		} catch {
			this.#lost(address);
		}
	}

	#socketFor(server: string): UDP {
		const isIPv6 = server.indexOf(":") >= 0;
		if (this.#udp !== undefined && this.#udpIsIPv6 === isIPv6) return this.#udp;
		this.#udp?.close();
		this.#udpIsIPv6 = isIPv6;
		for (let tries = 1; ; tries++) {
			const [high = 0, low = 0] = this.#options.random(2);
			try {
				const socket: UDP = new UDP({
					address: isIPv6 ? "::" : "0.0.0.0",
					port: FIRST_PORT + (((high << 8) | low) % PORTS),
					queueLength: DATAGRAMS_WAITING,
					onReadable: () => this.#receive(socket),
					onError: ({ address }) => this.#lost(address),
				});
				this.#udp = socket;
				return socket;
			} catch (error) {
				if (tries === PORT_TRIES) throw error;
			}
		}
	}

	#receive(socket: UDP): void {
		for (let i = 0; i < DATAGRAMS_WAITING && this.#udp === socket; i++) {
			const datagram = socket.read();
			if (datagram === undefined) return;
			const { address, port } = datagram;
			this.#step({ type: "datagram", nowMs: this.#options.now(), address, port, bytes: new Uint8Array(datagram) });
		}
	}

	#open(bytes: Uint8Array, address: string): void {
		let said = false;
		try {
			const socket: TCP = new TCP({
				address,
				port: DNS_PORT,
				nodelay: true,
				onWritable: () => {
					if (!said) socket.write(bytes);
					said = true;
				},
				onReadable: () => {
					const received = socket.read();
					if (received !== undefined && this.#tcp === socket)
						this.#step({ type: "stream", nowMs: this.#options.now(), bytes: new Uint8Array(received) });
				},
				onError: () => {
					if (this.#tcp === socket) this.#step({ type: "lost", nowMs: this.#options.now(), address });
				},
			});
			this.#tcp = socket;
		} catch {
			this.#lost(address);
		}
	}

	#closeStream(): void {
		this.#tcp?.close();
		this.#tcp = undefined;
	}
}

export class NameService {
	readonly #options: NameServiceOptions;
	readonly #asking = new Set<Asking>();
	readonly #waiting: (() => void)[] = [];
	#closed = false;

	constructor(options: NameServiceOptions) {
		this.#options = options;
	}

	/** onResult comes once and never before this returns. @throws RangeError for a name that no DNS has */
	askSrv(name: string, onResult: (result: ServiceResult<SrvRecord>) => void): void {
		this.#ask(name, DNS_TYPE.SRV, (result) => onResult(result as ServiceResult<SrvRecord>));
	}

	/** The same. */
	askNaptr(name: string, onResult: (result: ServiceResult<NaptrRecord>) => void): void {
		this.#ask(name, DNS_TYPE.NAPTR, (result) => onResult(result as ServiceResult<NaptrRecord>));
	}

	/** No answer comes any more. Safe to repeat. */
	close(): void {
		this.#closed = true;
		this.#waiting.length = 0;
		for (const each of this.#asking) each.close();
		this.#asking.clear();
	}

	#ask(name: string, type: ServiceType, onResult: (result: ServiceResult<ServiceRecord>) => void): void {
		if (this.#closed) return;
		const asking = new Asking(name, type, this.#options, (result) => {
			this.#asking.delete(asking);
			this.#waiting.shift()?.();
			onResult("error" in result ? { error: `cannot ask for ${name}: ${result.error}` } : result);
		});
		const start = (): void => {
			if (this.#closed) return;
			this.#asking.add(asking);
			// Without any server it is over at once, and nobody expects that.
			Timer.set(() => {
				if (this.#asking.has(asking)) asking.start();
			}, 0);
		};
		if (this.#asking.size < QUESTIONS_MOST) start();
		else if (this.#waiting.length < WAITING_MOST) this.#waiting.push(start);
		else throw new RangeError("too many names are being looked up");
	}
}
