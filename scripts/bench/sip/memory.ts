/**
 * Runs on XS: what SIP costs in heap. Prints one line of JSON: bytes that reading and writing one message allocates (all of
 * it garbage afterwards), and bytes that one transaction of each kind holds while it lives, collected heap to collected
 * heap.
 */

import { gc, heap } from "board/heap";
import { exit, print } from "board/process";
import { utf8Encode } from "bytes/text";
import { incomingFor } from "sip/accept";
import { ALLOW, SUPPORTED } from "sip/constants";
import { InviteClient } from "sip/invite-client";
import { InviteServer } from "sip/invite-server";
import type { Request, Response } from "sip/message";
import { NonInviteClient } from "sip/non-invite-client";
import { NonInviteServer } from "sip/non-invite-server";
import { parse } from "sip/parse";
import { formatRequest, type OutgoingRequest } from "sip/request";
import { formatResponse, fromSource } from "sip/respond";
import { Timers } from "sip/timers";
import { type Ground, serverKey } from "sip/transaction";
import { RPORT } from "sip/via";
import { CORPUS } from "./corpus";

const COUNT = 32;
/** The description that a phone's INVITE carries, with keys announced and four candidates. */
const OFFER = [
	CORPUS[5]?.split("\r\n\r\n")[1] ?? "",
	"a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n",
	"a=candidate:1 1 UDP 2130706431 192.0.2.101 49172 typ host\r\n",
	"a=candidate:1 2 UDP 2130706430 192.0.2.101 49173 typ host\r\n",
	"a=candidate:2 1 UDP 1694498815 198.51.100.7 61172 typ srflx raddr 192.0.2.101 rport 49172\r\n",
	"a=candidate:2 2 UDP 1694498814 198.51.100.7 61173 typ srflx raddr 192.0.2.101 rport 49173\r\n",
].join("");
const ABLE = Object.freeze([
	{ name: "Allow", value: ALLOW },
	{ name: "Supported", value: SUPPORTED.join(", ") },
	{ name: "Session-Expires", value: "1800" },
]);
const CREDENTIALS = [
	'Digest username="alice", realm="atlanta.example.com"',
	'nonce="84f1c1ae6cbe5ua9c8e88dfa3ecm3459", uri="sip:bob@biloxi.example.com"',
	'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
	'opaque="5ccc069c403ebaf9f0171e9517f40e41", algorithm=SHA-256, cnonce="0a4f113b27d85df4", qop=auth',
].join(", ");
const TO = { address: "192.0.2.111", port: 5060 };

class Transactions implements Ground {
	readonly timers = new Timers();
	readonly kept = new Map<string, unknown>();
	send(): void {}
	connect(): void {}
	clientEnded(): void {}
	serverEnded(): void {}
}

function used(): number {
	const { slotsByteLength, chunksByteLength } = heap();
	return slotsByteLength + chunksByteLength;
}

/** Bytes that one call of `body` allocates, garbage or not. */
function allocated(times: number, body: (index: number) => void): number {
	gc();
	let total = 0;
	let counted = 0;
	for (let i = 0; i < times; i++) {
		const { garbageCollections } = heap();
		const before = used();
		body(i);
		const after = used();
		// What a collection took away in between cannot be counted.
		if (heap().garbageCollections !== garbageCollections) continue;
		total += after - before;
		counted++;
	}
	return total / counted - overhead;
}

/** What measuring allocates itself. */
let overhead = 0;
overhead = allocated(50, () => {});

/** Bytes that one more of `make` holds while it is kept. */
function held(make: (ground: Transactions, index: number) => [string, unknown]): number {
	const grounds = [new Transactions(), new Transactions()];
	const sizes = grounds.map((ground) => {
		// The first ones fill what is filled once.
		for (let i = 0; i < 4; i++) ground.kept.set(...make(ground, i));
		gc();
		const before = used();
		for (let i = 4; i < 4 + COUNT; i++) ground.kept.set(...make(ground, i));
		gc();
		return (used() - before) / COUNT;
	});
	return Math.round(Math.min(...sizes));
}

const packets = CORPUS.map((text) => utf8Encode(text));
let unread = 0;
const parseBytes = allocated(packets.length * 10, (i) => {
	if (parse(packets[i % packets.length] ?? new Uint8Array(0)).type === "malformed") unread++;
});

/**
 * What a real call carries: digest with SHA-256, what we can do, the session's interval, the server's route. Strings that
 * each request makes anew are new here, too; what belongs to the account is the account's.
 */
function outgoing(method: string, index: number, body = OFFER): OutgoingRequest {
	const inDialog = method === "BYE" || method === "UPDATE";
	return {
		method,
		uri: "sip:bob@biloxi.example.com",
		via: {
			transport: "UDP",
			host: "192.0.2.101",
			port: 5060,
			params: [{ name: "branch", value: `z9hG4bK74bf98f1e2a0c3d4${index}` }, RPORT],
		},
		routes: ["<sip:edge.atlanta.example.com;lr>"],
		from: `"Alice Liddell" <sip:alice@atlanta.example.com>;tag=9fxced76sl${index}`,
		to: inDialog ? `<sip:bob@biloxi.example.com>;tag=314159${index}` : "<sip:bob@biloxi.example.com>",
		callId: `2xTb9vxSit55XU7p8aX0b2c4${index}`,
		cseq: index,
		headers: [
			{ name: "Contact", value: `<sip:alice@192.0.2.101:${5060 + index};ob>` },
			...(method === "INVITE" || method === "UPDATE" ? ABLE : []),
			{ name: "User-Agent", value: "Sotto/0.1" },
			{ name: "Proxy-Authorization", value: `${CREDENTIALS}, nc=0000000${index}` },
		],
		body: method === "INVITE" || method === "UPDATE" ? { contentType: "application/sdp", text: body } : undefined,
	};
}

function incoming(method: string, index: number): Request {
	const bytes = formatRequest(outgoing(method, index));
	const message = parse(bytes);
	if (message.type !== "request") throw new Error(message.type);
	return fromSource(message, TO).request;
}

/** What comes back to our INVITE. */
function answer(index: number, status: number): Response {
	const message = parse(formatResponse(incoming("INVITE", index), { status, toTag: `314159${index}` }));
	if (message.type !== "response") throw new Error(message.type);
	return message;
}

const buildBytes = allocated(100, (i) => formatRequest(outgoing("BYE", i)));
const user = { onResponse: () => {}, onFailure: () => {}, onAck: () => {}, onTimeout: () => {} };

const result = {
	unread,
	parse: Math.round(parseBytes),
	build: Math.round(buildBytes),
	/** Without the description, which is the call's: it has the same text for as long. */
	inviteClient: held((ground, i) => {
		const transaction = new InviteClient(ground, outgoing("INVITE", i), TO, user);
		transaction.start();
		return [transaction.key, transaction];
	}),
	/** With a description of its own. */
	inviteClientAlone: held((ground, i) => {
		const transaction = new InviteClient(ground, outgoing("INVITE", i, `${OFFER}a=x:${i}\r\n`), TO, user);
		transaction.start();
		return [transaction.key, transaction];
	}),
	/** It rings there. */
	ringingInviteClient: held((ground, i) => {
		const transaction = new InviteClient(ground, outgoing("INVITE", i), TO, user);
		transaction.start();
		transaction.receive(answer(i, 180));
		return [transaction.key, transaction];
	}),
	/** Refused, and the ACK is repeated where the refusal is. */
	refusedInviteClient: held((ground, i) => {
		const transaction = new InviteClient(ground, outgoing("INVITE", i), TO, user);
		transaction.start();
		transaction.receive(answer(i, 486));
		return [transaction.key, transaction];
	}),
	nonInviteClient: held((ground, i) => {
		const transaction = new NonInviteClient(ground, outgoing("BYE", i), TO, user);
		transaction.start();
		return [transaction.key, transaction];
	}),
	/** With what the call keeps of the INVITE and its state until the ACK. */
	ringingInviteServer: held((ground, i) => {
		const request = incoming("INVITE", i);
		const transaction = new InviteServer(ground, serverKey(request), request, TO, user);
		transaction.respond(180, formatResponse(transaction.read(), { status: 180, toTag: "314159" }));
		return [transaction.key, incomingFor(transaction, request, `314159${i}`, true)];
	}),
	/** UPDATE and REFER, while the person decides. */
	waitingNonInviteServer: held((ground, i) => {
		const request = incoming("UPDATE", i);
		const transaction = new NonInviteServer(ground, serverKey(request), request, TO);
		return [transaction.key, transaction];
	}),
	inviteServer: held((ground, i) => {
		const request = incoming("INVITE", i);
		const transaction = new InviteServer(ground, serverKey(request), request, TO, user);
		transaction.respond(486, formatResponse(request, { status: 486, toTag: "314159" }));
		return [transaction.key, transaction];
	}),
	nonInviteServer: held((ground, i) => {
		const request = incoming("OPTIONS", i);
		const transaction = new NonInviteServer(ground, serverKey(request), request, TO);
		transaction.respond(200, formatResponse(request, { status: 200, toTag: "314159" }));
		return [transaction.key, transaction];
	}),
};
print(JSON.stringify(result));
exit(0);
