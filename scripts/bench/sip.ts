/**
 * SIP messages read and written, on Node against SIP.js and JsSIP with the same messages in the same run; and on XS, as a
 * 32-bit board has it, what they cost in heap.
 */
import path from "node:path";
import { root } from "../builder/paths";
import { runTool, say } from "../builder/process";
import { build } from "../builder/program";
import { type Figure, figure, median } from "./figure";
import { CORPUS } from "./sip/corpus";
import { jsSip, type SipLibrary, sipJs, sotto } from "./sip-peers";

const ROUNDS = 11;
const ROUND_MS = 150;
/** At least twice as fast as the faster peer. */
const GOAL = 0.5;
/** One transaction on a 32-bit board. */
const TRANSACTION_GOAL_BYTES = 2048;
/** As memory.ts names them. */
const TRANSACTIONS: readonly string[] = Object.freeze([
	"inviteClient",
	"ringingInviteClient",
	"refusedInviteClient",
	"nonInviteClient",
	"ringingInviteServer",
	"inviteServer",
	"waitingNonInviteServer",
	"nonInviteServer",
]);

/** CPU time, not time: others may use this machine meanwhile. */
function cpuMicroseconds(body: () => void): number {
	const before = process.cpuUsage();
	body();
	const { user, system } = process.cpuUsage(before);
	return user + system;
}

/** Microseconds of one call in each round; the libraries take turns, so that all meet the same weather. */
function race(
	libraries: readonly SipLibrary[],
	run: (library: SipLibrary, count: number) => void,
): Map<string, number> {
	const rounds = new Map(libraries.map(({ name }) => [name, [] as number[]]));
	const counts = new Map<string, number>();
	for (const library of libraries) {
		// Warm: the compilers have done their work before anything counts.
		let count = 1;
		while (cpuMicroseconds(() => run(library, count)) < ROUND_MS * 1000) count *= 2;
		counts.set(library.name, count);
	}
	for (let round = 0; round < ROUNDS; round++)
		for (const library of libraries) {
			const count = counts.get(library.name) ?? 1;
			rounds.get(library.name)?.push(cpuMicroseconds(() => run(library, count)) / count);
		}
	return new Map([...rounds].map(([name, values]) => [name, median(values)]));
}

/** Sotto against the others, the fastest of them first: it is the one that counts. */
function against(name: string, unit: string, values: ReadonlyMap<string, number>): Figure {
	const peers = [...values].filter(([library]) => library !== "sotto").sort(([, a], [, b]) => a - b);
	return figure(name, unit, values.get("sotto") ?? Number.NaN, Object.fromEntries(peers), GOAL);
}

const MAIN = "bench/sip/memory";

/** Done before the network is left. */
export async function buildSipProgram(): Promise<string> {
	const folder = path.join(root, "scripts/bench/sip");
	const modules = new Map([
		[MAIN, path.join(folder, "memory.ts")],
		["bench/sip/corpus", path.join(folder, "corpus.ts")],
	]);
	const manifest = path.join(root, "manifest.json");
	return (await build({ manifest, variant: "m32", main: MAIN, name: "sotto-sip-memory", modules })).executable;
}

function nameOf(kind: string): string {
	return `sip/heap-of-${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

async function heapFigures(): Promise<Figure[]> {
	const printed = await runTool(await buildSipProgram(), []);
	const line = printed.split("\n").find((text) => text.startsWith("{"));
	if (line === undefined) throw new Error(`no figures in: ${printed}`);
	const found = JSON.parse(line) as Record<string, number>;
	if (found.unread !== 0) throw new Error(`${found.unread} messages were not read`);
	const byteLength = (key: string): number => found[key] ?? Number.NaN;
	const goal = { goal: TRANSACTION_GOAL_BYTES };
	return [
		figure("sip/allocated-to-read", "bytes", byteLength("parse")),
		figure("sip/allocated-to-write", "bytes", byteLength("build")),
		// With the text of its description, which the call has as well: no goal, but to be known.
		figure(nameOf("inviteClientAlone"), "bytes", byteLength("inviteClientAlone")),
		...TRANSACTIONS.map((kind) => figure(nameOf(kind), "bytes", byteLength(kind), goal, 1)),
	];
}

export async function sipFigures(): Promise<Figure[]> {
	say("Reading and writing SIP against SIP.js and JsSIP ...");
	const libraries = [sotto(CORPUS), await sipJs(CORPUS), jsSip(CORPUS)];
	for (const library of libraries) {
		const good = library.read(1);
		if (good !== CORPUS.length) throw new Error(`${library.name} read ${good} of ${CORPUS.length} messages`);
		if (library.write(1) < 400) throw new Error(`${library.name} wrote too little`);
	}
	const read = race(libraries, (library, count) => library.read(count));
	const perMessage = new Map([...read].map(([name, value]) => [name, value / CORPUS.length]));
	const written = race(libraries, (library, count) => library.write(count));
	const figures = [against("sip/read", "us a message", perMessage), against("sip/write", "us a message", written)];
	for (const { name, sotto: value } of figures)
		say(`${name}: ${Math.round(1e6 / value).toLocaleString("en")} messages a second`);
	return [...figures, ...(await heapFigures())];
}
