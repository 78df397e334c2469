/** SIPp of Debian, driving one of the scenarios in peers/sipp or one of its own (-sn). */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

const SCENARIOS = path.join(import.meta.dirname, "sipp");

export interface SippOptions {
	/** Name of a file in peers/sipp without .xml, or the path of another, or `-sn NAME` for one that SIPp brings along. */
	readonly scenario: string;
	/** Where its errors are written. */
	readonly folder: string;
	readonly port: number;
	/** host:port of the phone; without it SIPp waits to be called. */
	readonly target?: string;
	/** User part of the Request-URI. */
	readonly service?: string;
	/** For [voice_port] in our scenarios: where the phone is to send its voice. */
	readonly voicePort: number;
	/** SIPp takes a port for media whether it needs one or not. */
	readonly mediaPort: number;
	/** Calls to make or take before it ends. */
	readonly calls?: number;
	readonly timeoutSec?: number;
	/** Values for [NAME] in the scenario. */
	readonly keys?: Readonly<Record<string, string>>;
	readonly more?: readonly string[];
}

export class Sipp {
	/** Settles when SIPp has ended: empty when every call went as the scenario says, else what went wrong. */
	readonly done: Promise<string>;
	readonly port: number;
	readonly #child: ChildProcess;

	constructor(options: SippOptions) {
		const { scenario, folder, port, target, mediaPort, voicePort } = options;
		mkdirSync(folder, { recursive: true });
		const name = `${path.basename(scenario).replace(/\W+/g, "-")}-${port}`;
		const errors = path.join(folder, `${name}.errors`);
		const args = [
			...(scenario.startsWith("-sn ")
				? scenario.split(" ")
				: ["-sf", scenario.endsWith(".xml") ? scenario : path.join(SCENARIOS, `${scenario}.xml`)]),
			...["-i", "127.0.0.1", "-p", String(port), "-m", String(options.calls ?? 1), "-l", "1", "-nostdin"],
			...["-timeout", String(options.timeoutSec ?? 30), "-timeout_error", "-recv_timeout", "20000"],
			...["-trace_err", "-error_file", errors, "-trace_msg", "-message_file", path.join(folder, `${name}.messages`)],
			...(options.service === undefined ? [] : ["-s", options.service]),
			...["-mp", String(mediaPort), "-key", "voice_port", String(voicePort)],
			...Object.entries(options.keys ?? {}).flatMap(([key, value]) => ["-key", key, value]),
			...(options.more ?? []),
			...(target === undefined ? [] : [target]),
		];
		this.port = port;
		this.#child = spawn("sipp", args, { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
		let output = "";
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream?.on("data", (data: Buffer) => {
				output = (output + data.toString()).slice(-4000);
			});
		const kill = (): void => void this.#child.kill("SIGKILL");
		process.once("exit", kill);
		this.done = new Promise((resolve) => {
			this.#child.on("error", (error) => resolve(error.message));
			this.#child.on("close", (code) => {
				process.off("exit", kill);
				resolve(code === 0 ? "" : `sipp ${scenario} ended with ${code}: ${read(errors) || output.slice(-1500)}`);
			});
		});
	}

	/** Once it can be called. @throws {Error} where it ends before */
	async listening(over: "udp" | "tcp" = "udp"): Promise<void> {
		const socket = `:${this.port.toString(16).toUpperCase().padStart(4, "0")} `;
		while (!readFileSync(`/proc/self/net/${over}`, "latin1").includes(socket)) {
			if (this.#child.exitCode !== null) throw new Error(await this.done);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	/** Ends it; what it had to say no longer matters. */
	stop(): void {
		this.#child.kill("SIGKILL");
	}
}

function read(file: string): string {
	try {
		return readFileSync(file, "utf8").slice(-3000);
	} catch {
		return "";
	}
}
