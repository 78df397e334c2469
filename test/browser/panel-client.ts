/** A program at a panel's WebSocket. */

import { WebSocket } from "ws";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";

type Message = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 5000;
const RATE_HZ = 8000;

export class PanelClient {
	readonly #socket: WebSocket;
	readonly #messages: Message[] = [];
	#sound: Buffer[] = [];
	readonly closed: Promise<void>;

	private constructor(socket: WebSocket) {
		this.#socket = socket;
		this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
		socket.on("error", () => {});
		socket.on("message", (data: Buffer, isBinary) => {
			if (isBinary) this.#sound.push(data);
			else this.#messages.push(JSON.parse(data.toString("utf8")) as Message);
		});
	}

	/** @throws {Error} with the status when the panel refuses */
	static async open({ panel }: PhoneProcess, headers: Record<string, string> = {}): Promise<PanelClient> {
		const socket = new WebSocket(`ws://127.0.0.1:${panel?.port}/phone`, { headers });
		const client = new PanelClient(socket);
		await new Promise<void>((resolve, reject) => socket.once("open", () => resolve()).once("error", reject));
		return client;
	}

	send(message: object): void {
		this.sendText(JSON.stringify(message));
	}
	sendText(text: string): void {
		this.#socket.send(text);
	}
	sendBytes(bytes: Buffer): void {
		this.#socket.send(bytes);
	}
	/** Forgets what has come. */
	clear(): void {
		this.#messages.length = 0;
	}
	close(): void {
		this.#socket.close();
	}

	/** The value of the next message of this kind; those before it are forgotten. */
	async next(kind: string, condition: (value: Message) => boolean = () => true): Promise<Message> {
		return (await this.#take(kind, (value) => typeof value === "object" && condition(value as Message))) as Message;
	}

	async nextError(): Promise<string> {
		return String(await this.#take("error", () => true));
	}

	async #take(kind: string, condition: (value: unknown) => boolean): Promise<unknown> {
		for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; ) {
			for (let message = this.#messages.shift(); message; message = this.#messages.shift())
				if (kind in message && condition(message[kind])) return message[kind];
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		throw new Error(`the panel sent no ${kind} in ${TIMEOUT_MS} ms`);
	}

	/** Sends a tone as the microphone's sound, at the pace of a microphone. */
	async speak(toneHz: number, durationMs: number): Promise<void> {
		const begin = performance.now();
		for (let sent = 0; sent < (durationMs * RATE_HZ) / 1000; sent += 160) {
			const frame = Buffer.alloc(320);
			for (let index = 0; index < 160; index++)
				frame.writeInt16LE(Math.round(8192 * Math.sin((2 * Math.PI * toneHz * (sent + index)) / RATE_HZ)), index * 2);
			this.sendBytes(frame);
			const due = begin + ((sent + 160) * 1000) / RATE_HZ;
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
		}
	}

	/** What the speaker plays meanwhile. @returns samples of -1..1 at 8 kHz */
	async listenWhile(action: () => Promise<void>): Promise<Float64Array> {
		this.#sound = [];
		await action();
		const bytes = Buffer.concat(this.#sound);
		return Float64Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(index * 2) / 32768);
	}
}
