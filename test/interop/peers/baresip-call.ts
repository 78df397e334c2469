/** One Sotto and one baresip with ports of their own, so that several such pairs may talk at once; all ends for sure. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { CallState } from "../../../modules/call/state";
import { serveConfigs } from "../../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../../scripts/simulator/ports";
import { Baresip, type BaresipOptions } from "./baresip";
import { hears, hearsNothingOf, type Listener, listenTo } from "./listening";
import { freeRtpPorts } from "./rtp-ports";
import { startSotto, TRACE_ALL, withLogs } from "./sotto";

export const BARESIP_HZ = 880;
export const SOTTO_HZ = 440;

export interface BaresipCallOptions {
	readonly folder: string;
	readonly program: string;
	/** Added to Sotto's config. */
	readonly config?: Readonly<Record<string, unknown>>;
	readonly baresip?: Pick<BaresipOptions, "mediaEncryption" | "rtcpMux">;
}

export type Direction = "outgoing" | "incoming";
type End = "sotto" | "baresip";

export class BaresipCall {
	readonly sotto: PhoneProcess;
	readonly baresip: Baresip;
	readonly ear: Listener;
	/** Where Sotto sends voice from. */
	readonly rtpPort: number;
	readonly #uri: string;

	private constructor(sotto: PhoneProcess, baresip: Baresip, ear: Listener, rtpPort: number, uri: string) {
		this.sotto = sotto;
		this.baresip = baresip;
		this.ear = ear;
		this.rtpPort = rtpPort;
		this.#uri = uri;
	}

	/** Runs `talk` between the two. */
	static async hold<T>(options: BaresipCallOptions, talk: (pair: BaresipCall) => Promise<T>): Promise<T> {
		const { folder, program } = options;
		mkdirSync(folder, { recursive: true });
		const [sipPort = 0, controlPort = 0, ownPort = 0] = await freeUdpPorts(3);
		const [rtpPort = 0, baresipRtpPort = 0] = await freeRtpPorts(2);
		const uri = `sip:sotto@127.0.0.1:${ownPort}`;
		const ends: (() => unknown)[] = [];
		const phones: PhoneProcess[] = [];
		try {
			const configs = await serveConfigs({
				sotto: {
					account: { aor: uri, displayName: "Sotto" },
					audio: { microphone: `tone:${SOTTO_HZ}` },
					log: TRACE_ALL,
					...options.config,
					sip: { port: ownPort, ...(options.config?.sip ?? {}) },
				},
			});
			ends.push(() => configs.close());
			const baresip = await Baresip.start({
				name: "baresip",
				folder: path.join(folder, "baresip"),
				sipPort,
				controlPort,
				rtpPort: baresipRtpPort,
				hz: BARESIP_HZ,
				...options.baresip,
			});
			ends.push(() => baresip.stop());
			const state = path.join(folder, "sotto");
			const sotto = await startSotto({ name: "Sotto", state, config: configs.url("sotto"), rtpPort, program });
			ends.push(() => sotto.stop());
			phones.push(sotto);
			await sotto.until("ready", () => true);
			const ear = listenTo(sotto, folder, "sotto");
			return await talk(new BaresipCall(sotto, baresip, ear, rtpPort, uri));
		} catch (error) {
			throw withLogs(error, phones);
		} finally {
			for (const end of ends.reverse()) await end();
		}
	}

	async connect(direction: Direction): Promise<void> {
		if (direction === "outgoing") this.sotto.send({ dial: this.baresip.uri });
		else {
			await this.baresip.command("dial", this.#uri);
			await this.sotto.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
			this.sotto.send({ answer: true });
		}
		await this.sotto.until("an answer", ({ calls: [call] }) => call !== undefined && call.state !== "ringing");
	}

	/** Each hears the other's tone from now on. */
	async bothHear(): Promise<void> {
		await Promise.all([hears(this.ear, BARESIP_HZ), hears(this.baresip, SOTTO_HZ)]);
	}

	/** One end holds the call, until neither hears the other, and takes it back, until both do. */
	async holdAndResume(by: End): Promise<void> {
		await this.#ask(by, true);
		await this.#becomes("held");
		await Promise.all([hearsNothingOf(this.ear, BARESIP_HZ), hearsNothingOf(this.baresip, SOTTO_HZ)]);
		await this.#ask(by, false);
		await this.#becomes("connected");
		await this.bothHear();
	}

	/** baresip asks for nothing new, and both hear each other on. */
	async reinvite(): Promise<void> {
		const before = this.#answers;
		await this.baresip.command("reinvite");
		await this.baresip.until(/call: got SDP answer/g, undefined, before + 1);
		await this.bothHear();
	}

	async hangUp(by: End): Promise<CallState | undefined> {
		if (by === "sotto") this.sotto.send({ hangup: true });
		else await this.baresip.command("hangup");
		const { calls } = await this.sotto.until("the end of the call", ({ calls: [each] }) => each?.state === "ended");
		return calls[0];
	}

	get #answers(): number {
		return this.baresip.output.match(/call: got SDP answer/g)?.length ?? 0;
	}

	async #ask(by: End, hold: boolean): Promise<void> {
		if (by === "sotto") this.sotto.send({ hold });
		else await this.baresip.command(hold ? "hold" : "resume");
	}

	async #becomes(state: CallState["state"]): Promise<void> {
		await this.sotto.until(state, ({ calls: [call] }) => call?.state === state);
	}
}
