/**
 * Whole phones as a person has them on the desk: several calls, three in a conference who hear each other's tones, calls
 * that are sent on, and half a minute without any network.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { amplitude, readWav } from "../../scripts/simulator/tone";
import { pause } from "./peers/meeting";
import { buildRecorded, startSotto } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "several-calls");
const TONES = { alice: 440, bob: 700, carol: 1100 } as const;
type Name = keyof typeof TONES;
const NAMES: readonly Name[] = ["alice", "bob", "carol"];
/** A tone of the simulator has an amplitude of some 0.18 of full scale. */
const LOUD = 0.08;
const QUIET = 0.004;

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

interface Three {
	readonly phones: Readonly<Record<Name, PhoneProcess>>;
	uri(name: Name): string;
	/** Which tones a phone's speaker played in the last half second. */
	hears(name: Name): Name[];
	/** Both ends are encrypted. */
	call(from: Name, to: Name): Promise<void>;
}

async function withThree(use: (three: Three) => Promise<void>): Promise<void> {
	const ports = await freeUdpPorts(3);
	const configs: ConfigServer = await serveConfigs(
		Object.fromEntries(NAMES.map((name) => [name, { audio: { microphone: `tone:${TONES[name]}` } }])),
	);
	const phones: Partial<Record<Name, PhoneProcess>> = {};
	try {
		for (const [index, name] of NAMES.entries()) {
			const phone = await startSotto({
				name,
				program,
				state: path.join(FOLDER, name),
				config: configs.url(name),
				sipPort: ports[index] ?? 0,
				rtpPort: 0,
			});
			phones[name] = phone;
			await phone.until("it is ready", () => true);
			phone.send({ speaker: path.join(FOLDER, `${name}.wav`) });
		}
		const { alice, bob, carol } = phones;
		assert.ok(alice && bob && carol);
		const all = { alice, bob, carol };
		const uri = (name: Name): string => `sip:${name}@127.0.0.1:${ports[NAMES.indexOf(name)]}`;
		const hears = (name: Name): Name[] => {
			const { samples, rateHz } = readWav(path.join(FOLDER, `${name}.wav`));
			const last = samples.slice(-rateHz / 2);
			return NAMES.filter((other) => {
				const loudness = amplitude(last, rateHz, TONES[other]);
				assert.ok(loudness > LOUD || loudness < QUIET, `${name} hears ${other} at ${loudness}`);
				return loudness > LOUD;
			});
		};
		const call = async (from: Name, to: Name): Promise<void> => {
			all[from].send({ dial: uri(to) });
			const rings = ({ state, direction }: CallState): boolean => state === "ringing" && direction === "incoming";
			await all[to].until(`${to} rings`, ({ calls }) => calls.some(rings));
			all[to].send({ answer: true });
			for (const name of [from, to])
				await all[name].until(
					`${name} is secure`,
					({ calls }) => calls[0]?.lock === "closed" && calls[0].secureAfterMs !== undefined,
				);
		};
		await use({ phones: all, uri, hears, call });
	} finally {
		for (const phone of Object.values(phones)) await phone.stop();
		await configs.close();
	}
}

const live = (phone: PhoneProcess): readonly CallState[] =>
	(phone.state?.calls ?? []).filter(({ state }) => state !== "ended");

test("call waiting, swap, a conference of three tones, and a transfer after asking", { timeout: 120_000 }, () =>
	withThree(async ({ phones, uri, hears, call }) => {
		const { alice, bob, carol } = phones;
		await call("alice", "bob");
		await call("carol", "alice");
		await pause(1200);
		assert.deepEqual(NAMES.map(hears), [["carol"], [], ["alice"]]);
		alice.send({ swap: true });
		await bob.until("bob is back", ({ calls }) => calls[0]?.state === "connected");
		await pause(1200);
		assert.deepEqual(NAMES.map(hears), [["bob"], ["alice"], []]);
		alice.send({ conference: true });
		await alice.until("three", ({ conference }) => conference?.lock === "closed");
		await pause(1500);
		assert.deepEqual(NAMES.map(hears), [
			["bob", "carol"],
			["alice", "carol"],
			["alice", "bob"],
		]);
		// No packet of it was in the clear, and the two calls have words of their own.
		const calls = live(alice);
		for (const { stats } of calls)
			assert.deepEqual([stats?.clearSent, stats?.clearReceived, stats?.rejected], [0, 0, 0]);
		assert.notEqual(calls[0]?.sas, calls[1]?.sas);
		alice.send({ transfer: true });
		await alice.until("alice is out of it", (state) => state.calls.every((each) => each.state === "ended"));
		const connected = (phone: PhoneProcess): boolean => {
			const [one, ...more] = live(phone);
			return more.length === 0 && one?.state === "connected" && one.lock === "closed";
		};
		// What one of them shows may still be the call with Alice.
		const together = (): boolean => connected(bob) && connected(carol) && live(bob)[0]?.sas === live(carol)[0]?.sas;
		for (const phone of [bob, carol, bob]) await phone.until("the two are connected", together);
		// Alice is in it no more.
		const partners = [live(bob)[0]?.peer, live(carol)[0]?.peer].map((peer) => /:\d+$/.exec(peer ?? "")?.[0]);
		assert.deepEqual(
			partners,
			[uri("carol"), uri("bob")].map((address) => /:\d+$/.exec(address)?.[0]),
		);
		await pause(1200);
		assert.deepEqual([hears("bob"), hears("carol")], [["carol"], ["bob"]]);
	}),
);

test(
	"half a minute without any network: the call is told to be silent, lives, and can be held and ended",
	{ timeout: 180_000 },
	() =>
		withThree(async ({ phones, hears, call }) => {
			const { alice, bob } = phones;
			await call("alice", "bob");
			await pause(1000);
			const { sas } = live(alice)[0] ?? {};
			execFileSync("ip", ["link", "set", "lo", "down"]);
			try {
				await alice.until("told", ({ calls }) => calls[0]?.silent === true, 20_000);
				// A change that cannot be told now.
				alice.send({ hold: true });
				await pause(2000);
				alice.send({ hold: false });
				await pause(17_000);
			} finally {
				execFileSync("ip", ["link", "set", "lo", "up"]);
			}
			await alice.until("voice again", ({ calls }) => calls[0]?.state === "connected" && calls[0].silent !== true);
			await pause(2000);
			assert.deepEqual([hears("alice"), hears("bob")], [["bob"], ["alice"]]);
			assert.equal(live(alice)[0]?.sas, sas);
			alice.send({ hold: true });
			await bob.until("held", ({ calls }) => calls[0]?.state === "held");
			alice.send({ hold: false });
			await bob.until("resumed", ({ calls }) => calls[0]?.state === "connected");
			alice.send({ hangup: true });
			for (const phone of [alice, bob]) await phone.until("ended", ({ calls }) => calls[0]?.state === "ended");
		}),
);
