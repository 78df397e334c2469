/**
 * Sotto and linphonec side by side, with tshark as the witness: starts all three, makes calls between them, and ends
 * them for sure.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { CallState } from "../../../modules/call/state";
import { serveConfigs } from "../../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../../scripts/simulator/phone-process";
import { readWav } from "../../../scripts/simulator/tone";
import { Capture } from "./capture";
import { hostOf, Linphonec, type LinphonecOptions, readRecording } from "./linphonec";
import { fileListener, hears, hearsNothingOf, type Listener } from "./listening";
import { freeRtpPorts } from "./rtp-ports";
import { startSotto, TRACE_ALL, withLogs } from "./sotto";
import { writeTone } from "./tone-file";

export const SOTTO_HZ = 440;
export const LINPHONE_HZ = 880;

export interface MeetingOptions {
	/** Folder of everything; the two phones' memories in it are kept between meetings. */
	readonly folder: string;
	/** Names capture and recordings. */
	readonly name: string;
	readonly program: string;
	/** Added to Sotto's config. */
	readonly config?: Readonly<Record<string, unknown>>;
	/** Of both; 127.0.0.1 without it. */
	readonly address?: string;
	readonly linphone?: Partial<Pick<LinphonecOptions, "autoAnswer" | "mediaEncryption" | "sip" | "video">>;
	/** Where the two listen for SIP, for two meetings at once. */
	readonly sipPorts?: { readonly sotto: number; readonly linphone: number };
}

/** Fixed, since linphonec keeps secrets by the addresses of both ends; each test file has a network of its own. */
const SOTTO_SIP = 15060;
export const LINPHONE_SIP = 15070;

export class Meeting {
	readonly sotto: PhoneProcess;
	readonly linphone: Linphonec;
	readonly capture: Capture;
	readonly sottoRtpPort: number;
	readonly heardBySotto: string;
	readonly heardByLinphone: string;
	readonly ears: { readonly sotto: Listener; readonly linphone: Listener };
	readonly #host: string;
	readonly #sottoPort: number;

	private constructor(
		sotto: PhoneProcess,
		linphone: Linphonec,
		capture: Capture,
		sottoRtpPort: number,
		files: { heardBySotto: string; heardByLinphone: string },
		host: string,
		sottoPort: number,
	) {
		this.#host = host;
		this.#sottoPort = sottoPort;
		this.sotto = sotto;
		this.linphone = linphone;
		this.capture = capture;
		this.sottoRtpPort = sottoRtpPort;
		this.heardBySotto = files.heardBySotto;
		this.heardByLinphone = files.heardByLinphone;
		this.ears = {
			sotto: fileListener("Sotto", files.heardBySotto, readWav, () => sotto.lines.slice(-40).join("\n")),
			linphone: fileListener("linphonec", files.heardByLinphone, readRecording, () => linphone.log.slice(-3000)),
		};
	}

	/** Runs `talk` between two phones that are ready; all are stopped when it has ended, and the capture can be read. */
	static async hold<T>(options: MeetingOptions, talk: (meeting: Meeting) => Promise<T>): Promise<[Meeting, T]> {
		const folder = path.join(options.folder, options.name);
		mkdirSync(folder, { recursive: true });
		const tone = path.join(folder, "tone.wav");
		// linphonec plays it through once, over all calls of the meeting.
		writeTone(tone, LINPHONE_HZ, 240);
		const files = {
			heardBySotto: path.join(folder, "heard-by-sotto.wav"),
			heardByLinphone: path.join(folder, "heard-by-linphone.wav"),
		};
		const [rtpPort = 0, linphoneRtpPort = 0] = await freeRtpPorts(2);
		const sipPorts = options.sipPorts ?? { sotto: SOTTO_SIP, linphone: LINPHONE_SIP };
		const ends: (() => unknown)[] = [];
		const phones: PhoneProcess[] = [];
		const at = options.address === undefined ? {} : { address: options.address };
		try {
			const configs = await serveConfigs({
				sotto: {
					account: { aor: `sip:sotto@${hostOf(options.address)}:${sipPorts.sotto}`, displayName: "Sotto" },
					audio: { microphone: `tone:${SOTTO_HZ}` },
					sip: { port: sipPorts.sotto },
					log: TRACE_ALL,
					...options.config,
				},
			});
			ends.push(() => configs.close());
			const capture = await Capture.start(path.join(folder, "capture.pcapng"));
			ends.push(() => capture.stop());
			const linphone = await Linphonec.start({
				name: "linphone",
				...at,
				folder: path.join(options.folder, "linphone"),
				sipPort: sipPorts.linphone,
				rtpPort: linphoneRtpPort,
				play: tone,
				record: files.heardByLinphone,
				autoAnswer: true,
				...options.linphone,
			});
			ends.push(() => linphone.stop());
			const sotto = await startSotto({
				name: "Sotto",
				...at,
				state: path.join(options.folder, "sotto"),
				config: configs.url("sotto"),
				rtpPort,
				program: options.program,
			});
			ends.push(() => sotto.stop());
			phones.push(sotto);
			await sotto.until("ready", () => true);
			sotto.send({ speaker: files.heardBySotto });
			const host = hostOf(options.address);
			const meeting = new Meeting(sotto, linphone, capture, rtpPort, files, host, sipPorts.sotto);
			return [meeting, await talk(meeting)];
		} catch (error) {
			throw withLogs(error, phones);
		} finally {
			for (const end of ends.reverse()) await end();
		}
	}

	/** Each hears the other's tone from now on. */
	async bothHear(): Promise<void> {
		await Promise.all([hears(this.ears.sotto, LINPHONE_HZ), hears(this.ears.linphone, SOTTO_HZ)]);
	}

	/** Neither hears the other any more. */
	async neitherHears(): Promise<void> {
		await Promise.all([hearsNothingOf(this.ears.sotto, LINPHONE_HZ), hearsNothingOf(this.ears.linphone, SOTTO_HZ)]);
	}

	/** Calls linphonec. @param uri the way to it, where it is not its own address */
	async dial(uri = this.linphone.uri): Promise<void> {
		const last = this.sotto.call?.id;
		this.sotto.send({ dial: uri });
		await this.sotto.until("a new call", ({ calls: [call] }) => call !== undefined && call.id !== last);
	}

	/** linphonec calls, and Sotto rings. */
	async beCalled(): Promise<void> {
		this.linphone.command(`call sip:sotto@${this.#host}:${this.#sottoPort}`);
		await this.sotto.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
	}

	async connect(direction: "incoming" | "outgoing"): Promise<void> {
		this.linphone.mark();
		if (direction === "outgoing") await this.dial();
		else {
			await this.beCalled();
			this.sotto.send({ answer: true });
		}
		await this.sotto.until("an answer", ({ calls: [call] }) => call !== undefined && call.state !== "ringing");
	}

	/** The call, once encrypted voice goes both ways. */
	async secure(): Promise<CallState> {
		const {
			calls: [call],
		} = await this.sotto.until(
			"keys in both directions",
			({ calls: [each] }) => (each?.keying === "zrtp" && each.secureAfterMs !== undefined) || each?.state === "ended",
		);
		if (call?.keying !== "zrtp") throw new Error(`not secure: ${JSON.stringify(call)}`);
		return call;
	}

	async hangUp(): Promise<CallState> {
		this.sotto.send({ hangup: true });
		return this.ended();
	}

	async ended(): Promise<CallState> {
		const {
			calls: [call],
		} = await this.sotto.until("the end of the call", ({ calls: [each] }) => each?.state === "ended");
		if (!call) throw new Error("the call is gone");
		await this.linphone.until(
			/Call \[[^\]]*\] moving? from state \S+ to (?:\S*Released|\S*End)|CallSessionEnd|Released/,
		);
		return call;
	}
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
