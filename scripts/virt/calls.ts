/**
 * Two calls between the bare board and a simulated phone, with the board's power cut in between: what went in is an image,
 * what comes out says whether both were secure, both SAS were equal, each heard the other, and the second one matched.
 */
import { join } from "node:path";
import { heard, readWav } from "../simulator/tone";
import { boardHears, Pair, type PairOptions, TONES } from "./pair";

const TALK_MS = 3000;

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
export async function callTwice(options: PairOptions): Promise<CallsSummary> {
	const { onStep, folder } = options;
	const pair = await Pair.start(options);
	try {
		await pair.boot();
		const first = await call(pair, "board", join(folder, "first.wav"), onStep);
		await pair.cutPower();
		onStep("The power is cut.");
		await pair.boot();
		const second = await call(pair, "simulator", join(folder, "second.wav"), onStep);
		const calls = [first, second];
		const good =
			calls.every((it) => it.secure && it.sas[0] !== "" && it.sas[0] === it.sas[1] && it.heard.every(Boolean)) &&
			second.retained === "match";
		return { good, calls };
	} finally {
		await pair.close();
	}
}

async function call(
	pair: Pair,
	caller: "board" | "simulator",
	recording: string,
	onStep: (line: string) => void,
): Promise<CallSummary> {
	const { board, simulator } = pair;
	const hears = boardHears(board);
	simulator.send({ speaker: recording });
	const { board: atBoard, simulator: atSimulator } = await pair.connect(caller);
	onStep(
		`${atBoard.keyAgreement}, after ${Math.round(atBoard.secureAfterMs ?? 0)} ms; the board reads "${atBoard.sas}", the simulator "${atSimulator.sas}"; lock ${atBoard.lock}, retained ${atBoard.retained}.`,
	);
	await new Promise((resolve) => setTimeout(resolve, TALK_MS));
	await pair.hangUp(caller);
	simulator.send({ speaker: "panel" });
	const boardHeard = heard(hears.stop(), TONES.simulator);
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
