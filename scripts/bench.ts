/**
 * `npm run bench [-- NAME...]`: every performance figure as a ratio against a peer measured in the same run. Writes
 * bench/results.json and prints a table; exit code 1 when a goal is missed. NAME is the beginning of a figure's name.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { boardFigures, buildBoardPrograms, soakFigures } from "./bench/board";
import { type Figure, table } from "./bench/figure";
import { buildHeapPrograms, heapFigures } from "./bench/heap";
import { phoneFigures } from "./bench/phones";
import { buildSipProgram, sipFigures } from "./bench/sip";
import { storeFigures } from "./bench/store";
import { buildHandshakePrograms, buildSessionHeapProgram, handshakeFigures, sessionHeapFigures } from "./bench/zrtp";
import { root } from "./builder/paths";
import { BuildError, say } from "./builder/process";
import { readArguments } from "./setup/arguments";
import { buildProgram } from "./simulator/program";
import { onLoopbackAlone } from "./testing/loopback";

interface Bench {
	/** Of the figures that come of it. */
	readonly areas: readonly string[];
	/** Builds what it runs; done before the network is left. */
	readonly prepare?: () => Promise<unknown>;
	readonly run: () => Promise<Figure[]>;
}

/** What measures. */
const BENCHES: readonly Bench[] = [
	{ areas: ["zrtp/dh3k-hello-to-encrypted", "phone"], run: phoneFigures },
	{ areas: ["vm"], prepare: buildHeapPrograms, run: heapFigures },
	{
		areas: ["zrtp/x255-session-heap", "zrtp/dh3k-session-heap"],
		prepare: buildSessionHeapProgram,
		run: sessionHeapFigures,
	},
	{
		areas: ["zrtp/x255-instructions", "zrtp/dh3k-instructions"],
		prepare: buildHandshakePrograms,
		run: handshakeFigures,
	},
	{ areas: ["board"], prepare: buildBoardPrograms, run: boardFigures },
	{ areas: ["soak"], prepare: buildBoardPrograms, run: soakFigures },
	{ areas: ["store"], run: storeFigures },
	{ areas: ["sip"], prepare: buildSipProgram, run: sipFigures },
];
const INSIDE = "SOTTO_BENCH_ON_LOOPBACK";

const areasKnown = (): string => BENCHES.flatMap(({ areas }) => areas).join(", ");
const { positionals: names } = readArguments({
	usage: `Usage: npm run bench [-- NAME...]\n\n  NAME   the beginning of a figure's name; all of them without one. Areas: ${areasKnown()}`,
	wordsMost: Number.POSITIVE_INFINITY,
});
const wanted = (figure: Figure): boolean => names.length === 0 || names.some((name) => figure.name.startsWith(name));

async function main(): Promise<number> {
	const benches = BENCHES.filter(
		({ areas }) =>
			names.length === 0 || areas.some((area) => names.some((name) => name.startsWith(area) || area.startsWith(name))),
	);
	if (benches.length === 0) {
		say(`No figure begins with ${names.join(" or ")}. Areas: ${areasKnown()}.`);
		return 2;
	}
	if (process.env[INSIDE] === undefined) {
		await buildProgram();
		for (const { prepare } of benches) await prepare?.();
		const [program, args] = onLoopbackAlone([
			process.execPath,
			"--import",
			"tsx",
			fileURLToPath(import.meta.url),
			...names,
		]);
		return spawnSync(program, args, { stdio: "inherit", env: { ...process.env, [INSIDE]: "1" } }).status ?? 1;
	}
	const figures: Figure[] = [];
	for (const bench of benches) figures.push(...(await bench.run()).filter(wanted));
	const folder = path.join(root, "bench");
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, "results.json"), `${JSON.stringify(figures, null, "\t")}\n`);
	console.log(table(figures));
	return figures.some((figure) => figure.met === false) ? 1 : 0;
}

main()
	.then((code) => {
		process.exitCode = code;
	})
	.catch((error: unknown) => {
		if (!(error instanceof BuildError)) throw error;
		say(error.message);
		process.exitCode = 1;
	});
