/**
 * The panel for programs: JSON texts from the desk become commands of the phone, and what changes goes back. Every
 * text is checked before anything is done with it; docs/panel.md lists them.
 */
import { gc, heap } from "board/heap";
import { utf8Encode } from "bytes/text";
import { AREAS, type Entry, isArea, isLevel, LEVELS, type Log } from "log/log";
import { jsonFault } from "provisioning/json-syntax";
import type { KnownPhones } from "./known-phones";
import { commandCall, isCallCommand, type RemotePhone } from "./remote-calls";
import { commandKnown } from "./remote-known";
import type { SharedWords } from "./shared-words";
import type { SoundSystem } from "./sound";

export type { RemotePhone } from "./remote-calls";

export interface RemoteOptions {
	/** undefined while there is none: no settings yet, or a port that is in use. */
	readonly phone: () => RemotePhone | undefined;
	readonly known: KnownPhones;
	/** Takes the words over. */
	readonly sharedWords?: Pick<SharedWords, "take" | "forget">;
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
			// First: the engine has no way back from nesting that its stack cannot hold.
			const fault = jsonFault(utf8Encode(text));
			const error = fault === undefined ? this.#obey(JSON.parse(text)) : `not JSON: ${fault}`;
			if (error !== undefined) this.#refuse(error);
		} catch (error) {
			this.#refuse(error instanceof Error ? error.message : String(error));
		}
	}

	/** The phone changed. */
	sendState(): void {
		const phone = this.#options.phone();
		if (phone) this.#options.send(JSON.stringify({ state: phone.state }));
	}

	sendEntry(entry: Entry): void {
		this.#options.send(JSON.stringify({ log: entry }));
	}

	#refuse(error: string): void {
		this.#options.send(JSON.stringify({ error }));
	}

	/** @returns why nothing was done */
	#obey(message: unknown): string | undefined {
		if (typeof message !== "object" || message === null || Array.isArray(message)) return "a message is a JSON object";
		const { sound, log } = this.#options;
		const fields = new Map<string, unknown>(Object.entries(message));
		const text = (name: string): string | undefined => {
			const value = fields.get(name);
			return typeof value === "string" && value.length <= 500 ? value : undefined;
		};
		const [command] = fields.keys();
		if (isCallCommand(command)) {
			const phone = this.#options.phone();
			return phone ? commandCall(phone, command, fields) : "the phone is not ready";
		}
		switch (command) {
			case "peers":
			case "rename":
			case "unverify":
			case "unenroll":
			case "forget":
			case "export":
			case "import":
			case "erase":
				return commandKnown(this.#options, command, fields);
			case "sharedWords": {
				const words = text("sharedWords");
				const { sharedWords } = this.#options;
				if (words === undefined || !sharedWords) return "sharedWords takes text; an empty one forgets them";
				if (words !== "") return sharedWords.take(utf8Encode(words));
				sharedWords.forget();
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
