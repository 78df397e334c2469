/**
 * The panel for programs: JSON texts from the desk become commands of the phone, and what changes goes back. Every
 * text is checked before anything is done with it; docs/panel.md lists them.
 */
import { gc, heap } from "board/process";
import { utf8Encode } from "bytes/text";
import type { Phone } from "call/phone";
import type { CallState } from "call/state";
import { AREAS, type Entry, isArea, isLevel, LEVELS, type Log } from "log/log";
import { jsonFault } from "provisioning/json-syntax";
import type { KnownPhones } from "./known-phones";
import { commandKnown } from "./remote-known";
import type { SoundSystem } from "./sound";

/** What is needed of a phone; call/phone.ts has it. */
export type RemotePhone = Pick<
	Phone,
	"state" | "dial" | "answer" | "hangup" | "verify" | "hold" | "mute" | "decide" | "encrypt"
>;

export interface RemoteOptions {
	/** undefined while there is none: no settings yet, or a port that is in use. */
	readonly phone: () => RemotePhone | undefined;
	readonly known: KnownPhones;
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
		const flag = (name: string): boolean | undefined => {
			const value = fields.get(name);
			return typeof value === "boolean" ? value : undefined;
		};
		const [command] = fields.keys();
		switch (command) {
			case "dial":
			case "answer":
			case "hangup":
			case "verify":
			case "hold":
			case "mute":
			case "decide":
			case "encrypt": {
				const phone = this.#options.phone();
				return phone ? call(phone, command, text, flag) : "the phone is not ready";
			}
			case "peers":
			case "rename":
			case "unverify":
			case "unenroll":
			case "forget":
			case "export":
			case "import":
			case "erase":
				return commandKnown(this.#options, command, fields);
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

const NO_CALL = "there is no call";

/** The commands of a call. @returns why nothing was done */
function call(
	phone: RemotePhone,
	command: "dial" | "answer" | "hangup" | "verify" | "hold" | "mute" | "decide" | "encrypt",
	text: (name: string) => string | undefined,
	flag: (name: string) => boolean | undefined,
): string | undefined {
	const active = phone.state.calls.find((each) => each.state !== "ended");
	switch (command) {
		case "dial": {
			const target = text("dial");
			if (target === undefined) return "dial takes an address as text";
			phone.dial(target);
			return undefined;
		}
		case "answer":
			if (active?.state !== "ringing" || active.direction !== "incoming") return "no call rings";
			phone.answer();
			return undefined;
		case "hangup":
			if (!active) return NO_CALL;
			phone.hangup();
			return undefined;
		default: {
			const on = flag(command);
			if (on === undefined) return `${command} takes true or false`;
			if (!active) return NO_CALL;
			if (command === "decide") return decide(phone, active, text("about"), on);
			if (command === "encrypt") return phone.encrypt(on) ? undefined : "encryption cannot be changed in this call now";
			if (command === "verify") phone.verify(on, text("name"));
			else if (command === "hold") phone.hold(on);
			else phone.mute(on);
			return undefined;
		}
	}
}

/** The answer to a question names what it answers: another one may stand by then. */
function decide(phone: RemotePhone, { question }: CallState, about: string | undefined, accepted: boolean) {
	if (question === undefined) return "nothing is asked";
	if (question.about !== about) return `about is "${question.about}": that is what is asked`;
	phone.decide(question.about, accepted);
	return undefined;
}
