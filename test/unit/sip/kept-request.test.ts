/** What a transaction keeps of its request: one text, and less of it once it has been answered. */

import { formatHead, keptHead, type OutgoingRequest, readHead } from "sip/request";
import { RPORT } from "sip/via";
import { equal, test } from "test/harness";
import { outgoing } from "./bench";

test("the one text that is kept of a request gives it back whole, and less of it ACK, CANCEL and credentials", () => {
	const request: OutgoingRequest = {
		...outgoing("INVITE"),
		via: {
			transport: "TLS",
			host: "[2001:db8::1]",
			port: 5061,
			params: [{ name: "branch", value: "z9hG4bK2" }, RPORT],
		},
		routes: ["<sip:a;lr>", "<sip:[2001:db8::2];lr>"],
		from: '"Zoë: \\"Z\\" <z>" <sip:alice@x>;tag=1',
		headers: [
			{ name: "Contact", value: "<sip:a@b:5060;transport=tls>" },
			{ name: "Proxy-Authorization", value: 'Digest realm="a: b"' },
			{ name: "Subject", value: "" },
		],
	};
	equal(readHead(formatHead(request)), request);
	const kept = readHead(keptHead(formatHead(request)));
	equal(kept, { ...request, headers: request.headers.slice(1, 2) });
});
