/** One simulated phone as a child process with its desk, and its panel where one is wanted. */
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CallState, PhoneState } from "../../modules/call/state";
import { Desk } from "../panel/desk";
import { openPanel, type Panel } from "../panel/server";
import { programPath } from "./program";
import { makeStateFolder } from "./state-folder";

export interface PhoneProcessOptions {
	readonly name: string;
	readonly state: string;
	readonly config?: string;
	/** 0: any free port; undefined: no panel. */
	readonly panelPort?: number;
	readonly sipPort?: number;
	readonly rtpPort?: number;
	/** Numeric, to bind; without it the phone finds its own. */
	readonly address?: string;
	/** The executable, where it is not the release build. */
	readonly program?: string;
	/** Starts something else than the program: its arguments, and the desk's socket. */
	readonly launch?: (args: readonly string[], desk: string) => ChildProcess;
	/** Given each line that the phone writes. */
	readonly onLine?: (line: string) => void;
}

interface Events {
	state: [state: PhoneState];
	message: [message: Record<string, unknown>];
	exit: [code: number | null];
}

/** How long a phone may take to end by itself. */
const EXIT_GRACE_MS = 5000;

export class PhoneProcess extends EventEmitter<Events> {
	readonly desk: Desk;
	readonly panel: Panel | undefined;
	readonly #child: ChildProcess;
	readonly #folder: string;
	readonly lines: string[] = [];
	/** performance.now() just before the process was made. */
	readonly startedAt = performance.now();
	state: PhoneState | undefined;
	exitCode: number | null | undefined;

	private constructor(options: PhoneProcessOptions, desk: Desk, panel: Panel | undefined, folder: string) {
		super();
		this.setMaxListeners(50);
		this.desk = desk;
		this.panel = panel;
		this.#folder = folder;
		desk.on("message", (text) => this.#receive(text));
		const args = ["--state", options.state, "--name", options.name, "--desk", desk.path];
		if (options.config !== undefined) args.push("--config", options.config);
		if (options.sipPort !== undefined) args.push("--sip-port", String(options.sipPort));
		if (options.rtpPort !== undefined) args.push("--rtp-port", String(options.rtpPort));
		if (options.address !== undefined) args.push("--address", options.address);
		this.#child =
			options.launch?.(args, desk.path) ??
			spawn(options.program ?? programPath("release"), args, { stdio: ["ignore", "pipe", "pipe"] });
		let rest = "";
		const read = (chunk: Buffer): void => {
			const lines = (rest + chunk.toString("utf8")).split(/\r?\n/);
			rest = lines.pop() ?? "";
			for (const line of lines) {
				this.lines.push(line);
				options.onLine?.(line);
			}
		};
		this.#child.stdout?.on("data", read);
		this.#child.stderr?.on("data", read);
		this.#child.on("error", (error) => read(Buffer.from(`${error.message}\n`)));
		this.#child.on("close", (code) => {
			this.exitCode = code;
			this.emit("exit", code);
		});
	}

	/** Starts the program; it must have been built. */
	static async start(options: PhoneProcessOptions): Promise<PhoneProcess> {
		makeStateFolder(options.state);
		const folder = mkdtempSync(path.join(tmpdir(), "sotto-"));
		const desk = await Desk.open(path.join(folder, "desk"));
		let panel: Panel | undefined;
		try {
			if (options.panelPort !== undefined) panel = await openPanel({ desk, port: options.panelPort });
		} catch (error) {
			desk.close();
			rmSync(folder, { recursive: true, force: true });
			throw error;
		}
		return new PhoneProcess(options, desk, panel, folder);
	}

	get pid(): number | undefined {
		return this.#child.pid;
	}

	/** Sends one of docs/panel.md's texts. */
	send(message: object): void {
		if ("key" in message && typeof message.key === "string") this.desk.send("K", message.key);
		else this.desk.send("J", JSON.stringify(message));
	}

	/** The newest call, ended or not. */
	get call(): CallState | undefined {
		return this.state?.calls[0];
	}

	/**
	 * Waits until the phone's state is as asked.
	 * @throws {Error} naming `what`, the last state and the last lines when it does not become so in time, or the phone ends
	 */
	async until(what: string, condition: (state: PhoneState) => boolean, timeoutMs = 15_000): Promise<PhoneState> {
		if (this.state && condition(this.state)) return this.state;
		return new Promise((resolve, reject) => {
			const finish = (error: Error | undefined, state?: PhoneState): void => {
				clearTimeout(timer);
				this.off("state", onState);
				this.off("exit", onExit);
				if (error) reject(error);
				else if (state) resolve(state);
			};
			const failure = (why: string): Error =>
				new Error(
					`${why} while waiting for ${what}; state ${JSON.stringify(this.state)}; last lines:\n${this.lines.slice(-25).join("\n")}`,
				);
			const onState = (state: PhoneState): void => {
				if (condition(state)) finish(undefined, state);
			};
			const onExit = (code: number | null): void => finish(failure(`the phone ended with ${code}`));
			const timer = setTimeout(() => finish(failure(`${timeoutMs} ms passed`)), timeoutMs);
			this.on("state", onState);
			this.on("exit", onExit);
			if (this.exitCode !== undefined) onExit(this.exitCode);
		});
	}

	/** Asks the phone to end, and makes it end when it does not. @returns its exit code; null: it had to be killed */
	async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
		if (this.exitCode === undefined) {
			const ended = new Promise<void>((resolve) => this.once("exit", () => resolve()));
			this.#child.kill(signal);
			const killer = setTimeout(() => this.#child.kill("SIGKILL"), EXIT_GRACE_MS);
			await ended;
			clearTimeout(killer);
		}
		this.panel?.close();
		this.desk.close();
		rmSync(this.#folder, { recursive: true, force: true });
		return this.exitCode ?? null;
	}

	#receive(text: string): void {
		const message: unknown = JSON.parse(text);
		if (typeof message !== "object" || message === null) return;
		if ("state" in message) {
			this.state = message.state as PhoneState;
			this.emit("state", this.state);
		}
		this.emit("message", message as Record<string, unknown>);
	}
}
