/**
 * Mutated requests with the true Call-ID and tags of a call, from an address that the call does not lead to: whatever is in
 * them, the call neither ends nor changes, and the other party is heard afterwards.
 */

import { utf8Encode } from "bytes/text";
import { equal, ok, test } from "test/harness";
import { Wire } from "test/net/sip/wire";
import { Mutator } from "./mutate";

const STRANGER = { address: "10.0.0.66", port: 5060 };
const METHODS = ["BYE", "INVITE", "UPDATE", "INFO", "REFER", "NOTIFY", "PRACK", "ACK", "CANCEL", "OPTIONS"];
const ROUNDS = 4000;
/** What would be said of the call itself. */
const TOUCHED = ["ended", "offered", "offerWithdrawn", "referred", "dtmf", "identified", "transferProgress"] as const;

function forged(mutator: Mutator, round: number, to: string): string {
	const method = mutator.pick(METHODS);
	const digit = method === "INFO";
	const body = digit
		? "Signal=5\r\nDuration=160\r\n"
		: mutator.below(2) === 0
			? "v=0\r\nm=audio 4000 RTP/AVP 0\r\n"
			: "";
	return [
		`${method} sip:bob@10.0.0.1:5060 SIP/2.0`,
		`Via: SIP/2.0/UDP 10.0.0.${mutator.pick([66, 99])}:5060;branch=z9hG4bKforged${round}`,
		"Max-Forwards: 70",
		"From: <sip:alice@10.0.0.99>;tag=alice",
		`To: ${to}`,
		"Call-ID: hand",
		`CSeq: ${mutator.pick([1, 2, 3, 4294967295])} ${method}`,
		`Contact: <sip:alice@10.0.0.${mutator.pick([66, 99])}>`,
		"Record-Route: <sip:10.0.0.66;lr>",
		"Refer-To: <sip:eve@10.0.0.66>",
		"Event: refer",
		"Subscription-State: terminated",
		"RAck: 1 1 INVITE",
		"P-Asserted-Identity: <sip:eve@10.0.0.66>",
		...(body === "" ? [] : [`Content-Type: application/${digit ? "dtmf-relay" : "sdp"}`]),
		`Content-Length: ${body.length}`,
		"",
		body,
	].join("\r\n");
}

for (const seed of [1, 2])
	test(
		`${ROUNDS} forgeries inside a call, seed ${seed}`,
		() => {
			const mutator = new Mutator(seed);
			const wire = new Wire(seed);
			const { world } = wire;
			let refused = 0;
			world.serve("stranger", STRANGER, (bytes) => {
				if (String.fromCharCode(...bytes.subarray(8, 11)) === "403") refused++;
			});
			const to = wire.connect({
				headers: [
					{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" },
					{ name: "Allow", value: "UPDATE" },
				],
			});
			const bob = world.member("bob");
			// The other party still has the call, whenever it is asked.
			let granted = 0;
			const grant = (): void => {
				const asked = wire.requests("UPDATE");
				for (; granted < asked.length; granted++) {
					const request = asked[granted];
					if (request) wire.respond(request, { status: 200 });
				}
			};
			for (let round = 0; round < ROUNDS; round++) {
				const text = forged(mutator, round, to);
				world.send(utf8Encode(mutator.below(3) === 0 ? text : mutator.mutate(text)), STRANGER, bob.place);
				world.run(20);
				grant();
				for (const { call } of world.reports("bob", "incoming"))
					if (call !== -1) world.do("bob", { type: "reject", call, status: 486 });
				for (const type of TOUCHED)
					for (const report of world.reports("bob", type))
						ok(!("call" in report) || report.call !== -1, `${type} after ${text}`);
				bob.reports.length = 0;
				ok(bob.agent.counts.servers <= 96 && bob.agent.counts.clients <= 16, JSON.stringify(bob.agent.counts));
			}
			ok(refused > ROUNDS / 4, `${refused} of ${ROUNDS} were refused as not on the way`);
			ok(granted > 1 && granted < 20, `the other party was asked ${granted} times`);
			wire.request("OPTIONS", { to, cseq: 2 });
			wire.request("BYE", { to, cseq: 3 });
			equal([wire.statuses("OPTIONS").slice(-1), wire.statuses("BYE").slice(-1)], [[200], [200]]);
			equal(
				world.reports("bob", "ended").map(({ call }) => call),
				[-1],
			);
		},
		{ timeoutMs: 120_000 },
	);
