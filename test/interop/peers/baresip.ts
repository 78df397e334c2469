/**
 * baresip of Debian as the other phone: a process of its own with its own config folder, driven by its control port,
 * listened to through its output. It plays a tone, and what its player plays is heard (ear.ts). Its own recorder would not do:
 * sndfile writes no more after any hold, since baresip 1.0 drops the filters of what it receives then, and sets none up
 * again while those of what it sends stand (audio_decoder_set and aufilt_setup in its src/audio.c).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import type { Recording } from "../../../scripts/simulator/tone";
import { Ear } from "./ear";
import type { Listener } from "./listening";

export interface BaresipOptions {
	readonly name: string;
	/** Of its config and what it hears; made anew. */
	readonly folder: string;
	readonly sipPort: number;
	readonly controlPort: number;
	readonly rtpPort: number;
	/** Of the tone that it plays. */
	readonly hz: number;
	/** Its name for who keys SRTP; without it, nobody. */
	readonly mediaEncryption?: "srtp" | "srtp-mand" | "srtp-mandf" | "dtls_srtp";
	readonly rtcpMux?: boolean;
}

const MODULES = "/usr/lib/baresip/modules";
const START_TIMEOUT_MS = 10_000;

export class Baresip implements Listener {
	readonly who: string;
	readonly uri: string;
	readonly #ear: Ear;
	readonly #child: ChildProcess;
	readonly #options: BaresipOptions;
	readonly #killAtExit = (): void => void this.#child.kill("SIGKILL");
	#output = "";
	#ended = false;

	private constructor(options: BaresipOptions) {
		this.#options = options;
		this.who = options.name;
		this.uri = `sip:${options.name}@127.0.0.1:${options.sipPort}`;
		rmSync(options.folder, { recursive: true, force: true });
		this.#ear = new Ear(options.folder);
		writeFileSync(path.join(options.folder, "config"), configOf(options));
		writeFileSync(path.join(options.folder, "accounts"), accountOf(options));
		writeFileSync(path.join(options.folder, "contacts"), "");
		this.#child = spawn("baresip", ["-4", "-v", "-f", options.folder], {
			cwd: options.folder,
			env: { ...process.env, ALSA_CONFIG_PATH: this.#ear.config },
			stdio: ["pipe", "pipe", "pipe"],
		});
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream?.on("data", (chunk: Buffer) => {
				this.#output += chunk.toString("latin1");
			});
		this.#child.on("exit", () => {
			this.#ended = true;
		});
		this.#child.on("error", () => {
			this.#ended = true;
		});
		process.once("exit", this.#killAtExit);
	}

	static async start(options: BaresipOptions): Promise<Baresip> {
		const phone = new Baresip(options);
		try {
			await phone.until(/baresip is ready/, START_TIMEOUT_MS);
		} catch (error) {
			await phone.stop();
			throw error;
		}
		return phone;
	}

	/** All that it has said. */
	get output(): string {
		return this.#output;
	}

	/** One of its commands, for example dial or hold. */
	command(command: string, params = ""): Promise<void> {
		const text = JSON.stringify({ command, params });
		return new Promise((resolve, reject) => {
			const socket = connect(this.#options.controlPort, "127.0.0.1", () => {
				socket.end(`${text.length}:${text},`);
			});
			socket.on("error", reject).on("data", () => {});
			socket.on("close", () => resolve());
		});
	}

	/** @throws {Error} with the end of the output when the pattern (with g) does not appear so often in time */
	async until(pattern: RegExp, timeoutMs = 15_000, times = 1): Promise<void> {
		const end = Date.now() + timeoutMs;
		for (;;) {
			if ((this.#output.match(pattern)?.length ?? 0) >= times) return;
			if (this.#ended || Date.now() > end)
				throw new Error(
					`baresip ${this.#ended ? "ended" : "did not come"} to ${pattern}; it said:\n${this.#output.slice(-3000)}`,
				);
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
	}

	playedSec(): number {
		return this.#ear.playedSec;
	}

	last(ms: number): Recording {
		return this.#ear.last(ms);
	}

	said(): string {
		return this.#output.slice(-3000);
	}

	/** Ends it for sure; safe to repeat. */
	async stop(): Promise<void> {
		process.off("exit", this.#killAtExit);
		this.#ear.close();
		if (this.#ended) return;
		const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
		this.#child.kill("SIGTERM");
		const killer = setTimeout(() => this.#child.kill("SIGKILL"), 3000);
		await ended;
		clearTimeout(killer);
	}
}

function configOf({ sipPort, controlPort, rtpPort, hz, rtcpMux }: BaresipOptions): string {
	return `poll_method epoll
sip_listen 127.0.0.1:${sipPort}
call_local_timeout 120
call_max_calls 4
audio_path /usr/share/baresip
audio_player alsa,heard
audio_source ausine,${hz}
audio_alert aubridge,alert
ausrc_srate 48000
auplay_srate 48000
ausrc_channels 2
auplay_channels 2
audio_level no
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
rtp_ports ${rtpPort}-${rtpPort + 20}
rtcp_mux ${rtcpMux ? "yes" : "no"}
rtp_stats yes
jitter_buffer_delay 5-10
net_interface 127.0.0.1
module_path ${MODULES}
module ctrl_tcp.so
module g711.so
module ausine.so
module alsa.so
module aubridge.so
module uuid.so
module srtp.so
module dtls_srtp.so
module_tmp account.so
module_app menu.so
ctrl_tcp_listen 127.0.0.1:${controlPort}
`;
}

function accountOf({ name, mediaEncryption }: BaresipOptions): string {
	const keys = mediaEncryption === undefined ? "" : `;mediaenc=${mediaEncryption}`;
	return `<sip:${name}@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMU/8000/1,PCMA/8000/1${keys}\n`;
}
