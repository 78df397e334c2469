/** tshark as an independent witness: captures the loopback, and reads ZRTP, RTP and SIP with its own dissectors. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";

export interface ZrtpPacket {
	readonly sourcePort: number;
	readonly type: string;
	/** True when tshark computed the same CRC-32C. */
	readonly checksumGood: boolean;
	/** The packet as it stood in the datagram. */
	readonly bytes: Buffer;
	/** Seconds since 1970. */
	readonly timeSec: number;
}

export interface UdpPacket {
	readonly sourcePort: number;
	readonly destinationPort: number;
	/** Payload of the datagram. */
	readonly bytes: Buffer;
	/** Seconds since 1970. */
	readonly timeSec: number;
}

/** What dumpcap may keep to itself before it writes. */
const FLUSH_MS = 300;
const START_TIMEOUT_MS = 5000;

export class Capture {
	readonly #file: string;
	readonly #child: ChildProcess;
	readonly #killAtExit = (): void => void this.#child.kill("SIGKILL");

	private constructor(file: string) {
		this.#file = file;
		rmSync(file, { force: true });
		// dumpcap, tshark's own capturing half: it only writes.
		this.#child = spawn("dumpcap", ["-q", "-i", "lo", "-f", "udp", "-w", file], { stdio: "ignore" });
		this.#child.on("error", () => {});
		process.once("exit", this.#killAtExit);
	}

	static async start(file: string): Promise<Capture> {
		const capture = new Capture(file);
		for (const end = Date.now() + START_TIMEOUT_MS; !existsSync(file) || statSync(file).size === 0; ) {
			if (Date.now() > end || capture.#child.exitCode !== null) {
				await capture.stop();
				throw new Error("dumpcap did not begin to capture");
			}
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
		return capture;
	}

	/** What was captured can be read from now on; safe to repeat. */
	async stop(): Promise<void> {
		process.off("exit", this.#killAtExit);
		if (this.#child.exitCode !== null || this.#child.pid === undefined) return;
		await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
		const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
		this.#child.kill("SIGINT");
		await ended;
	}

	/** Every ZRTP packet that went over UDP. */
	zrtp(): ZrtpPacket[] {
		return this.#fields("zrtp", [
			"udp.srcport",
			"zrtp.type",
			"zrtp.checksum.status",
			"udp.payload",
			"frame.time_epoch",
		]).map(([port = "", type = "", status = "", payload = "", time = ""]) => ({
			sourcePort: Number(port),
			type: type.trim(),
			checksumGood: status === "1" || /good/i.test(status),
			bytes: octets(payload),
			timeSec: Number(time),
		}));
	}

	/** Malformed packets by tshark's expert, one line each. */
	faults(filter: string): string[] {
		return this.#fields(`(${filter}) && _ws.malformed`, ["frame.number", "_ws.col.Info"]).map((row) => row.join(" "));
	}

	/** Every datagram. */
	udp(): UdpPacket[] {
		return this.#fields("udp", ["udp.srcport", "udp.dstport", "udp.payload", "frame.time_epoch"]).map(
			([source = "", destination = "", payload = "", time = ""]) => ({
				sourcePort: Number(source),
				destinationPort: Number(destination),
				bytes: octets(payload),
				timeSec: Number(time),
			}),
		);
	}

	/** Every datagram that begins with RTP's version and with no type of RTCP (RFC 5761 section 4). */
	rtp(): UdpPacket[] {
		return this.udp().filter(({ bytes }) => {
			const type = (bytes[1] ?? 0) & 0x7f;
			return bytes.length >= 12 && (bytes[0] ?? 0) >> 6 === 2 && (type < 64 || type >= 96);
		});
	}

	#fields(filter: string, fields: readonly string[]): string[][] {
		const preferences = ["-o", "rtp.heuristic_rtp:TRUE"];
		const text = execFileSync(
			"tshark",
			[
				"-n",
				"-r",
				this.#file,
				...preferences,
				"-Y",
				filter,
				"-T",
				"fields",
				...fields.flatMap((field) => ["-e", field]),
			],
			{ encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 },
		);
		return text
			.split("\n")
			.filter((line) => line !== "")
			.map((line) => line.split("\t"));
	}
}

function octets(hex: string): Buffer {
	return Buffer.from(hex.replaceAll(":", ""), "hex");
}
