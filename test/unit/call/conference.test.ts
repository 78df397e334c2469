/** Whole phones on loopback: three parties, mixed in the one that joined them, each call under its own keys. */
import { worstLock } from "call/lock";
import { equal, ok, test } from "test/harness";
import { amplitudeOf, lastSamples } from "test/unit/call/hearing";
import { ended, Station, type StationOptions, secured, sleep, until, withStations } from "test/unit/call/pair";

const TONES = { alice: 440, bob: 700, carol: 1100 } as const;
const HEARD_MS = 400;
/** A tone of -15 dB of full scale has an amplitude of some 5800. */
const LOUD = 3000;
const QUIET = 60;

interface Three {
	readonly alice: Station;
	readonly bob: Station;
	readonly carol: Station;
	/** Which tones a phone's speaker played in the last moments. */
	hears(station: Station): string[];
}

async function withConference(
	body: (three: Three) => Promise<void>,
	options: { readonly [name in keyof typeof TONES]?: StationOptions } = {},
): Promise<void> {
	const make = (name: keyof typeof TONES) => new Station(name, { tone: TONES[name], ...options[name] });
	const [alice, bob, carol] = [make("alice"), make("bob"), make("carol")];
	const hears = (station: Station): string[] => {
		const samples = lastSamples(`${station.path}.wav`, HEARD_MS);
		return Object.entries(TONES).flatMap(([name, hz]) => {
			const amplitude = amplitudeOf(samples, hz);
			ok(amplitude > LOUD || amplitude < QUIET, `${station.name} hears ${name} at ${Math.round(amplitude)}`);
			return amplitude > LOUD ? [name] : [];
		});
	};
	await withStations([alice, bob, carol], async () => {
		for (const station of [alice, bob, carol]) station.audio.speaker = { wav: `${station.path}.wav` };
		await secured(alice, bob);
		alice.phone.dial(carol.uri);
		await until("it rings", () => carol.phone.state.calls.length === 1);
		carol.phone.answer();
		await until("both secure", () => alice.phone.state.calls.every(({ secureAfterMs }) => secureAfterMs !== undefined));
		await body({ alice, bob, carol, hears });
	});
}

/** Long enough for the re-INVITEs, the jitter buffers and the recorder. */
const settled = (): Promise<void> => sleep(HEARD_MS + 700);

test("each party hears the two others and not itself; nobody hears what is not meant for it", () =>
	withConference(async ({ alice, bob, carol, hears }) => {
		await settled();
		equal([hears(alice), hears(bob), hears(carol)], [["carol"], [], ["alice"]]);
		equal(alice.phone.confer(true), undefined);
		await settled();
		equal(
			[hears(alice), hears(bob), hears(carol)],
			[
				["bob", "carol"],
				["alice", "carol"],
				["alice", "bob"],
			],
		);
		const { calls, conference } = alice.phone.state;
		equal(conference, { lock: "closed" });
		equal(
			calls.map(({ state, joined, lock }) => [state, joined, lock]),
			[
				["connected", true, "closed"],
				["connected", true, "closed"],
			],
		);
		ok(
			new Set([calls[0]?.sas, calls[1]?.sas, bob.call.sas, carol.call.sas]).size === 2,
			"two calls, two pairs of words",
		);
		// Muted is the owner alone.
		alice.phone.mute(true);
		await settled();
		equal([hears(alice), hears(bob), hears(carol)], [["bob", "carol"], ["carol"], ["bob"]]);
		alice.phone.mute(false);
		alice.phone.verify(true, undefined, calls[0]?.id ?? 0);
		equal(alice.phone.state.conference, { lock: "closed" });
		alice.phone.verify(true, undefined, calls[1]?.id ?? 0);
		equal(alice.phone.state.conference, { lock: "verified" });
		alice.phone.hold(true);
		await settled();
		equal([hears(alice), hears(bob), hears(carol)], [[], [], []]);
		alice.phone.hold(false);
		await settled();
		equal(
			[hears(alice), hears(bob), hears(carol)],
			[
				["bob", "carol"],
				["alice", "carol"],
				["alice", "bob"],
			],
		);
		for (const call of alice.phone.state.calls) equal([call.stats?.clearSent, call.stats?.rejected], [0, 0]);
	}));

test("parted, one goes on and the other waits; when one hangs up, the other goes on", () =>
	withConference(async ({ alice, bob, carol, hears }) => {
		equal(alice.phone.confer(false), "nobody is joined");
		equal(alice.phone.confer(true), undefined);
		equal(alice.phone.confer(true), "three are joined already");
		equal(alice.phone.confer(false), undefined);
		await settled();
		equal([hears(alice), hears(bob), hears(carol)], [["carol"], [], ["alice"]]);
		equal(alice.phone.state.conference, undefined);
		alice.phone.confer(true);
		await settled();
		carol.phone.hangup();
		await ended(carol);
		await settled();
		equal(alice.phone.state.conference, undefined);
		equal([hears(alice), hears(bob)], [["bob"], ["alice"]]);
		equal([alice.call.state, bob.call.state, alice.call.joined], ["connected", "connected", undefined]);
		equal(alice.phone.confer(true), "a conference takes two calls that were answered");
	}));

test("three loud voices are heard without a crack", () => {
	const tone = (hz: number): StationOptions => ({ tone: hz });
	return withConference(
		async ({ alice, bob, carol }) => {
			for (const station of [alice, bob, carol])
				station.audio.microphone = { tone: TONES[station.name as keyof typeof TONES], levelDb: -1 };
			alice.phone.confer(true);
			await settled();
			for (const station of [alice, bob, carol]) {
				const samples = lastSamples(`${station.path}.wav`, HEARD_MS);
				const others = Object.values(TONES).filter((hz) => hz !== TONES[station.name as keyof typeof TONES]);
				const [one = 0, two = 0] = others;
				const loudness = others.map((hz) => amplitudeOf(samples, hz));
				ok(
					loudness.every((amplitude) => amplitude > 12_000),
					`${station.name}: ${loudness}`,
				);
				// Their sum reaches twice full scale; a sum that overflowed would jump, and one cut too low would be mostly new tones.
				let jumps = 0;
				for (let i = 1; i < samples.length; i++) {
					if (Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0)) > 50_000) jumps++;
				}
				// A packet that comes late makes one.
				ok(jumps < 5, `${station.name}: ${jumps} jumps`);
				const bent = Math.max(amplitudeOf(samples, Math.abs(2 * one - two)), amplitudeOf(samples, 2 * two - one));
				ok(bent < 4500, `${station.name}: a new tone of ${Math.round(bent)}`);
			}
		},
		{ alice: tone(TONES.alice), bob: tone(TONES.bob), carol: tone(TONES.carol) },
	);
});

test("a conference is worth no more than its weakest call", () => {
	equal(worstLock([]), undefined);
	equal(worstLock(["verified", "verified"]), "verified");
	equal(worstLock(["verified", "closed"]), "closed");
	equal(worstLock(["gateway", "closed"]), "gateway");
	equal(worstLock(["server", "verified"]), "server");
	equal(worstLock(["open", "verified"]), "open");
	equal(worstLock(["open", "warning"]), "warning");
});
