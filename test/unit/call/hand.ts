/** Somebody with a UDP socket who writes what it likes, from an address of its own: peer, server or stranger. */
import { utf8Encode } from "bytes/text";
import UDP from "hal/net/udp";
import { HOME, until } from "test/unit/call/pair";
import { field, sdp } from "test/unit/call/raw-peer";

/** An address of this computer's that no phone of the tests has. */
export const ELSEWHERE = "127.0.0.66";

export interface Dialog {
	readonly callId: string;
	/** Whole values of From and To, as the hand writes them. */
	readonly from: string;
	readonly to: string;
}

export interface Sending {
	readonly uri?: string;
	readonly callId?: string;
	readonly from?: string;
	readonly to?: string;
	readonly cseq?: number;
	readonly branch?: string;
	readonly headers?: readonly string[];
	/** A session description. */
	readonly body?: string;
}

export interface Answer {
	/** `200 OK` */
	readonly status: string;
	readonly headers: readonly string[];
	/** A session description. */
	readonly body: string;
}

export class Hand {
	/** The latest messages of the phone. */
	readonly texts: string[] = [];
	/** Final responses to INVITE are acknowledged, and requests of the phone granted. */
	polite = true;
	/** What a request of the phone is answered with, where that is not a plain 200. */
	answer: (request: string) => Partial<Answer> | undefined = () => undefined;
	readonly #socket: UDP;
	readonly #address: string;
	readonly #phonePort: () => number;
	readonly #statuses = new Map<string, number>();
	/** Call-IDs of INVITEs that ring or have a final answer; repeats count once in all figures. */
	readonly answered = new Set<string>();
	readonly #seen = new Set<string>();
	#next = 0;

	constructor(phonePort: () => number, address = HOME) {
		this.#address = address;
		this.#phonePort = phonePort;
		this.#socket = new UDP({ address, queueLength: 4096, onReadable: (count) => this.#receive(count) });
	}

	get port(): number {
		return this.#socket.port;
	}
	get uri(): string {
		return `sip:hand@${this.#address}:${this.port}`;
	}

	/** How many responses with that status have come, to requests of that method. */
	count(method: string, status: number): number {
		return this.#statuses.get(`${status} ${method}`) ?? 0;
	}

	forget(): void {
		this.#statuses.clear();
		this.#seen.clear();
		this.answered.clear();
		this.texts.length = 0;
	}

	/** @returns the branch */
	send(method: string, sending: Sending = {}): string {
		const { body = "", headers = [], cseq = 1, from = `<${this.uri}>;tag=hand`, to = `<sip:bob@${HOME}>` } = sending;
		const branch = sending.branch ?? `z9hG4bK${this.#address}n${this.#next++}`;
		this.write(
			[
				`${method} ${sending.uri ?? `sip:bob@${HOME}:${this.#phonePort()}`} SIP/2.0`,
				`Via: SIP/2.0/UDP ${this.#address}:${this.port};branch=${branch}`,
				"Max-Forwards: 70",
				`From: ${from}`,
				`To: ${to}`,
				`Call-ID: ${sending.callId ?? "by-hand"}`,
				`CSeq: ${cseq} ${method}`,
				`Contact: <${this.uri}>`,
				...headers,
				...(body === "" ? [] : ["Content-Type: application/sdp"]),
				`Content-Length: ${body.length}`,
				"",
				body,
			].join("\r\n"),
		);
		return branch;
	}

	/** Anything at all. */
	write(text: string | Uint8Array): void {
		this.#socket.write(typeof text === "string" ? utf8Encode(text) : text, HOME, this.#phonePort());
	}

	/** Calls the phone, which answers by itself or by `onRinging`, and gives what is said inside the call. */
	async call(callId: string, answer: () => void, headers: readonly string[] = []): Promise<Dialog> {
		const from = `<${this.uri}>;tag=hand${callId}`;
		this.send("INVITE", { callId, from, headers, body: sdp(40_000) });
		await until("it rings", () => this.#find(callId, " 180 ") !== undefined);
		answer();
		await until("answered", () => this.#find(callId, " 200 ") !== undefined);
		return { callId, from, to: field(this.#find(callId, " 200 ") ?? "", "To") };
	}

	close(): void {
		this.#socket.close();
	}

	#find(callId: string, status: string): string | undefined {
		return this.texts.find((text) => text.startsWith(`SIP/2.0${status}`) && field(text, "Call-ID") === callId);
	}

	#receive(count: number): void {
		for (let i = 0; i < count; i++) {
			const datagram = this.#socket.read();
			if (!datagram) return;
			const text = String.fromCharCode(...new Uint8Array(datagram));
			this.texts.push(text);
			if (this.texts.length > 60) this.texts.shift();
			const [first = "", second = ""] = text.split(" ");
			const [cseq = "", method = ""] = field(text, "CSeq").split(" ");
			if (first !== "SIP/2.0") {
				if (this.polite && first !== "ACK") this.#grant(text);
				continue;
			}
			const key = `${second} ${method}`;
			const message = `${key} ${cseq} ${field(text, "Via")} ${field(text, "Call-ID")}`;
			if (!this.#seen.has(message)) {
				this.#seen.add(message);
				this.#statuses.set(key, (this.#statuses.get(key) ?? 0) + 1);
			}
			if (method === "INVITE" && second !== "100") this.answered.add(field(text, "Call-ID"));
			if (!this.polite || method !== "INVITE" || Number(second) < 200) continue;
			const dialog = { callId: field(text, "Call-ID"), from: field(text, "From"), to: field(text, "To") };
			const branch = /branch=([^;\r]*)/.exec(field(text, "Via"))?.[1] ?? "";
			this.send("ACK", { ...dialog, cseq: Number(cseq), ...(Number(second) >= 300 && { branch }) });
		}
	}

	#grant(request: string): void {
		const { status = "200 OK", headers = [], body = "" } = this.answer(request) ?? {};
		const to = field(request, "To");
		this.write(
			[
				`SIP/2.0 ${status}`,
				`Via: ${field(request, "Via")}`,
				`From: ${field(request, "From")}`,
				`To: ${to}${to.includes(";tag=") ? "" : ";tag=hand"}`,
				`Call-ID: ${field(request, "Call-ID")}`,
				`CSeq: ${field(request, "CSeq")}`,
				...(headers.some((line) => line.startsWith("Contact:")) ? [] : [`Contact: <${this.uri}>`]),
				...headers,
				...(body === "" ? [] : ["Content-Type: application/sdp"]),
				`Content-Length: ${body.length}`,
				"",
				body,
			].join("\r\n"),
		);
	}
}
