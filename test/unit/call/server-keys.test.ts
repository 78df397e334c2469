/** Keys of signalling beside ZRTP's outcome: lock, keying, microphone and notice, row by row, and what holds over all rows. */
import type { KeyingStatus, ServerKeys } from "call/keying";
import { type MicrophoneFacts, microphoneOf } from "call/microphone";
import { type SecurityFacts, type StreamSecurity, securityOf } from "call/security";
import type { Keying, Lock } from "call/state";
import type { ZrtpStatus } from "call/zrtp-stream";
import { equal, ok, test } from "test/harness";

type Outcome = "off" | "agreeing" | "secure" | "absent" | "failed" | "cleared";

const OUTCOMES: readonly Outcome[] = ["off", "agreeing", "secure", "absent", "failed", "cleared"];
const SERVERS: readonly ServerKeys[] = ["none", "agreeing", "on", "exposed", "failed"];
const BOTH = [false, true] as const;

function statusOf(outcome: Outcome): ZrtpStatus | undefined {
	if (outcome === "off") return undefined;
	if (outcome === "failed") return { state: "failed", code: "timeout" };
	return outcome === "cleared" ? { state: "cleared", by: "peer" } : { state: outcome };
}

function zrtp(outcome: Outcome): StreamSecurity | undefined {
	const status = statusOf(outcome);
	return status && { status, sas: undefined, enrollment: undefined, warned: () => false };
}

function keys(
	server: ServerKeys,
	by: KeyingStatus["by"] = server === "none" ? "none" : "sdes",
	lost = false,
): KeyingStatus {
	return { by, server, lost, cipher: undefined, authTag: undefined, reason: undefined };
}

interface Row {
	readonly server: ServerKeys;
	readonly zrtp: Outcome;
	readonly mandatory?: boolean;
	readonly by?: "sdes" | "dtls";
	readonly lost?: boolean;
	readonly expected?: SecurityFacts["expected"];
	readonly announced?: boolean;
}

function shown(row: Row): { lock: Lock; keying: Keying; microphone: string; notice: string | undefined } {
	const { mandatory = false, expected, announced = false, server } = row;
	const facts: SecurityFacts = {
		connected: true,
		ended: false,
		mandatory,
		first: zrtp(row.zrtp),
		keying: keys(server, row.by, row.lost),
		added: [],
		expected,
		clearAgreed: false,
		sasMismatch: false,
		verifiedHere: false,
		anotherPhone: false,
		gatewayName: undefined,
	};
	const state = statusOf(row.zrtp)?.state;
	const ears: MicrophoneFacts = {
		connected: true,
		zrtp: state,
		mandatory,
		expected: expected !== undefined,
		clearAgreed: false,
		muted: false,
		server,
		announced,
	};
	const { lock, keying, notice } = securityOf(facts);
	return { lock, keying, microphone: microphoneOf(ears), notice };
}

const ROWS: readonly (readonly [Row, Lock, Keying, string, RegExp | undefined])[] = [
	// SDES inside TLS.
	[{ server: "on", zrtp: "off" }, "server", "sdes", "open", undefined],
	[{ server: "on", zrtp: "agreeing" }, "server", "sdes", "open", undefined],
	[{ server: "on", zrtp: "agreeing", announced: true }, "server", "sdes", "held", undefined],
	[{ server: "on", zrtp: "secure" }, "closed", "zrtp", "open", undefined],
	[{ server: "on", zrtp: "absent" }, "server", "sdes", "open", undefined],
	[{ server: "on", zrtp: "failed" }, "server", "sdes", "open", /No keys of the two phones.*servers can listen/],
	[{ server: "on", zrtp: "cleared" }, "warning", "sdes", "held", /ended encryption/],
	// The same, and the owner wants ZRTP or silence.
	[{ server: "on", zrtp: "absent", mandatory: true }, "server", "sdes", "held", /does not talk without/],
	[{ server: "on", zrtp: "agreeing", mandatory: true }, "server", "sdes", "held", undefined],
	[{ server: "on", zrtp: "failed", mandatory: true }, "server", "sdes", "held", /microphone stays off/],
	[{ server: "on", zrtp: "off", mandatory: true }, "server", "sdes", "held", /microphone stays off/],
	// From ZRTP to the server's keys is no step that goes unsaid.
	[{ server: "on", zrtp: "absent", expected: "in this call" }, "warning", "sdes", "held", /no longer is/],
	[{ server: "on", zrtp: "absent", expected: "in earlier calls" }, "warning", "sdes", "held", /microphone is off/],
	[{ server: "on", zrtp: "failed", expected: "in this call" }, "warning", "sdes", "held", /microphone stays off/],
	// Signalling in the clear: as good as nothing.
	[{ server: "exposed", zrtp: "off" }, "open", "sdes", "open", /everybody on the way can read/],
	[{ server: "exposed", zrtp: "agreeing" }, "open", "sdes", "held", undefined],
	[{ server: "exposed", zrtp: "absent" }, "open", "sdes", "open", /everybody on the way can read/],
	[{ server: "exposed", zrtp: "secure" }, "closed", "zrtp", "open", undefined],
	[{ server: "exposed", zrtp: "failed" }, "warning", "sdes", "held", /microphone stays off/],
	[{ server: "exposed", zrtp: "absent", mandatory: true }, "open", "sdes", "held", /does not talk without/],
	// DTLS.
	[{ server: "agreeing", by: "dtls", zrtp: "off" }, "open", "dtls", "held", undefined],
	[{ server: "on", by: "dtls", zrtp: "absent" }, "server", "dtls", "open", undefined],
	[{ server: "on", by: "dtls", zrtp: "secure" }, "closed", "zrtp", "open", undefined],
	[{ server: "failed", by: "dtls", zrtp: "absent" }, "warning", "dtls", "held", /microphone stays off/],
	[{ server: "failed", by: "dtls", zrtp: "secure" }, "closed", "zrtp", "open", undefined],
	// Keys that went by a re-INVITE.
	[{ server: "none", zrtp: "absent", lost: true }, "warning", "none", "open", /no longer is: it can be overheard/],
	[{ server: "exposed", zrtp: "off", lost: true }, "warning", "sdes", "open", /no longer is/],
	[{ server: "none", zrtp: "secure", lost: true }, "closed", "zrtp", "open", undefined],
];

test("row by row", () => {
	for (const [row, lock, keying, microphone, notice] of ROWS) {
		const seen = shown(row);
		const text = JSON.stringify([row, seen]);
		equal([seen.lock, seen.keying, seen.microphone], [lock, keying, microphone], text);
		if (notice === undefined) equal(seen.notice, undefined, text);
		else ok(seen.notice !== undefined && notice.test(seen.notice), text);
	}
});

test("over every combination the lock never says more than the truth, and mandatory ZRTP means it", () => {
	let count = 0;
	for (const server of SERVERS)
		for (const outcome of OUTCOMES)
			for (const mandatory of BOTH)
				for (const lost of BOTH)
					for (const announced of BOTH)
						for (const expected of [undefined, "in this call", "in earlier calls"] as const) {
							const seen = shown({ server, zrtp: outcome, mandatory, lost, announced, expected });
							const text = JSON.stringify([server, outcome, mandatory, lost, announced, expected, seen]);
							count++;
							if (seen.lock === "closed") ok(outcome === "secure", text);
							if (seen.lock === "server") ok(server === "on" && outcome !== "secure", text);
							if (outcome === "secure")
								equal([seen.lock, seen.keying, seen.microphone], ["closed", "zrtp", "open"], text);
							else if (mandatory) equal(seen.microphone, "held", text);
							if ((server === "agreeing" || server === "failed") && outcome !== "secure")
								equal(seen.microphone, "held", text);
							if (seen.microphone === "open" && outcome !== "secure" && seen.lock === "open")
								ok(seen.notice !== undefined && /overheard/.test(seen.notice), text);
						}
	equal(count, 5 * 6 * 2 * 2 * 2 * 3);
});
