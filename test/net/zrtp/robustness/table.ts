/**
 * The robustness table: the same call over the same bad network, once for each seed. Every call must end with both ends
 * secure under one SAS and one set of keys, or with both ends in the RFC's own time-out; nothing else is allowed.
 */
import { print } from "board/process";
import type { KeyPair } from "crypto/types";
import { equal, ok, test } from "test/harness";
import { seeded } from "test/net/seeded";
import { call } from "test/net/zrtp/call";
import { Endpoint } from "test/net/zrtp/endpoint";
import { dealtKeyPairs } from "test/net/zrtp/key-pairs";

/** All seeds of one row. */
export const SEEDS = 2500;
/** The row is cut into tests of this many, so that a failure says early where it is. */
const SEEDS_PER_TEST = 500;
/** How a call that did not become secure may end (section 6). Error 0xb0 is the other end's time-out. */
const TIMEOUTS = Object.freeze(["timeout", "noPeer", "peerError"]);
/** What an honest peer on a bad network may make an end say. */
const HARMLESS = Object.freeze(["errorIgnored", "strangeSource"]);

interface Row {
	secure: number;
	timedOut: number;
	/** One end is secure, and the other gave up before it heard so. */
	oneSided: number;
	/** Not ended when every schedule of section 6 was over. */
	stuck: number;
	/** Both secure, and not with the same SAS and keys; or a warning or failure that no network causes. */
	differing: number;
	/** What was wrong with the first bad one. */
	firstBad: string | undefined;
	readonly ms: number[];
}

export interface Expectation {
	/** Share of packets lost, each way, 0..1. */
	readonly loss: number;
	/** At least so many of the SEEDS are secure at both ends. */
	readonly secureAtLeast: number;
}

/** Declares the tests of one row, and prints it after the last. */
export function row({ loss, secureAtLeast }: Expectation): void {
	const row: Row = { secure: 0, timedOut: 0, oneSided: 0, stuck: 0, differing: 0, firstBad: undefined, ms: [] };
	const pairs = dealtKeyPairs();
	const name = `${loss * 100} % loss each way, 10 % duplicated, 10 % reordered`;
	for (let first = 1; first <= SEEDS; first += SEEDS_PER_TEST)
		test(`${name}: seeds ${first} to ${first + SEEDS_PER_TEST - 1}`, () => {
			for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) one(seed, loss, row, pairs);
			equal(row.firstBad, undefined);
		});
	test(`${name}: the row`, () => {
		const { secure, timedOut, oneSided, stuck, differing, ms } = row;
		const sorted = ms.sort((a, b) => a - b);
		const at = (share: number) => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)} ms`;
		const cells = [
			`${loss * 100} % loss each way`,
			`${SEEDS} seeds`,
			`${secure} secure, SAS equal`,
			`${timedOut} timed out`,
			`${oneSided} one-sided`,
			`${stuck} stuck`,
			`${differing} differing`,
			`median ${at(0.5)}, 99 % within ${at(0.99)}, slowest ${at(1)}`,
		];
		print(`| ${cells.join(" | ")} |`);
		equal([stuck, differing, oneSided], [0, 0, 0], row.firstBad ?? "one-sided");
		equal(secure + timedOut, SEEDS);
		ok(secure >= secureAtLeast, `${secure} secure`);
	});
}

/** One call: on a network and with a head start that follow from the seed. */
function one(seed: number, loss: number, row: Row, pairs: () => KeyPair): void {
	const alice = new Endpoint("alice", { seed: 2 * seed, keyPairs: pairs });
	const bob = new Endpoint("bob", { seed: 2 * seed + 1, keyPairs: pairs });
	const secondStartsAt = Math.floor(seeded(seed)() * 500);
	const network = { delayMs: 20, jitterMs: 30, loss, duplicate: 0.1, reorder: 0.1 };
	const ms = call(alice, bob, { ...network, seed, secondStartsAt });
	const secureEnds = [alice, bob].filter((end) => end.secureAt !== undefined).length;
	const wrong = !alice.settled || !bob.settled ? "stuck" : strange(alice, bob);
	if (wrong !== undefined) {
		row.firstBad ??= `seed ${seed}: ${alice.session.state.name} and ${bob.session.state.name} after ${ms} ms: ${wrong}`;
		if (wrong === "stuck") row.stuck++;
		else row.differing++;
	} else if (secureEnds === 1) row.oneSided++;
	else if (secureEnds === 0) row.timedOut++;
	else {
		row.secure++;
		row.ms.push(ms);
	}
	for (const end of [alice, bob]) end.feed({ type: "stop", now: ms });
}

/** What two ends that have settled must not show; undefined: all is as it should be. */
function strange(alice: Endpoint, bob: Endpoint): string | undefined {
	for (const end of [alice, bob]) {
		const warning = end.warnings.find((code) => !HARMLESS.includes(code));
		if (warning !== undefined) return `${end.name} warns of ${warning}`;
		const failure = end.failures.find((code) => !TIMEOUTS.includes(code));
		if (failure !== undefined) return `${end.name} fails with ${failure}`;
		if (end.peerErrorCode !== undefined && end.peerErrorCode !== 0xb0)
			return `Error 0x${end.peerErrorCode.toString(16)}`;
		if (end.secureAt === undefined && (end.sendKeys || end.receiveKeys)) return `${end.name} gave up and has keys`;
	}
	if (alice.secureAt === undefined || bob.secureAt === undefined) return undefined;
	if (!alice.sas || !bob.sas || alice.sas.text !== bob.sas.text) return "the SAS differ";
	if (!alice.sendKeys || !bob.sendKeys) return "secure without keys";
	return bob.accepts(alice.sendKeys) && alice.accepts(bob.sendKeys) ? undefined : "the keys differ";
}
