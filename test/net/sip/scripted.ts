/** An account, and a registrar that answers as a test says. */

import { utf8Encode } from "bytes/text";
import type { Account } from "sip/agent";
import type { Request } from "sip/message";
import { parse } from "sip/parse";
import { formatResponse, fromSource, type ResponseParts } from "sip/respond";
import type { Server } from "./world";

/** Where registrars are. */
export const PLACE = Object.freeze({ address: "10.0.1.1", port: 5060 });
export const OTHER = Object.freeze({ address: "10.0.1.2", port: 5060 });

/** An account with the registrar at `PLACE`. */
export function account(changes: Partial<Account> = {}): Account {
	return {
		id: "a",
		aor: "sip:alice@example.org",
		registrar: { host: PLACE.address, port: PLACE.port, transport: "udp" },
		password: utf8Encode("secret"),
		expiresSec: 300,
		...changes,
	};
}

/** Answers by a function, and keeps what came. */
export function scripted(requests: Request[], answer: (request: Request, count: number) => ResponseParts): Server {
	return (bytes, from, send) => {
		const message = parse(bytes);
		if (message.type !== "request" || message.method === "ACK") return;
		const { request, to } = fromSource(message, from);
		requests.push(request);
		send(formatResponse(request, { toTag: "s", ...answer(request, requests.length) }), to);
	};
}
