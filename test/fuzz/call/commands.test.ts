/** Two whole phones and keys pressed at random, often in the same moment: whatever the order, no rule is broken. */
import type { CallState } from "call/state";
import { equal, ok, test } from "test/harness";
import { type Station, secured, sleep, until, withPair } from "test/unit/call/pair";
import { Seeded } from "test/unit/zrtp-store/rig";

const ROUNDS = 120;

function press(random: Seeded, station: Station, other: Station): void {
	const { phone } = station;
	switch (random.below(13)) {
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
		case 9:
			phone.addStream();
			break;
		case 10:
			phone.encrypt(random.below(3) === 0);
			break;
		case 11:
			phone.decide((["enrollment", "cleared", "unencrypted"] as const)[random.below(3)] ?? "cleared", true);
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
	if (call.question) ok(call.clear === "done" && call.question.about === "cleared" && call.lock === "warning", text);
}

/** What was sent in the clear, at the last look at a call. */
class Clear {
	readonly #seen: Map<string, { readonly sent: number; readonly done: boolean }> = new Map();

	/** Both phones have ZRTP: voice leaves in the clear only after the owners have ended encryption. */
	look(station: Station, call: CallState): void {
		const key = `${station.name} ${call.id}`;
		const former = this.#seen.get(key) ?? { sent: 0, done: false };
		const sent = call.stats?.clearSent ?? 0;
		const done = call.clear === "done" && call.question === undefined;
		ok(sent === former.sent || former.done || done, `${sent - former.sent} in the clear: ${JSON.stringify(call)}`);
		this.#seen.set(key, { sent, done });
	}
}

for (const [seed, allowClear] of [
	[1, false],
	[2, false],
	[3, false],
	[4, false],
	[5, true],
	[6, true],
] as const)
	test(
		`seed ${seed}${allowClear ? ", encryption may be ended" : ""}`,
		() =>
			withPair(
				async (alice, bob) => {
					const random = new Seeded(seed);
					const clear = new Clear();
					let connected = 0;
					for (let round = 0; round < ROUNDS; round++) {
						for (let keys = random.below(3); keys >= 0; keys--)
							if (random.below(2) === 0) press(random, alice, bob);
							else press(random, bob, alice);
						await sleep([0, 1, 5, 20, 60][random.below(5)] ?? 0);
						for (const station of [alice, bob])
							for (const call of station.phone.state.calls) {
								check(call);
								clear.look(station, call);
								if (!allowClear) equal([call.stats?.clearSent ?? 0, call.stats?.clearReceived ?? 0], [0, 0]);
								if (call.state === "connected") connected++;
							}
					}
					ok(connected > 5, `connected in ${connected} rounds`);
					// Calls may have come to several lines.
					await until("both are idle", () => {
						alice.phone.hangup();
						bob.phone.hangup();
						return [alice, bob].every(({ phone }) => phone.state.calls.every((call) => call.state === "ended"));
					});
					const reasons = [alice, bob].map((station) => station.said).join("\n");
					ok(!/was switched off|: in \S+ 5\d\d /.test(reasons), reasons);
					// And a call as any other.
					await sleep(100);
					await secured(alice, bob);
					equal(alice.call.sas, bob.call.sas);
				},
				{ session: { allowClear } },
				{ session: { allowClear }, tone: 300 },
			),
		{ timeoutMs: 40_000 },
	);
