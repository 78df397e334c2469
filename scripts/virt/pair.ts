/**
 * The bare board and a simulated phone on one tap, each with the other as its peer: what goes in is an image, what comes
 * out are two phones that are ready, and a way to make secure calls between them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CallState } from "../../modules/call/state";
import type { VirtSizes } from "../builder/virt";
import { type ConfigServer, serveConfigs } from "../simulator/config-server";
import { PhoneProcess } from "../simulator/phone-process";
import type { Recording } from "../simulator/tone";
import { startBoardPhone } from "./board-phone";
import { tap } from "./network";

/** What each sends into a call, in Hz. */
export const TONES = { board: 440, simulator: 880 };
const SIP_PORT = 5060;
const READY_MS = 60_000;
const SECURE_MS = 60_000;
const STEP_MS = 30_000;

export interface PairOptions {
	readonly executable: string;
	readonly sizes: VirtSizes;
	/** For both phones' state. */
	readonly folder: string;
	readonly onStep: (line: string) => void;
	/** Given each line of the board. */
	readonly onLine?: (line: string) => void;
	/** More of the machine's own arguments. */
	readonly machineArguments?: readonly string[];
	readonly instructionShift?: number;
}

export class Pair {
	readonly simulator: PhoneProcess;
	readonly uris = { board: `sip:board@${tap.board}:${SIP_PORT}`, simulator: `sip:simulator@${tap.host}:${SIP_PORT}` };
	readonly #options: PairOptions;
	readonly #configs: ConfigServer;
	#board: PhoneProcess | undefined;

	private constructor(options: PairOptions, configs: ConfigServer, simulator: PhoneProcess) {
		this.#options = options;
		this.#configs = configs;
		this.simulator = simulator;
	}

	/** In a namespace with the tap. The simulator is ready, the board is off. */
	static async start(options: PairOptions): Promise<Pair> {
		const uris = { board: `sip:board@${tap.board}:${SIP_PORT}`, simulator: `sip:simulator@${tap.host}:${SIP_PORT}` };
		const configs = await serveConfigs(
			{
				board: config(uris.board, "Board", uris.simulator, "Simulator", TONES.board),
				simulator: config(uris.simulator, "Simulator", uris.board, "Board", TONES.simulator),
			},
			tap.host,
		);
		const simulator = await PhoneProcess.start({
			name: "Simulator",
			state: join(options.folder, "simulator"),
			config: configs.url("simulator"),
		});
		const pair = new Pair(options, configs, simulator);
		try {
			await simulator.until("the simulator to be ready", () => true);
		} catch (error) {
			await pair.close();
			throw error;
		}
		return pair;
	}

	get board(): PhoneProcess {
		if (this.#board === undefined) throw new Error("the board is off");
		return this.#board;
	}

	/** Switches the board on; its flash is as it was left. */
	async boot(): Promise<void> {
		const { executable, sizes, folder, machineArguments, instructionShift, onLine, onStep } = this.#options;
		const state = join(folder, "board");
		mkdirSync(state, { recursive: true });
		const board = await startBoardPhone({
			executable,
			sizes,
			name: "Board",
			state,
			config: this.#configs.url("board"),
			network: tap.options,
			fixedAddress: tap.setting,
			machineArguments: machineArguments ?? [],
			instructionShift,
			...(onLine === undefined ? {} : { onLine }),
		});
		this.#board = board;
		await board.until("the board to be ready", () => true, READY_MS);
		onStep(`The board is up after ${Math.round(performance.now() - board.startedAt)} ms.`);
	}

	async cutPower(): Promise<void> {
		await this.#board?.stop("SIGKILL");
		this.#board = undefined;
	}

	async close(): Promise<void> {
		await this.cutPower();
		await this.simulator.stop();
		this.#configs.close();
	}

	/** The one calls, the other answers, both have keys in both directions. @returns what each says of the call */
	async connect(caller: "board" | "simulator"): Promise<{ board: CallState; simulator: CallState }> {
		const [from, to, uri] =
			caller === "board"
				? [this.board, this.simulator, this.uris.simulator]
				: [this.simulator, this.board, this.uris.board];
		const before = [from.call?.id, to.call?.id];
		from.send({ dial: uri });
		await from.until("a new call", ({ calls: [it] }) => it !== undefined && it.id !== before[0], STEP_MS);
		await to.until(
			"the other end to ring",
			({ calls: [it] }) => it?.state === "ringing" && it.id !== before[1],
			STEP_MS,
		);
		to.send({ answer: true });
		return { board: await secured(this.board), simulator: await secured(this.simulator) };
	}

	async hangUp(by: "board" | "simulator"): Promise<void> {
		this[by].send({ hangup: true });
		for (const phone of [this.board, this.simulator])
			await phone.until("the call to end", ({ calls: [it] }) => it === undefined || it.state === "ended", STEP_MS);
	}
}

function config(own: string, name: string, peer: string, peerName: string, toneHz: number): object {
	return {
		account: { aor: own, displayName: name },
		peers: [{ name: peerName, uri: peer }],
		sip: { port: SIP_PORT },
		audio: { microphone: `tone:${toneHz}` },
	};
}

/** The newest call, once encrypted voice goes both ways. @throws {Error} when it ends before */
export async function secured(phone: PhoneProcess): Promise<CallState> {
	const state = await phone.until(
		"keys in both directions",
		({ calls: [it] }) => (it?.keying === "zrtp" && it.secureAfterMs !== undefined) || it?.state === "ended",
		SECURE_MS,
	);
	const [it] = state.calls;
	if (it === undefined || it.state === "ended") throw new Error(`the call ended: ${it?.reason}`);
	return it;
}

/** What the board plays to its owner from now on. @returns the sound so far, when it is stopped */
export function boardHears(board: PhoneProcess): { stop(): Recording } {
	const pieces: Buffer[] = [];
	const listen = (samples: Buffer) => void pieces.push(samples);
	board.desk.on("speaker", listen);
	return {
		stop() {
			board.desk.off("speaker", listen);
			const bytes = Buffer.concat(pieces);
			return {
				rateHz: 8000,
				samples: Float64Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i) / 32768),
			};
		},
	};
}
