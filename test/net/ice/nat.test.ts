import { equal, ok, test } from "test/harness";
import { type NatKind, World } from "./nat";

const SEEDS = 20;
const KINDS: readonly (readonly [NatKind, NatKind])[] = [
	["none", "none"],
	["none", "cone"],
	["cone", "none"],
	["cone", "cone"],
	["none", "symmetric"],
	["symmetric", "none"],
];

test("every NAT that can be passed without a relay is passed, with loss, and both ends choose the same pair", () => {
	const rows: string[] = ["| NATs | loss | calls | connected | median ms | slowest ms |"];
	for (const nats of KINDS)
		for (const loss of [0, 0.05, 0.2]) {
			const times: number[] = [];
			for (let seed = 1; seed <= SEEDS; seed++) {
				const world = new World({ seed, nats, loss, jitterMs: 20, reorder: 0.1, duplicate: loss / 2 });
				world.run(60_000);
				const [a, b] = world.stations;
				const what = `${nats.join(" and ")}, loss ${loss}, seed ${seed}`;
				if (loss === 0) ok(a.completedAt !== undefined && b.completedAt !== undefined, what);
				if (a.completedAt === undefined || b.completedAt === undefined) continue;
				times.push(Math.max(a.completedAt, b.completedAt));
				for (const station of [a, b]) equal([...station.selected.keys()].sort(), [1, 2], what);
			}
			times.sort((x, y) => x - y);
			ok(times.length >= SEEDS * 0.9, `${nats.join(" and ")}, loss ${loss}: ${times.length} of ${SEEDS}`);
			const [median, slowest] = [times[times.length >> 1] ?? 0, times[times.length - 1] ?? 0];
			rows.push(
				`| ${nats.join(", ")} | ${loss} | ${SEEDS} | ${times.length} | ${Math.round(median)} | ${Math.round(slowest)} |`,
			);
		}
	trace(`${rows.join("\n")}\n`);
});

test("two symmetric NATs cannot be passed without a relay: it fails in words and in time, and nothing is selected", () => {
	const world = new World({ seed: 3, nats: ["symmetric", "symmetric"] });
	world.run(60_000);
	for (const { completedAt, failedAt, selected } of world.stations) {
		equal([completedAt, selected.size], [undefined, 0]);
		ok(failedAt !== undefined && failedAt < 20_000, `failed at ${failedAt}`);
	}
});

test("two that both think they control agree on who does (RFC 8445 section 7.3.1.1)", () => {
	for (let seed = 1; seed <= 30; seed++) {
		const world = new World({ seed, nats: ["cone", "none"], conflict: true, loss: 0.05 });
		world.run(60_000);
		ok(
			world.stations.every(({ completedAt }) => completedAt !== undefined),
			`seed ${seed}`,
		);
		equal(world.stations.filter(({ ice }) => ice.controlling).length, 1, `seed ${seed}`);
	}
});

test("checks that overtake the answer in signalling are not lost", () => {
	const world = new World({ seed: 5, nats: ["none", "none"], signallingMs: 900, components: [1] });
	world.run(60_000);
	ok(world.stations.every(({ completedAt }) => completedAt !== undefined));
});

test("an end that is gone loses its consent after 30 s, and gets it back when it returns (RFC 7675)", () => {
	const world = new World({ seed: 7, nats: ["cone", "cone"], components: [1] });
	world.run(60_000);
	const since = world.now;
	world.disturb = () => true;
	world.run(since + 45_000, () => world.stations.every(({ consentLostAt }) => consentLostAt !== undefined));
	for (const { consentLostAt } of world.stations) {
		const after = (consentLostAt ?? 0) - since;
		ok(after > 24_000 && after < 42_000, `after ${after} ms`);
	}
});

test("a stranger between the ends that does not know the password changes nothing", () => {
	const plain = new World({ seed: 11, nats: ["none", "none"], components: [1] });
	plain.run(60_000);
	const attacked = new World({ seed: 11, nats: ["none", "none"], components: [1] });
	attacked.disturb = ({ bytes }) => {
		// Each datagram is changed in one octet behind the header: checks and answers both.
		if (attacked.now > 200 && attacked.now < 400) bytes[30] = (bytes[30] ?? 0) ^ 1;
		return false;
	};
	attacked.run(60_000);
	for (const [index, { selected }] of attacked.stations.entries())
		equal(selected.get(1), plain.stations[index as 0 | 1].selected.get(1));
});
