/** The patterns of the settings on the engine that runs them: a value of any form is judged at once. */
import { now } from "board/clock";
import { check } from "settings/check";
import { equal, ok, test } from "test/harness";

const PUMPS = ["a", "a:", ":", "1", "1:", "a.", ".", "@", "a@", "%", "\u00e9", " ", "?", ";"];
const ENDS = ["", "!", "@", "@a", "\n", ":0", "\u0000", '"'];

test("values made to hold a pattern for ever", () => {
	const start = now();
	for (const pump of PUMPS)
		for (const end of ENDS)
			for (const head of ["", "sip:", "sip:a", "sip:a@", "tone:", "wav:"]) {
				const text = (head + pump.repeat(200)).slice(0, 190) + end;
				check({ account: { aor: text, registrar: text, outboundProxy: text }, audio: { microphone: text } });
				check({ peers: [{ name: "x", uri: text }] });
			}
	ok(now() - start < 20_000, `${now() - start} ms`);
});

test("SIP addresses, with and without a password", () => {
	const taken = (aor: string) => check({ account: { aor } }).settings !== undefined;
	for (const aor of ["sip:alice@example.org", "sips:a@b", "sip:a:secret@b:5070;lr", "sip:a:@b", "sip:a:b:c@d"])
		equal(taken(aor), true, aor);
	for (const aor of ["sip:a", "sip:@b", "sip::x@b", "sip:a:b", "sip:a@", "sip:a@b@c", "tel:1@b", "sip:a b@c"])
		equal(taken(aor), false, aor);
});
