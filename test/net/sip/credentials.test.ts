/** Who gets an answer to a challenge (sip/exchange.ts, sip/invite.ts): passwords can be tried against it (RFC 3261 section 22). */

import { latin1Decode, utf8Encode } from "bytes/text";
import type { Account } from "sip/agent";
import { header, type Request } from "sip/message";
import { parse } from "sip/parse";
import { formatResponse, type ResponseParts } from "sip/respond";
import { equal, ok, test } from "test/harness";
import { HAND, Wire } from "./wire";
import { answer, type Zone } from "./zone";

const MALLORY = { address: "10.0.0.98", port: 5060 };
const ACCOUNT: Account = {
	id: "a",
	aor: "sip:bob@example.org",
	registrar: { host: HAND.address, port: HAND.port, transport: "udp" },
	password: utf8Encode("secret"),
	expiresSec: 60,
};
const CHALLENGED: ResponseParts = {
	status: 407,
	toTag: "p",
	headers: [{ name: "Proxy-Authenticate", value: 'Digest realm="example.org", nonce="n", qop="auth"' }],
};
/** A name of Mallory's, whose first server is that of the account. */
const HOSTILE: Zone = {
	"_sip._udp.mallory.example SRV": ["1 1 5060 first.mallory.example", "2 1 5060 second.mallory.example"],
	"first.mallory.example HOST": [HAND.address],
	"second.mallory.example HOST": [MALLORY.address],
};

/** The hand is the account's server; what Mallory hears is kept. */
class Overheard extends Wire {
	readonly heard: string[] = [];

	constructor(uri: string) {
		super(5, [ACCOUNT]);
		this.world.onReport = (member, action) => {
			if (action.type !== "query") return;
			const { id, name, kind } = action;
			this.world.do(member.name, { type: "answer", id, answer: answer(HOSTILE, name, kind) });
		};
		this.world.serve("mallory", MALLORY, (bytes) => void this.heard.push(latin1Decode(bytes)));
		this.world.do("bob", { type: "invite", call: 1, account: "a", uri, sdp: "offer" });
		this.world.run(10);
	}

	get last(): Request {
		const request = this.requests("INVITE").pop();
		if (request === undefined) throw new Error("no INVITE came");
		return request;
	}

	methods(): string[] {
		return this.heard.map((text) => text.split(" ")[0] ?? "");
	}
}

test("the next server of a name does not get the answer that the account's server asked for", () => {
	const overheard = new Overheard("sip:eve@mallory.example");
	overheard.respond(overheard.last, CHALLENGED);
	ok(header(overheard.last, "proxy-authorization") !== undefined, "the account's server got its answer");
	overheard.respond(overheard.last, { status: 503, toTag: "q" });
	overheard.world.run(100);
	equal(overheard.methods(), ["INVITE"]);
	ok(!overheard.heard.some((text) => text.includes("Authorization")), overheard.heard.join());
});

test("an ACK that goes straight to whoever was called carries no answer of the account's", () => {
	const overheard = new Overheard("sip:eve@example.org");
	overheard.respond(overheard.last, CHALLENGED);
	ok(header(overheard.last, "proxy-authorization") !== undefined, "the account's server got its answer");
	const contact = { name: "Contact", value: `<sip:eve@${MALLORY.address}:5060>` };
	overheard.respond(overheard.last, {
		status: 200,
		toTag: "t",
		headers: [contact],
		body: { contentType: "application/sdp", text: "answer" },
	});
	overheard.world.run(100);
	equal(overheard.methods(), ["ACK"]);
	const ack = parse(utf8Encode(overheard.heard[0] ?? ""));
	ok(ack.type === "request" && header(ack, "proxy-authorization") === undefined, overheard.heard.join());
	equal(overheard.world.reports("bob", "answered").length, 1);
});

test("the server of one account, asking for the password of another, gets nothing", () => {
	const other: Account = {
		id: "b",
		aor: "sip:rob@mallory.example",
		registrar: { host: MALLORY.address, port: MALLORY.port, transport: "udp" },
		password: utf8Encode("another"),
		expiresSec: 3600,
	};
	const wire = new Wire(5, [ACCOUNT, other]);
	const heard: string[] = [];
	wire.world.serve("mallory", MALLORY, (bytes, from, send) => {
		const request = parse(bytes);
		if (request.type !== "request" || request.method === "ACK") return;
		if (request.method === "INVITE") heard.push(header(request, "proxy-authorization") ?? "plain");
		send(formatResponse(request, request.method === "INVITE" ? CHALLENGED : { status: 200, toTag: "r" }), from);
	});
	wire.world.do("bob", { type: "register", account: "b" });
	wire.world.run(100);
	const uri = `sip:eve@${MALLORY.address}:5060`;
	wire.world.do("bob", { type: "invite", call: 1, account: "a", uri, sdp: "offer" });
	wire.world.run(100);
	equal(heard, ["plain"]);
	wire.world.do("bob", { type: "invite", call: 2, account: "b", uri, sdp: "offer" });
	wire.world.run(100);
	equal(heard.length, 3, "its own account's it gets");
});
