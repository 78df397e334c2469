/** One transaction by itself in virtual time, the messages that it begins with, and what its peer says. */

import { InviteClient } from "sip/invite-client";
import { InviteServer } from "sip/invite-server";
import type { Request, Response } from "sip/message";
import { NonInviteClient } from "sip/non-invite-client";
import { parse } from "sip/parse";
import type { OutgoingRequest } from "sip/request";
import { formatResponse } from "sip/respond";
import { Timers } from "sip/timers";
import { serverKey } from "sip/transaction";
import { raw, request } from "./raw";

export const PEER = Object.freeze({ address: "192.0.2.4", port: 5060 });

/** The ground under one transaction: what it sent and when, what it told its user, whether it is gone. */
export class Bench {
	readonly timers = new Timers();
	readonly sent: [number, string][] = [];
	readonly told: (number | string)[] = [];
	ended: string[] = [];

	send(bytes: Uint8Array): void {
		const message = parse(bytes);
		const what =
			message.type === "response" ? String(message.status) : message.type === "request" ? message.method : "?";
		this.sent.push([this.timers.now, what]);
	}

	/** Why no connection can be made; undefined: it can. */
	unreachable: string | undefined;

	connect(_to: object, onDone: (error: string | undefined) => void): void {
		onDone(this.unreachable);
	}

	clientEnded(key: string): void {
		this.ended.push(key);
	}

	serverEnded(key: string): void {
		this.ended.push(key);
	}

	onResponse(response: Response): void {
		this.told.push(response.status);
	}

	onFailure(failure: { readonly type: string }): void {
		this.told.push(failure.type);
	}

	onAck(): void {
		this.told.push("ack");
	}

	onTimeout(): void {
		this.told.push("no ack");
	}

	/** Time goes on to `now`, timer by timer. */
	until(now: number): void {
		for (let next = this.timers.next; next !== undefined && next <= now; next = this.timers.next) {
			this.timers.advance(next);
			this.timers.run();
		}
		this.timers.advance(now);
	}

	get times(): number[] {
		return this.sent.map(([at]) => at);
	}
}

export function outgoing(method: string): OutgoingRequest {
	return {
		method,
		uri: "sip:bob@192.0.2.4",
		via: { transport: "UDP", host: "192.0.2.1", port: 5060, params: [{ name: "branch", value: "z9hG4bK1" }] },
		routes: ["<sip:p;lr>"],
		from: "<sip:alice@x>;tag=1",
		to: "<sip:bob@x>",
		callId: "c",
		cseq: 1,
		headers: [{ name: "Require", value: "x" }],
		body: undefined,
	};
}

export function response(status: number, method: string): Response {
	const message = parse(
		raw([
			`SIP/2.0 ${status} x`,
			"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
			"From: <sip:alice@x>;tag=1",
			"To: <sip:bob@x>;tag=2",
			"Call-ID: c",
			`CSeq: 1 ${method}`,
		]),
	);
	if (message.type !== "response") throw new Error(message.type);
	return message;
}

export function incoming(method: string, changes: readonly string[] = []): Request {
	const message = parse(request(method, changes));
	if (message.type !== "request") throw new Error(message.type);
	return message;
}

export function inviteClient(bench: Bench): InviteClient {
	const client = new InviteClient(bench, outgoing("INVITE"), PEER, bench);
	client.start();
	return client;
}

export function nonInviteClient(bench: Bench): NonInviteClient {
	const client = new NonInviteClient(bench, outgoing("BYE"), PEER, bench);
	client.start();
	return client;
}

export function inviteServer(bench: Bench): { server: InviteServer; respond(status: number): void } {
	const invite = incoming("INVITE");
	const server = new InviteServer(bench, serverKey(invite), invite, PEER, bench);
	return { server, respond: (status) => server.respond(status, formatResponse(invite, { status, toTag: "t" })) };
}
