/** What the policies make of an offer and of an answer, row by row. */
import { type KeyingPolicy, planAnswer, planOffer } from "call/keying-policy";
import { type KeyingLines, PLAIN } from "sdp/keying";
import { equal, test } from "test/harness";
import { POLICY } from "./keying-rig";

const OFFERS: readonly (readonly [Partial<KeyingPolicy>, boolean, string])[] = [
	[{ policy: "off" }, true, "none"],
	[{}, true, "sdes RTP/AVP"],
	[{}, false, "none"],
	[{ inClear: true }, false, "sdes RTP/AVP"],
	[{ policy: "mandatory" }, true, "sdes RTP/SAVP"],
	[{ policy: "mandatory" }, false, "fault"],
	[{ policy: "mandatory", inClear: true }, false, "sdes RTP/SAVP"],
	[{ offer: "dtls" }, false, "dtls"],
	[{ offer: "dtls", policy: "mandatory" }, true, "dtls"],
	[{ offer: "dtls", policy: "off" }, true, "none"],
];

test("what is offered, row by row", () => {
	for (const [policy, protectedLeg, expected] of OFFERS) {
		const plan = planOffer({ policy: { ...POLICY, ...policy }, protectedLeg, inForce: "none" });
		const said = "fault" in plan ? "fault" : plan.keys === "sdes" ? `sdes ${plan.protocol}` : plan.keys;
		equal(said, expected, JSON.stringify([policy, protectedLeg]));
	}
});

const LINE = ["1 AES_CM_128_HMAC_SHA1_80 inline:x"];
const ANSWERS: readonly (readonly [Partial<KeyingPolicy>, boolean, Partial<KeyingLines>, string])[] = [
	[{ policy: "off" }, true, { crypto: LINE }, "none"],
	[{ policy: "off" }, true, { protocol: "RTP/SAVP", crypto: LINE }, "fault"],
	[{ policy: "off" }, true, { protocol: "UDP/TLS/RTP/SAVPF" }, "fault"],
	[{}, true, {}, "none"],
	[{}, true, { crypto: LINE }, "sdes"],
	[{}, false, { crypto: LINE }, "none"],
	[{ inClear: true }, false, { crypto: LINE }, "sdes"],
	[{}, true, { protocol: "RTP/SAVP", crypto: LINE }, "sdes"],
	[{}, false, { protocol: "RTP/SAVP", crypto: LINE }, "sdes"],
	[{}, false, { protocol: "UDP/TLS/RTP/SAVP" }, "dtls"],
	[{ policy: "mandatory" }, true, {}, "fault"],
	[{ policy: "mandatory" }, true, { crypto: LINE }, "sdes"],
	[{ policy: "mandatory" }, false, { crypto: LINE }, "fault"],
	[{ policy: "mandatory" }, false, { protocol: "RTP/SAVP", crypto: LINE }, "fault"],
	[{ policy: "mandatory", inClear: true }, false, { protocol: "RTP/SAVP", crypto: LINE }, "sdes"],
	[{ policy: "mandatory" }, false, { protocol: "UDP/TLS/RTP/SAVP" }, "dtls"],
];

test("what is answered, row by row", () => {
	for (const [policy, protectedLeg, theirs, expected] of ANSWERS) {
		const situation = { policy: { ...POLICY, ...policy }, protectedLeg, inForce: "none" } as const;
		const plan = planAnswer(situation, { ...PLAIN, ...theirs });
		equal("fault" in plan ? "fault" : plan.keys, expected, JSON.stringify([policy, protectedLeg, theirs]));
	}
});
