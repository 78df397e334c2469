/** One phone and a hand that writes packets: what comes back is read and kept. */

import { latin1Decode } from "bytes/text";
import type { Account, AgentConfig } from "sip/agent";
import { type Message, type Request, type Response, tagOf } from "sip/message";
import { parse } from "sip/parse";
import type { OutgoingRequest } from "sip/request";
import { formatRequest } from "sip/request";
import { formatResponse, type ResponseParts } from "sip/respond";
import { World } from "./world";

/** Where the hand sits. */
export const HAND = { address: "10.0.0.99", port: 5060 };

const OWN: Account = { id: "a", aor: "sip:bob@10.0.0.1", password: undefined, expiresSec: 60 };

export class Wire {
	readonly world: World;
	/** Everything the phone sent to the hand. */
	readonly received: Message[] = [];
	readonly texts: string[] = [];
	#branch = 0;

	constructor(seed = 5, accounts: readonly Account[] = [OWN], more: Partial<AgentConfig> = {}) {
		this.world = new World({ seed, delayMs: 1 });
		this.world.add("bob", accounts, more);
		this.world.serve("hand", HAND, (bytes) => {
			const message = parse(bytes);
			if (message.type !== "malformed") this.received.push(message);
			this.texts.push(latin1Decode(bytes));
		});
	}

	/** Sends bytes to the phone and lets them arrive, and the answer come back. */
	send(bytes: Uint8Array): void {
		this.world.send(bytes, HAND, this.world.member("bob").place);
		this.world.run(10);
	}

	request(method: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
		const request: OutgoingRequest = {
			method,
			uri: "sip:bob@10.0.0.1:5060",
			via: {
				transport: "UDP",
				host: HAND.address,
				port: HAND.port,
				params: [{ name: "branch", value: `z9hG4bKhand${this.#branch++}` }],
			},
			routes: [],
			from: "<sip:alice@10.0.0.99>;tag=alice",
			to: "<sip:bob@10.0.0.1>",
			callId: "hand",
			cseq: 1,
			headers: [{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" }],
			body: method === "INVITE" ? { contentType: "application/sdp", text: "offer" } : undefined,
			...changes,
		};
		this.send(formatRequest(request));
		return request;
	}

	/** Answers a request of the phone's. */
	respond(request: Request, parts: ResponseParts): void {
		this.send(formatResponse(request, parts));
	}

	/** Statuses of the responses to a method. */
	statuses(method: string): number[] {
		return this.responses(method).map((response) => response.status);
	}

	responses(method: string): Response[] {
		return this.received.filter(
			(message): message is Response => message.type === "response" && message.method === method,
		);
	}

	requests(method: string): Request[] {
		return this.received.filter(
			(message): message is Request => message.type === "request" && message.method === method,
		);
	}

	/** The tag the phone gave itself in its last response to INVITE. */
	tag(): string {
		const [last] = this.responses("INVITE").slice(-1);
		return last === undefined ? "" : (tagOf(last.to) ?? "");
	}

	/** An answered and acknowledged incoming call; gives the To value for requests inside it. */
	connect(changes: Partial<OutgoingRequest> = {}): string {
		this.request("INVITE", changes);
		this.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
		this.world.run(10);
		const to = `<sip:bob@10.0.0.1>;tag=${this.tag()}`;
		this.request("ACK", { to, cseq: changes.cseq ?? 1 });
		return to;
	}
}
