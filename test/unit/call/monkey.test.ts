/**
 * Whole phones whose owners press anything at any time, seeded: whatever they do, one call is heard at a time or one
 * conference, and when all have hung up nothing is left.
 */
import { equal, ok, test } from "test/harness";
import { seeded } from "test/net/seeded";
import { live, Station, sleep, until, withStations } from "test/unit/call/pair";

const NAMES = ["alice", "bob", "carol", "dora"] as const;
const STEPS = 60;
const MOST_PAUSE_MS = 60;

/** What must hold at every moment that can be seen. */
function look(station: Station): void {
	const calls = live(station);
	const { name } = station;
	const heard = calls.filter(({ state }) => state === "connected");
	const joined = calls.filter((call) => call.joined);
	ok(calls.length <= 4, `${name}: ${calls.length} calls`);
	equal(new Set(calls.map(({ line }) => line)).size, calls.length, `${name}: two calls on one line`);
	equal(new Set(calls.map(({ id }) => id)).size, calls.length, `${name}: two calls with one id`);
	ok(joined.length === 0 || joined.length === 2, `${name}: ${joined.length} are joined`);
	equal(station.phone.state.conference !== undefined, joined.length === 2, `${name}: a conference of nobody`);
	const [one] = heard;
	ok(
		heard.length <= 1 || (heard.length === 2 && heard.every((call) => call.joined)),
		`${name} hears ${heard.map(({ peer }) => peer).join(" and ")}`,
	);
	ok(joined.length === 0 || one === undefined || one.joined === true, `${name} hears somebody beside the conference`);
}

function press(station: Station, others: readonly Station[], random: () => number): void {
	const { phone } = station;
	const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
	const other = pick(others)?.uri ?? "";
	const id = pick(live(station))?.id;
	const some = id === undefined || random() < 0.5 ? undefined : id;
	const on = random() < 0.5;
	switch (Math.floor(random() * 14)) {
		case 0:
		case 1:
		case 2:
			phone.dial(other);
			return;
		case 3:
		case 4:
		case 5:
			phone.answer(some);
			return;
		case 6:
			phone.hangup(some);
			return;
		case 7:
			phone.hold(on, some);
			return;
		case 8:
			phone.swap();
			return;
		case 9:
			phone.confer(on);
			return;
		case 10:
			phone.transfer(other);
			return;
		case 11:
			phone.connectOthers();
			return;
		case 12:
			phone.switchTo(1 + Math.floor(random() * 4));
			return;
		default:
			phone.mute(on);
	}
}

async function round(seed: number): Promise<void> {
	const random = seeded(seed);
	const stations = NAMES.map((name) => new Station(`${name}${seed}`, { zrtp: false }));
	let fault: unknown;
	await withStations(stations, async () => {
		for (const station of stations)
			station.watch = () => {
				try {
					look(station);
				} catch (error) {
					fault ??= error;
				}
			};
		for (let step = 0; step < STEPS && fault === undefined; step++) {
			const station = stations[Math.floor(random() * stations.length)];
			if (!station) continue;
			press(
				station,
				stations.filter((other) => other !== station),
				random,
			);
			await sleep(random() * MOST_PAUSE_MS);
		}
		if (fault !== undefined) throw fault;
		// Everybody hangs up, and does not answer what is still on its way.
		await until(
			`seed ${seed}: nothing is left`,
			() => {
				for (const { phone } of stations) phone.hangup();
				return stations.every((station) => live(station).length === 0);
			},
			15_000,
		);
		await sleep(200);
		equal(
			stations.map((station) => live(station).length),
			[0, 0, 0, 0],
		);
		if (fault !== undefined) throw fault;
	});
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
	test(`four phones, seed ${seed}`, () => round(seed), { timeoutMs: 60_000 });
