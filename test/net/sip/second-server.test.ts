/** A registrar of two addresses: what the second one says in a call counts, however long ago the name was looked up. */

import type { Account } from "sip/agent";
import { header } from "sip/message";
import { parse } from "sip/parse";
import { formatRequest } from "sip/request";
import { equal, test } from "test/harness";
import { HAND, Wire } from "./wire";
import { answer, type Zone } from "./zone";

const SECOND = { address: "10.0.0.97", port: 5060 };
const STRANGER = { address: "10.0.0.66", port: 5060 };
const CLUSTER: Zone = {
	"_sip._udp.example.org SRV": ["1 1 5060 a.example.org", "2 1 5060 b.example.org"],
	"a.example.org HOST": [HAND.address],
	"b.example.org HOST": [SECOND.address],
};
const ACCOUNT: Account = {
	id: "a",
	aor: "sip:bob@example.org",
	registrar: { host: "example.org", transport: "udp" },
	password: undefined,
	expiresSec: 3600,
};

test("a BYE by the registrar's other address, an hour after the name was looked up", () => {
	const wire = new Wire(5, [ACCOUNT]);
	const { world } = wire;
	world.onReport = (member, action) => {
		if (action.type !== "query") return;
		world.do(member.name, { type: "answer", id: action.id, answer: answer(CLUSTER, action.name, action.kind) });
	};
	const heard: number[] = [];
	for (const place of [SECOND, STRANGER])
		world.serve(place.address, place, (bytes) => {
			const message = parse(bytes);
			if (message.type === "response") heard.push(message.status);
		});
	world.do("bob", { type: "invite", call: 1, account: "a", uri: "sip:carol@example.org", sdp: "offer" });
	world.run(10);
	const [invite] = wire.requests("INVITE");
	if (invite === undefined) throw new Error("no INVITE came");
	const contact = { name: "Contact", value: "<sip:carol@10.0.0.50:5060>" };
	const body = { contentType: "application/sdp", text: "answer" };
	wire.respond(invite, { status: 200, toTag: "t", headers: [contact], body });
	world.run(3600000);
	for (const { address, port } of [STRANGER, SECOND]) {
		const bye = formatRequest({
			method: "BYE",
			uri: "sip:bob@10.0.0.1:5060",
			via: { transport: "UDP", host: address, port, params: [{ name: "branch", value: `z9hG4bK${address}` }] },
			routes: [],
			from: "<sip:carol@example.org>;tag=t",
			to: header(invite, "from") ?? "",
			callId: invite.callId,
			cseq: 9,
			headers: [],
			body: undefined,
		});
		world.send(bye, { address, port }, world.member("bob").place);
		world.run(10);
	}
	equal(heard, [403, 200]);
	equal(world.reports("bob", "ended").length, 1);
});
