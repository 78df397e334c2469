/**
 * The panel for programs: JSON texts from the desk become commands of the phone, and what changes goes back. Every
 * text is checked before anything is done with it; docs/panel.md lists them.
 */
import { gc, heap } from "board/process";
import type { Phone } from "call/phone";
import { AREAS, type Entry, isArea, isLevel, LEVELS, type Log } from "log/log";
import type { SoundSystem } from "./sound";

export interface RemoteOptions {
	readonly phone: Phone;
	readonly sound: SoundSystem;
	readonly log: Log;
	/** Sends one JSON text to the panel. */
	readonly send: (text: string) => void;
}

export class Remote {
	readonly #options: RemoteOptions;

	constructor(options: RemoteOptions) {
		this.#options = options;
	}

	/** One text from the panel. */
	receive(text: string): void {
		try {
			const error = this.#obey(JSON.parse(text));
			if (error !== undefined) this.#refuse(error);
		} catch (error) {
			this.#refuse(error instanceof Error ? error.message : String(error));
		}
	}

	/** The phone changed. */
	sendState(): void {
		this.#options.send(JSON.stringify({ state: this.#options.phone.state }));
	}

	sendEntry(entry: Entry): void {
		this.#options.send(JSON.stringify({ log: entry }));
	}

	#refuse(error: string): void {
		this.#options.send(JSON.stringify({ error }));
	}

	/** @returns why nothing was done */
	#obey(message: unknown): string | undefined {
		if (typeof message !== "object" || message === null) return "a message is a JSON object";
		const { phone, sound, log } = this.#options;
		const fields = new Map<string, unknown>(Object.entries(message));
		const text = (name: string): string | undefined => {
			const value = fields.get(name);
			return typeof value === "string" && value.length <= 500 ? value : undefined;
		};
		const flag = (name: string): boolean | undefined => {
			const value = fields.get(name);
			return typeof value === "boolean" ? value : undefined;
		};
		const [command] = fields.keys();
		switch (command) {
			case "dial": {
				const target = text("dial");
				if (target === undefined) return "dial takes an address as text";
				phone.dial(target);
				return undefined;
			}
			case "answer":
				phone.answer();
				return undefined;
			case "hangup":
				phone.hangup();
				return undefined;
			case "verify": {
				const matched = flag("verify");
				if (matched === undefined) return "verify takes true or false";
				phone.verify(matched, text("name"));
				return undefined;
			}
			case "hold":
			case "mute": {
				const on = flag(command);
				if (on === undefined) return `${command} takes true or false`;
				if (command === "hold") phone.hold(on);
				else phone.mute(on);
				return undefined;
			}
			case "heap":
				gc();
				this.#options.send(JSON.stringify({ heap: heap() }));
				return undefined;
			case "mic":
			case "speaker": {
				const target = text(command);
				if (target === undefined) return `${command} takes a file or a source as text`;
				if (command === "mic") sound.microphone(target);
				else sound.speaker(target);
				return undefined;
			}
			case "log":
			case "level": {
				const area = text("log");
				const level = text("level");
				if (!isArea(area)) return `log takes one of ${AREAS.join(", ")}`;
				if (!isLevel(level)) return `level is one of ${LEVELS.join(", ")}`;
				log.setLevel(area, level);
				log.area("app").info(`log level of ${area} is now ${level}`);
				return undefined;
			}
			default:
				return `no such command: ${String(command).slice(0, 40)}`;
		}
	}
}
