/** A display, a phone that only keeps what it was told, and the Ui over them; time stands where it is put. */
import { SharedWords } from "app/shared-words";
import type { RecentCall } from "call/recent";
import type { PhoneState } from "call/state";
import { nativeProvider } from "crypto/native";
import Display from "hal/display/display";
import { Log } from "log/log";
import type { LogLine, LogSource, Peer, UiPhone } from "ui/screen";
import { Ui } from "ui/ui";
import { Known } from "./known";
import { INFO, PEERS } from "./states";

/** A phone that does nothing but keep the commands it was given. */
export class Recorder implements UiPhone {
	state: PhoneState;
	readonly commands: unknown[][] = [];
	recent: readonly RecentCall[] = [];
	/** The call whose words were compared last. */
	verified: number | undefined;
	/** What the commands that can refuse say. */
	refusal: string | undefined;

	constructor(state: PhoneState) {
		this.state = state;
	}
	dial(target: string): void {
		this.commands.push(["dial", target]);
	}
	answer(id?: number): void {
		this.commands.push(["answer", id]);
	}
	hangup(id?: number): void {
		this.commands.push(["hangup", id]);
	}
	verify(matched: boolean, name?: string, id?: number): void {
		this.verified = id;
		this.commands.push(name === undefined ? ["verify", matched] : ["verify", matched, name]);
	}
	hold(on: boolean): void {
		this.commands.push(["hold", on]);
	}
	mute(on: boolean): void {
		this.commands.push(["mute", on]);
	}
	decide(about: string, accepted: boolean, id?: number): void {
		this.commands.push(["decide", about, accepted, id]);
	}
	encrypt(on: boolean, id?: number): boolean {
		this.commands.push(["encrypt", on, id]);
		return true;
	}
	dtmf(digit: string): void {
		this.commands.push(["dtmf", digit]);
	}
	switchTo(line: number): string | undefined {
		return this.#refused(["line", line]);
	}
	swap(): string | undefined {
		return this.#refused(["swap"]);
	}
	confer(on: boolean): string | undefined {
		return this.#refused(["confer", on]);
	}
	transfer(target: string): string | undefined {
		return this.#refused(["transfer", target]);
	}
	connectOthers(): string | undefined {
		return this.#refused(["connect"]);
	}
	pickUp(uri: string): string | undefined {
		return this.#refused(["pickUp", uri]);
	}
	forward(when: string, target: string | undefined): string | undefined {
		return this.#refused(["forward", when, target]);
	}
	setDoNotDisturb(on: boolean): void {
		this.commands.push(["dnd", on]);
	}
	seen(): void {
		this.commands.push(["seen"]);
	}
	#refused(command: unknown[]): string | undefined {
		this.commands.push(command);
		return this.refusal;
	}
}

export class Lines implements LogSource {
	readonly areas = ["app", "call", "sip", "zrtp"];
	readonly levels = ["off", "error", "warn", "info", "debug", "trace"];
	readonly lines: LogLine[];
	readonly kept: Record<string, string> = { app: "info", call: "info", sip: "info", zrtp: "info" };

	constructor(lines: readonly LogLine[] = []) {
		this.lines = [...lines];
	}
	entries(): readonly LogLine[] {
		return this.lines;
	}
	level(area: string): string {
		return this.kept[area] ?? "info";
	}
	setLevel(area: string, level: string): void {
		this.kept[area] = level;
	}
}

/** One picture: the state, and the keys pressed before it is taken. */
export interface Scene {
	readonly name: string;
	readonly state: PhoneState;
	readonly keys?: readonly string[];
	readonly peers?: readonly Peer[];
	readonly log?: readonly LogLine[];
	/** What was on the screen before changes what is on it now: the owner's place in a list. */
	readonly remembers?: true;
	/** Calls that are over. */
	readonly recent?: readonly RecentCall[];
	/** Fills the store. */
	readonly known?: (known: Known) => void;
}

const KEYS = [" 0+", ".@:-_1/", "abc2", "def3", "ghi4", "jkl5", "mno6", "pqrs7", "tuv8", "wxyz9"];

/** The presses that bring a letter. */
function keysOf(letter: string): string[] {
	const key = KEYS.findIndex((letters) => letters.includes(letter));
	return Array<string>((KEYS[key]?.indexOf(letter) ?? 0) + 1).fill(String(key));
}

/** A display, a recorder and the Ui over them; time stands where it is put. */
export class Stage {
	readonly display = new Display({});
	readonly phone: Recorder;
	readonly log: Lines;
	readonly known: Known;
	readonly ui: Ui;
	readonly volumes: number[] = [];
	readonly #tasks: (() => void)[] = [];
	readonly words = new SharedWords({
		provider: nativeProvider,
		log: new Log({ now: () => 0 }).area("zrtp"),
		later: (task) => void this.#tasks.push(task),
		onChange: () => {},
	});
	now = 1_000_000;

	constructor(
		state: PhoneState,
		options: {
			peers?: readonly Peer[];
			log?: readonly LogLine[];
			known?: (known: Known) => void;
			/** Of the flash behind the known phones. */
			sectors?: number;
		} = {},
	) {
		this.phone = new Recorder(state);
		this.known = new Known(() => this.phone.state.calls.some((call) => call.state !== "ended"), options.sectors);
		options.known?.(this.known);
		this.log = new Lines(options.log);
		this.ui = new Ui({
			pixelsOut: this.display,
			phone: this.phone,
			peers: options.peers ?? PEERS,
			log: this.log,
			known: this.known.phones,
			sharedWords: this.words,
			info: () => INFO,
			onVolume: (level) => this.volumes.push(level),
		});
		this.ui.tick(this.now, "14:07");
	}

	static of(scene: Scene): Stage {
		const stage = new Stage(scene.state, {
			...(scene.peers && { peers: scene.peers }),
			...(scene.log && { log: scene.log }),
			...(scene.known && { known: scene.known }),
		});
		stage.phone.recent = scene.recent ?? [];
		stage.press(...(scene.keys ?? []));
		return stage;
	}

	/** "wait" is no key: time passes, and what was put off is done. */
	press(...names: readonly string[]): void {
		for (const name of names) {
			this.now += name === "wait" ? 1500 : 100;
			if (name === "wait") {
				this.known.run();
				for (const task of this.#tasks.splice(0)) task();
				this.ui.update(this.now);
			}
			this.ui.key(name, this.now);
		}
	}

	/** Types a word in lower case letters, as a person who waits after each one. */
	type(word: string): void {
		for (const letter of word) {
			this.press(...keysOf(letter));
			this.now += 1500;
		}
	}

	show(state: PhoneState): void {
		this.phone.state = state;
		this.now += 100;
		this.ui.update(this.now);
	}

	pixels(): Uint16Array {
		return new Uint16Array(this.display.snapshot());
	}

	close(): void {
		this.ui.close();
		this.display.close();
		this.known.close();
	}
}
