/**
 * Two calls between the bare board and a simulated phone, with the board's power cut in between: what went in is an image,
 * what comes out says whether both were secure, both SAS were equal, each heard the other, and the second one matched.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CallState } from "../../modules/call/state";
import type { VirtSizes } from "../builder/virt";
import { serveConfigs } from "../simulator/config-server";
import { PhoneProcess } from "../simulator/phone-process";
import { heard, readWav } from "../simulator/tone";
import { startBoardPhone } from "./board-phone";
import { tap } from "./network";

const TONES = { board: 440, simulator: 880 };
const SIP_PORT = 5060;
const TALK_MS = 3000;
const READY_MS = 60_000;
const SECURE_MS = 60_000;

export interface CallsOptions {
	readonly executable: string;
	readonly sizes: VirtSizes;
	/** For both phones' state and the recordings. */
	readonly folder: string;
	readonly onStep: (line: string) => void;
	readonly onLine?: (line: string) => void;
	/** More of the machine's own arguments. */
	readonly machineArguments?: readonly string[];
	readonly instructionShift?: number;
}

export interface CallSummary {
	readonly secure: boolean;
	readonly sas: readonly [string, string];
	readonly keyAgreement: string | undefined;
	readonly retained: string;
	/** The board heard the simulator, the simulator heard the board. */
	readonly heard: readonly [boolean, boolean];
	readonly secureAfterMs: number;
}

export interface CallsSummary {
	readonly good: boolean;
	readonly calls: readonly CallSummary[];
}

/** In a namespace with the tap. */
export async function callTwice(options: CallsOptions): Promise<CallsSummary> {
	const { onStep } = options;
	const uris = { board: `sip:board@${tap.board}:${SIP_PORT}`, simulator: `sip:simulator@${tap.host}:${SIP_PORT}` };
	const configs = await serveConfigs(
		{
			board: config(uris.board, "Board", uris.simulator, "Simulator", TONES.board),
			simulator: config(uris.simulator, "Simulator", uris.board, "Board", TONES.simulator),
		},
		tap.host,
	);
	const start = (name: string) => join(options.folder, name);
	const boot = async (): Promise<PhoneProcess> => {
		const phone = await startBoardPhone({
			executable: options.executable,
			sizes: options.sizes,
			name: "Board",
			state: start("board"),
			config: configs.url("board"),
			network: tap.options,
			fixedAddress: tap.setting,
			machineArguments: options.machineArguments ?? [],
			instructionShift: options.instructionShift,
			...(options.onLine === undefined ? {} : { onLine: options.onLine }),
		});
		await phone.until("the board to be ready", () => true, READY_MS);
		onStep(`The board is up after ${Math.round(performance.now() - phone.startedAt)} ms.`);
		return phone;
	};
	mkdirSync(start("board"), { recursive: true });
	const simulator = await PhoneProcess.start({
		name: "Simulator",
		state: start("simulator"),
		config: configs.url("simulator"),
	});
	let board: PhoneProcess | undefined;
	try {
		await simulator.until("the simulator to be ready", () => true);
		board = await boot();
		const first = await call(board, simulator, uris.simulator, start("first.wav"), onStep);
		await board.stop("SIGKILL");
		onStep("The power is cut.");
		board = await boot();
		const second = await call(simulator, board, uris.board, start("second.wav"), onStep, true);
		const calls = [first, second];
		const good =
			calls.every((it) => it.secure && it.sas[0] !== "" && it.sas[0] === it.sas[1] && it.heard.every(Boolean)) &&
			second.retained === "match";
		return { good, calls };
	} finally {
		await board?.stop("SIGKILL");
		await simulator.stop();
		configs.close();
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

async function secured(phone: PhoneProcess): Promise<CallState> {
	const state = await phone.until(
		"keys in both directions",
		({ calls: [it] }) => (it?.keying === "zrtp" && it.secureAfterMs !== undefined) || it?.state === "ended",
		SECURE_MS,
	);
	const [it] = state.calls;
	if (it === undefined || it.state === "ended") throw new Error(`the call ended: ${it?.reason}`);
	return it;
}

/** One call from the one phone to the other; `reversed`: the board is the called one. */
async function call(
	from: PhoneProcess,
	to: PhoneProcess,
	uri: string,
	recording: string,
	onStep: (line: string) => void,
	reversed = false,
): Promise<CallSummary> {
	const [board, simulator] = reversed ? [to, from] : [from, to];
	const boardHears: Buffer[] = [];
	const listen = (samples: Buffer) => void boardHears.push(samples);
	board.desk.on("speaker", listen);
	simulator.send({ speaker: recording });
	from.send({ dial: uri });
	await to.until("the other end to ring", (state) => state.calls[0]?.state === "ringing", 30_000);
	to.send({ answer: true });
	const [atBoard, atSimulator] = [await secured(board), await secured(simulator)];
	onStep(
		`${atBoard.keyAgreement}, after ${Math.round(atBoard.secureAfterMs ?? 0)} ms; the board reads "${atBoard.sas}", the simulator "${atSimulator.sas}"; lock ${atBoard.lock}, retained ${atBoard.retained}.`,
	);
	await new Promise((resolve) => setTimeout(resolve, TALK_MS));
	from.send({ hangup: true });
	for (const phone of [board, simulator])
		await phone.until("the call to end", (state) => state.calls[0]?.state === "ended", 30_000);
	simulator.send({ speaker: "panel" });
	board.desk.off("speaker", listen);
	const bytes = Buffer.concat(boardHears);
	const samples = Float64Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i) / 32768);
	const boardHeard = heard({ rateHz: 8000, samples }, TONES.simulator);
	const simulatorHeard = heard(readWav(recording), TONES.board);
	onStep(
		`The board heard the simulator: ${boardHeard ? "yes" : "NO"}; the simulator heard the board: ${simulatorHeard ? "yes" : "NO"}.`,
	);
	const both = [atBoard, atSimulator];
	return {
		secure: both.every((it) => it.keying === "zrtp" && ["closed", "verified"].includes(it.lock)),
		sas: [atBoard.sas ?? "", atSimulator.sas ?? ""],
		keyAgreement: atBoard.keyAgreement,
		retained: atBoard.retained,
		heard: [boardHeard, simulatorHeard],
		secureAfterMs: Math.round(atBoard.secureAfterMs ?? 0),
	};
}
