/**
 * linphonec of Debian as the other phone: a process of its own with its own home, driven by its console, listened to
 * through its log. What it plays and records are WAV files.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readFileSync,
	readSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import type { Recording } from "../../../scripts/simulator/tone";

export interface LinphonecOptions {
	readonly name: string;
	/** Numeric; 127.0.0.1 without it. */
	readonly address?: string;
	/** Folder of its config, its home and its secrets; kept between runs when it is. */
	readonly folder: string;
	readonly sipPort: number;
	readonly rtpPort: number;
	/** WAV file that it plays into the call. */
	readonly play: string;
	/** WAV file that it records what it hears to. */
	readonly record: string;
	readonly autoAnswer?: boolean;
	readonly mediaEncryption?: "zrtp" | "none" | "srtp" | "dtls";
	/** The only codecs it offers, all at 8 kHz; without it, its own choice. */
	readonly codecs?: readonly ("PCMU" | "PCMA")[];
	/** It may offer its camera, which it has none of, and takes video. */
	readonly video?: boolean;
	/** No log, so that writing it costs nothing: then neither `until` nor `sas` can be used. */
	readonly quiet?: boolean;
	/** Lines added to [sip], for example zrtp_key_agreements_suites=... */
	readonly sip?: readonly string[];
}

const START_TIMEOUT_MS = 20_000;
/** How long it may take to end by itself. */
const QUIT_GRACE_MS = 3000;

export class Linphonec {
	readonly uri: string;
	/** performance.now() just before the process was made. */
	readonly startedAt: number;
	readonly #child: ChildProcess;
	readonly #log: string;
	readonly #killAtExit = (): void => void this.#child.kill("SIGKILL");
	#from = 0;
	#ended = false;

	private constructor(options: LinphonecOptions) {
		this.uri = `sip:${options.name}@${hostOf(options.address)}:${options.sipPort}`;
		const { folder } = options;
		const home = path.join(folder, "home");
		for (const each of [".local/share/linphone", ".config/linphone"])
			mkdirSync(path.join(home, each), { recursive: true });
		this.#log = path.join(folder, "log");
		for (const file of [this.#log, options.record]) rmSync(file, { force: true });
		const config = path.join(folder, "linphonerc");
		writeFileSync(config, configOf(options));
		const output = openSync(path.join(folder, "out"), "w");
		this.startedAt = performance.now();
		this.#child = spawn(
			"linphonec",
			[
				...["-c", config],
				...(options.quiet ? [] : ["-d", "6", "-l", this.#log]),
				...(options.autoAnswer ? ["-a"] : []),
				...(options.video ? ["-C"] : []),
			],
			{
				stdio: ["pipe", output, output],
				env: { ...process.env, HOME: home, XDG_DATA_HOME: "", XDG_CONFIG_HOME: "" },
			},
		);
		closeSync(output);
		this.#child.on("exit", () => {
			this.#ended = true;
		});
		this.#child.on("error", () => {
			this.#ended = true;
		});
		this.#child.stdin?.on("error", () => {});
		process.once("exit", this.#killAtExit);
	}

	static async start(options: LinphonecOptions): Promise<Linphonec> {
		mkdirSync(options.folder, { recursive: true });
		const phone = new Linphonec(options);
		try {
			// The last thing that it does before it takes calls.
			if (!options.quiet) await phone.until(/Creating listening point .*transport=UDP/, START_TIMEOUT_MS);
			phone.command("soundcard use files");
			phone.command(`play ${options.play}`);
			phone.command(`record ${options.record}`);
		} catch (error) {
			await phone.stop();
			throw error;
		}
		return phone;
	}

	get pid(): number | undefined {
		return this.#child.pid;
	}

	/** One line of its console. */
	command(text: string): void {
		if (!this.#ended) this.#child.stdin?.write(`${text}\n`);
	}

	/** Its whole log so far. */
	get log(): string {
		return existsSync(this.#log) ? readFileSync(this.#log, "utf8") : "";
	}

	/** From here on `until` looks at new lines alone. */
	mark(): void {
		this.#from = existsSync(this.#log) ? statSync(this.#log).size : 0;
	}

	/** Its log since the mark. */
	get recentLog(): string {
		if (!existsSync(this.#log)) return "";
		const bytes = Buffer.alloc(Math.max(0, statSync(this.#log).size - this.#from));
		const file = openSync(this.#log, "r");
		try {
			return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, this.#from));
		} finally {
			closeSync(file);
		}
	}

	/** Changes a line of its config; those of ZRTP are read anew for each call. */
	set(section: string, parameter: string, value: string): void {
		this.command(`param ${section} ${parameter} ${value}`);
	}

	/** @throws {Error} with the end of the log when the pattern does not appear in time */
	async until(pattern: RegExp, timeoutMs = 15_000): Promise<RegExpExecArray> {
		const end = Date.now() + timeoutMs;
		for (;;) {
			const found = pattern.exec(this.recentLog);
			if (found) return found;
			if (this.#ended || Date.now() > end)
				throw new Error(
					`linphonec ${this.#ended ? "ended" : "did not come"} to ${pattern}; its log ends:\n${this.log.slice(-3000)}`,
				);
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
	}

	/** SAS, as it shows it, once keys are on. */
	async sas(): Promise<{ text: string; verified: boolean }> {
		const [, text = "", verified] = await this.until(/ZRTP secrets on: SAS is (\S+) previously verified (yes|no)/);
		return { text, verified: verified === "yes" };
	}

	/** Ends it for sure; safe to repeat. */
	async stop(): Promise<void> {
		process.off("exit", this.#killAtExit);
		if (this.#ended) return;
		const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
		this.command("terminate");
		this.command("quit");
		const killer = setTimeout(() => this.#child.kill("SIGKILL"), QUIT_GRACE_MS);
		await ended;
		clearTimeout(killer);
	}
}

/** What it records, also while it still does: it writes the header of its WAV file last. 8 kHz, as all that Sotto speaks. */
export function readRecording(file: string): Recording {
	const bytes = readFileSync(file);
	const headerByteLength = 44;
	const count = Math.max(0, Math.floor((bytes.length - headerByteLength) / 2));
	const samples = Float64Array.from({ length: count }, (_, i) => bytes.readInt16LE(headerByteLength + 2 * i) / 32768);
	return { rateHz: 8000, samples };
}

/** As it stands in a URI. */
export function hostOf(address = "127.0.0.1"): string {
	return address.includes(":") ? `[${address}]` : address;
}

function configOf({
	name,
	address,
	sipPort,
	rtpPort,
	mediaEncryption = "zrtp",
	sip = [],
	codecs,
}: LinphonecOptions): string {
	return `[sip]
sip_port=${sipPort}
sip_tcp_port=0
sip_tls_port=0
guess_hostname=0
contact=sip:${name}@${hostOf(address)}
default_proxy=-1
media_encryption=${mediaEncryption}
media_encryption_mandatory=0
use_ipv6=${address?.includes(":") ? 1 : 0}
ipv6_migration_done=TRUE
register_only_when_network_is_up=0
auto_net_state_mon=0
${sip.join("\n")}
[rtp]
audio_rtp_port=${rtpPort}
[net]
mtu=1300
dns_srv_enabled=0
dns_search_enabled=0
[sound]
echocancellation=0
[misc]
version_check_url_root=
uuid=00000000-0000-0000-0000-0000000${rtpPort}
${codecs ? codecSections(codecs) : ""}`;
}

/** Every codec that Debian's linphonec would switch on by itself, on or off. */
function codecSections(codecs: readonly string[]): string {
	const all = [
		["opus", 48000, 2],
		["speex", 16000, 1],
		["speex", 8000, 1],
		["PCMU", 8000, 1],
		["PCMA", 8000, 1],
		["G729", 8000, 1],
	] as const;
	return all
		.map(
			([mime, rate, channels], index) => `[audio_codec_${index}]
mime=${mime}
rate=${rate}
channels=${channels}
enabled=${codecs.includes(mime) ? 1 : 0}
`,
		)
		.join("");
}
