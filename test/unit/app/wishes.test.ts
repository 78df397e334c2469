/** What the owner changed on the phone: kept, and given up where the settings have a newer word. */
import { wishesOf, withWishes } from "app/wishes";
import { FEATURES, type Features } from "call/features";
import { equal, test } from "test/harness";

const SETTINGS: Features = { ...FEATURES, forward: { ...FEATURES.forward, busy: "97" } };

test("what is wished comes back, and what is not stays as the settings have it", () => {
	const wished: Features = {
		...SETTINGS,
		doNotDisturb: true,
		forward: { ...SETTINGS.forward, always: "sip:carol@example.org", busy: undefined },
	};
	equal(withWishes(SETTINGS, wishesOf(wished, SETTINGS)), wished);
	equal(wishesOf(SETTINGS, SETTINGS), "");
	equal(withWishes(SETTINGS, ""), SETTINGS);
});

test("settings that changed since then are the newer word, each for itself", () => {
	const wished = { ...SETTINGS, doNotDisturb: true, forward: { ...SETTINGS.forward, busy: "11", always: "12" } };
	const text = wishesOf(wished, SETTINGS);
	const newer = { ...SETTINGS, forward: { ...SETTINGS.forward, busy: "98" } };
	const now = withWishes(newer, text);
	equal([now.doNotDisturb, now.forward.busy, now.forward.always], [true, "98", "12"]);
	equal(withWishes({ ...SETTINGS, doNotDisturb: true }, text).doNotDisturb, true);
});

test("anything else that lies in the flash is no wish", () => {
	for (const text of [
		"x",
		"[]",
		"null",
		"7",
		'{"doNotDisturb":true}',
		'{"doNotDisturb":["yes",false],"busy":[7,"97"]}',
	])
		equal(withWishes(SETTINGS, text), SETTINGS, text);
});
