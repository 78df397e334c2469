/**
 * What one committed secret costs the flash: the store's own source on a part in memory that counts, beside libbzrtp's cache
 * in SQLite, beside a littlefs-style file on paper.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { nobleProvider } from "crypto/noble";
import { MemoryFlash } from "test/unit/zrtp-store/memory-flash";
import { numbered, Seeded } from "test/unit/zrtp-store/plain";
import { openStore } from "zrtp-store/store";
import { buildFolder, root } from "../builder/paths";
import { runTool, say } from "../builder/process";
import { type Figure, figure } from "./figure";

const FOLDER = path.join(buildFolder, "bench", "store");
const PEERS = 20;
const COMMITS = 100_000;
const PEER_COMMITS = 400;
const SECTOR_BYTE_LENGTH = 4096;
const SECTORS = 64;
const CYCLES = 100_000;
const CALLS_A_YEAR = 100 * 365.25;
/** Of the octets that SQLite writes. */
const GOAL = 0.1;

interface Wear {
	readonly bytesPerCommit: number;
	/** Of the busiest sector, per 100,000 commits. */
	readonly erases: number;
}

/** Commits as calls make them: a new rs1, the old one as rs2, for one peer after the other in random order. */
function wearOf(sectorCount: number): Wear {
	const random = new Seeded(1);
	const flash = new MemoryFlash(sectorCount, SECTOR_BYTE_LENGTH, random);
	const store = openStore({
		flash,
		provider: nobleProvider,
		deviceKey: new Uint8Array(32).fill(7),
		random: random.bytes,
		now: () => 1_800_000_000_000,
	});
	const secrets = Array.from({ length: PEERS }, () => random.bytes(32));
	const commit = (peer: number): void => {
		const [rs1, rs2] = [random.bytes(32), secrets[peer] ?? new Uint8Array(32)];
		store.commit(numbered(12, peer), { rs1, rs2, verified: true, address: `sip:${peer}@example.org` });
		secrets[peer] = rs1;
	};
	for (let peer = 0; peer < PEERS; peer++) {
		commit(peer);
		store.rename(numbered(12, peer), `Person ${peer}`);
	}
	const [before, erased] = [flash.programmedByteLength, [...flash.eraseCounts]];
	for (let i = 0; i < COMMITS; i++) commit(random.below(PEERS));
	return {
		bytesPerCommit: (flash.programmedByteLength - before) / COMMITS,
		erases: (Math.max(...flash.eraseCounts.map((count, i) => count - (erased[i] ?? 0))) * 100_000) / COMMITS,
	};
}

/** Octets that libbzrtp writes per commit. */
async function sqliteBytesPerCommit(): Promise<number> {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = path.join(FOLDER, "bzrtp-cache");
	const source = path.join(root, "scripts/bench/bzrtp-cache.c");
	await runTool("cc", ["-O2", "-Wall", "-Wextra", source, "-o", program, "-lbzrtp", "-lbctoolbox", "-lsqlite3"]);
	const printed = await runTool(program, [path.join(FOLDER, "zids.db"), String(PEERS), String(PEER_COMMITS)]);
	const [bytes = Number.NaN, commits = Number.NaN] = printed.trim().split(" ").map(Number);
	if (!(bytes > 0) || commits !== PEER_COMMITS) throw new Error(`bzrtp-cache printed ${printed}`);
	return bytes / commits;
}

/**
 * littlefs on paper, kindly: all peers in one file of one block, which a commit copies to the next free block and so erases
 * one; data blocks are worn perfectly evenly; the file's new place is 32 octets in the log of a metadata pair, one of whose
 * two blocks is erased when the other is full. Of both kinds the busiest block counts.
 */
function littlefsErases(sectorCount: number): number {
	const data = 100_000 / (sectorCount - 2);
	const metadata = (100_000 * 32) / SECTOR_BYTE_LENGTH / 2;
	return Math.max(data, metadata);
}

function years(erases: number): number {
	return ((CYCLES / erases) * 100_000) / CALLS_A_YEAR;
}

/** Under a minute. */
export async function storeFigures(): Promise<Figure[]> {
	say(`Committing ${COMMITS} secrets twice, and ${PEER_COMMITS} through libbzrtp ...`);
	const sqlite = await sqliteBytesPerCommit();
	const figures: Figure[] = [];
	const whole = wearOf(SECTORS);
	figures.push(figure("store/bytes-per-commit", "bytes", whole.bytesPerCommit, { libbzrtp: sqlite }, GOAL));
	for (const [label, sectorCount, wear] of [
		["256k", SECTORS, whole],
		["16k", 4, wearOf(4)],
	] as const) {
		const paper = littlefsErases(sectorCount);
		figures.push(
			figure(`store/erases-per-100000-commits-${label}`, "of the busiest sector", wear.erases, {
				"littlefs on paper": paper,
			}),
			figure(`store/life-at-100-calls-a-day-${label}`, "years", years(wear.erases), {
				"littlefs on paper": years(paper),
			}),
		);
	}
	return figures;
}
