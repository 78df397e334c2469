/** Two whole phones and keys pressed at random, often in the same moment: whatever the order, no rule is broken. */
import type { CallState } from "call/state";
import { equal, ok, test } from "test/harness";
import { ended, type Station, secured, sleep, until, withPair } from "test/unit/call/pair";
import { Seeded } from "test/unit/zrtp-store/rig";

const ROUNDS = 120;

function press(random: Seeded, station: Station, other: Station): void {
	const { phone } = station;
	switch (random.below(10)) {
		case 0:
		case 1:
			phone.dial(other.uri);
			break;
		case 2:
		case 3:
			phone.answer();
			break;
		case 4:
			phone.hangup();
			break;
		case 5:
			phone.hold(random.below(2) === 0);
			break;
		case 6:
			phone.mute(random.below(2) === 0);
			break;
		case 7:
			phone.verify(random.below(4) !== 0, "Peer");
			break;
		case 8:
			phone.dtmf("5");
			break;
		default:
			phone.notice = random.below(2) === 0 ? "a notice" : undefined;
	}
}

/** What holds of a call at every moment. */
function check(call: CallState): void {
	const text = JSON.stringify(call);
	if (call.lock === "closed" || call.lock === "verified") ok(call.keying === "zrtp" && call.sas !== undefined, text);
	if (call.lock === "verified") ok(call.verified, text);
	if (call.keying !== "zrtp") ok(call.lock === "open" || call.lock === "warning", text);
	if (call.state === "ringing") ok(call.durationMs === 0 && call.sas === undefined, text);
	if (call.state === "ended") ok(call.reason !== undefined && !call.securing, text);
	// Both phones have ZRTP: nothing ever leaves in the clear.
	equal([call.stats?.clearSent ?? 0, call.stats?.clearReceived ?? 0], [0, 0], text);
}

for (const seed of [1, 2, 3, 4])
	test(
		`seed ${seed}`,
		() =>
			withPair(
				async (alice, bob) => {
					const random = new Seeded(seed);
					let connected = 0;
					for (let round = 0; round < ROUNDS; round++) {
						for (let keys = random.below(3); keys >= 0; keys--)
							if (random.below(2) === 0) press(random, alice, bob);
							else press(random, bob, alice);
						await sleep([0, 1, 5, 20, 60][random.below(5)] ?? 0);
						for (const station of [alice, bob])
							for (const call of station.phone.state.calls) {
								check(call);
								if (call.state === "connected") connected++;
							}
					}
					ok(connected > 5, `connected in ${connected} rounds`);
					for (const station of [alice, bob]) station.phone.hangup();
					for (const station of [alice, bob]) if (station.phone.state.calls.length > 0) await ended(station);
					const reasons = [alice, bob].map((station) => station.said).join("\n");
					ok(!/was switched off|: in \S+ 5\d\d /.test(reasons), reasons);
					// And a call as any other.
					await until("both are idle", () => {
						alice.phone.hangup();
						bob.phone.hangup();
						return [alice, bob].every(({ phone }) => phone.state.calls.every((call) => call.state === "ended"));
					});
					await sleep(100);
					await secured(alice, bob);
					equal(alice.call.sas, bob.call.sas);
				},
				{},
				{ tone: 300 },
			),
		{ timeoutMs: 40_000 },
	);
