/** The panel's end of the stream to one phone process: a Unix socket that the phone connects to when it starts. */
import { EventEmitter } from "node:events";
import { existsSync, rmSync } from "node:fs";
import net from "node:net";
import { encodeFrame, FrameReader, type FrameType } from "./frames";
import { Glass } from "./glass";
import { type Screen, screenOf } from "./screen";

interface DeskEvents {
	/** JSON text from the phone. */
	message: [text: string];
	screen: [screen: Screen];
	/** s16le samples at 8 kHz. */
	speaker: [samples: Buffer];
	connected: [];
	disconnected: [];
}

/** What a slow phone may leave unread before microphone sound is dropped, and before nothing more is taken. */
const MAX_UNSENT_SOUND_BYTE_LENGTH = 256 * 1024;
const MAX_UNSENT_BYTE_LENGTH = 4 << 20;

export class Desk extends EventEmitter<DeskEvents> {
	readonly path: string;
	readonly #server: net.Server;
	#socket: net.Socket | undefined;
	#frame: Buffer | undefined;
	readonly #glass = new Glass();
	#screen: Screen | undefined;
	#screenTimer: NodeJS.Timeout | undefined;

	private constructor(path: string) {
		super();
		this.path = path;
		this.#server = net.createServer((socket) => this.#accept(socket));
	}

	/** @param path where the socket stands in the file system; at most 100 characters, as the system allows */
	static async open(path: string): Promise<Desk> {
		if (existsSync(path)) rmSync(path);
		const desk = new Desk(path);
		await new Promise<void>((resolve, reject) => {
			desk.#server.once("error", reject).listen(path, resolve);
		});
		return desk;
	}

	get screen(): Screen | undefined {
		this.#render();
		return this.#screen;
	}

	/** Whether the phone is there. */
	get connected(): boolean {
		return this.#socket !== undefined;
	}

	/** @returns false: there is no phone, or it does not read as fast as it is written to */
	send(type: FrameType, payload: Buffer | string): boolean {
		const socket = this.#socket;
		const limit = type === "M" ? MAX_UNSENT_SOUND_BYTE_LENGTH : MAX_UNSENT_BYTE_LENGTH;
		if (!socket || socket.writableLength > limit) return false;
		socket.write(encodeFrame(type, Buffer.from(payload)));
		return true;
	}

	close(): void {
		clearTimeout(this.#screenTimer);
		this.#socket?.destroy();
		this.#server.close();
	}

	#accept(socket: net.Socket): void {
		if (this.#socket) {
			socket.destroy();
			return;
		}
		this.#socket = socket;
		const reader = new FrameReader((type, payload) => this.#receive(type, payload));
		socket.on("data", (bytes) => {
			try {
				reader.push(bytes);
			} catch {
				socket.destroy();
			}
		});
		socket.on("error", () => socket.destroy());
		socket.on("close", () => {
			this.#socket = undefined;
			this.emit("disconnected");
		});
		this.emit("connected");
	}

	#receive(type: string, payload: Buffer): void {
		if (type === "J") this.emit("message", payload.toString("utf8"));
		else if (type === "S") this.emit("speaker", Buffer.from(payload));
		else if (type === "A") this.#glass.draw(payload);
		else if (type === "F" || type === "E") {
			this.#frame = type === "F" ? Buffer.from(payload) : this.#glass.frame(payload);
			// A burst of frames becomes one picture.
			this.#screenTimer ??= setTimeout(() => {
				this.#screenTimer = undefined;
				if (this.#render() && this.#screen) this.emit("screen", this.#screen);
			}, 30);
		}
	}

	#render(): boolean {
		if (!this.#frame) return false;
		this.#screen = screenOf(this.#frame) ?? this.#screen;
		this.#frame = undefined;
		return true;
	}
}
