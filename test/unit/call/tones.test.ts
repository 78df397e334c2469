/** The tone of a lock that changes, as a table. */
import { toneOf } from "call/lock";
import type { Lock } from "call/state";
import { equal, test } from "test/harness";

test("tones: nothing gets worse in silence, and keys that come back are heard", () => {
	const rows: readonly [Lock, Lock, boolean, ReturnType<typeof toneOf>][] = [
		["open", "closed", false, undefined],
		["open", "closed", true, "secure"],
		["warning", "verified", true, "secure"],
		["closed", "verified", false, undefined],
		["verified", "closed", false, undefined],
		["closed", "closed", true, undefined],
		["closed", "open", true, "warning"],
		["verified", "server", true, "warning"],
		["server", "closed", false, undefined],
		["server", "open", false, "warning"],
		["open", "server", false, undefined],
		["warning", "open", true, undefined],
		["open", "warning", false, "warning"],
	];
	for (const [former, lock, lostKeys, tone] of rows)
		equal(toneOf(former, lock, lostKeys), tone, `${former} to ${lock}`);
});
