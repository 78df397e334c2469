/** Packets to messages (RFC 3261 sections 7, 18.3, 25). */

import { now } from "board/clock";
import { latin1Decode, utf8Decode, utf8Encode } from "bytes/text";
import { keep, readKept } from "sip/kept";
import { header, headerLines, headerList, type Malformed, type Message } from "sip/message";
import { isKeepAlive, parse } from "sip/parse";
import { formatRequest } from "sip/request";
import { formatResponse, fromSource, refuse } from "sip/respond";
import { equal, ok, test } from "test/harness";
import { raw, request } from "./raw";

function good(bytes: Uint8Array): Message {
	const message = parse(bytes);
	if (message.type === "malformed") throw new Error(message.reason);
	return message;
}

function bad(bytes: Uint8Array): Malformed {
	const message = parse(bytes);
	if (message.type !== "malformed") throw new Error("was taken for well-formed");
	return message;
}

test("lines made to hold the parser for ever", () => {
	const start = now();
	for (const pump of [" ", ";", ":", "a", "a;", "a:", ":1", "\t", ",", '"', "\\\\a", "="])
		for (const end of ["\r", "\rx", "\u2028", "\u0001", '"', "@", ""]) {
			const long = pump.repeat(400) + end;
			for (const head of ["SIP/2.0 200 ", "SIP/2.0 200", "INVITE sip:", "INVITE sip:a@b SIP/2.0", ""])
				parse(utf8Encode(`${head}${long}\r\n\r\n`));
			for (const name of [
				"Via: SIP/2.0/UDP a",
				"Via: ",
				"From: <sip:a@b>",
				"From: ",
				"CSeq: 1",
				"Contact: ",
				"To: sip:a",
			])
				parse(request("INVITE", [`${name}${long}`]));
		}
	ok(now() - start < 20_000, `${now() - start} ms`);
});

test("a request (RFC 3261 section 24.2, F1)", () => {
	const message = good(request("INVITE", [], "v=0\r\n"));
	ok(message.type === "request");
	equal(message.method, "INVITE");
	equal(message.uri, "sip:bob@192.0.2.4");
	equal(message.via.host, "192.0.2.1");
	equal(message.via.port, 5060);
	equal(message.from.displayName, "Alice");
	equal(message.from.uri, "sip:alice@atlanta.example.com");
	equal(message.from.params, [{ name: "tag", value: "1928301774" }]);
	equal(message.to.params, []);
	equal(message.callId, "a84b4c76e66710@pc33.atlanta.example.com");
	equal(message.cseq, 314159);
	equal(utf8Decode(message.body), "v=0\r\n");
});

test("a response, with a reason of several words or none", () => {
	const lines = [
		"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
		"From: <sip:a@b>;tag=1",
		"To: <sip:c@d>;tag=2",
		"Call-ID: x",
		"CSeq: 1 INVITE",
	];
	const message = good(raw(["SIP/2.0 480 Temporarily not there", ...lines]));
	ok(message.type === "response");
	equal([message.status, message.reason, message.method], [480, "Temporarily not there", "INVITE"]);
	const silent = good(raw(["SIP/2.0 180 ", ...lines]));
	equal(silent.type === "response" && silent.reason, "");
});

test("compact forms, folding, white space, repeated and listed values (section 7.3)", () => {
	const message = good(
		raw([
			"INVITE sip:vivekg@chair-dnrc.example.com SIP/2.0",
			"v:   SIP  / 2.0  / UDP",
			"    192.0.2.2;branch=390skdjuw",
			"t : <sip:vivekg@chair-dnrc.example.com>",
			'FROM: "J Rosenberg \\\\\\""',
			"\t<sip:jdrosen@example.com>",
			"  ; tag = 98asjd8",
			"i:  98asdh@192.0.2.1",
			"cseq: 0009",
			"  INVITE",
			"Via: SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8,",
			" SIP/2.0/UDP 192.168.255.111;branch=z9hG4bK30239",
			"k: replaces",
			"Supported: 100rel, timer",
			'm: "Quoted, string \\"x\\"" <sip:jdrosen@example.com>;newparam=newvalue, <sip:a@b>',
			"l: 0",
		]),
	);
	equal(message.via.params, [{ name: "branch", value: "390skdjuw" }]);
	equal(message.via.host, "192.0.2.2");
	equal(message.from.displayName, 'J Rosenberg \\"');
	equal(message.from.params, [{ name: "tag", value: "98asjd8" }]);
	equal(message.cseq, 9);
	equal(headerLines(message, "via").length, 2);
	equal(headerList(message, "via").length, 3);
	equal(headerList(message, "supported"), ["replaces", "100rel", "timer"]);
	equal(headerList(message, "contact").length, 2);
});

test("bare LF, empty lines before the start line, and bytes after the body (sections 7.5, 18.3)", () => {
	const text = `\r\n\n${latin1Decode(request("OPTIONS")).replace(/\r/g, "")}rest`;
	const message = good(utf8Encode(text));
	equal(message.method, "OPTIONS");
	equal(message.body.length, 0);
});

test("without Content-Length the body reaches to the end of the packet", () => {
	equal(good(request("INVITE", ["Content-Length:"], "body")).body.length, 4);
});

test("what is not SIP is malformed, with the answer that the RFC asks for", () => {
	const cases: readonly (readonly [Uint8Array, number | undefined, RegExp])[] = [
		[utf8Encode("hello"), undefined, /first line/],
		[utf8Encode("hello\r\n\r\n"), undefined, /neither/],
		[utf8Encode("GET / HTTP/1.1\r\n\r\n"), undefined, /SIP\/2.0/],
		[utf8Encode("SIP/2.0 999 Odd\r\n\r\n"), undefined, /neither/],
		[request("INVITE", ["CSeq: 1 BYE"]), 400, /CSeq is for BYE/],
		[request("INVITE", ["CSeq: 99999999999 INVITE"]), 400, /CSeq/],
		[request("INVITE", ["CSeq: 4294967296 INVITE"]), 400, /CSeq/],
		[request("INVITE", ["CSeq: INVITE"]), 400, /CSeq/],
		[request("INVITE", [`CSeq: 1 ${"A".repeat(65)}`]), 400, /CSeq is missing/],
		[request("INVITE", ["Via:"]), 400, /Via/],
		[request("INVITE", ["Via: UDP 192.0.2.1"]), 400, /Via/],
		[request("INVITE", ["Via: SIP/2.0/UDP 192.0.2.1:99999;branch=z9hG4bK1"]), 400, /Via/],
		[request("INVITE", ["From:"]), 400, /From/],
		[request("INVITE", ["From: Bob <sip:bob"]), 400, /From/],
		[request("INVITE", ['From: "Bob <sip:bob@x>;tag=1']), 400, /From/],
		[request("INVITE", ["To: nobody"]), 400, /To/],
		[request("INVITE", ["Call-ID: a b"]), 400, /Call-ID/],
		[request("INVITE", ["To: <sip:a@b>", "to: <sip:c@d>"]), 400, /more than once/],
		[request("INVITE", ["Content-Length: -1"]), 400, /Content-Length/],
		[request("INVITE", ["Content-Length: 99999999999999999999"]), 400, /Content-Length/],
		[request("INVITE", ["Content-Length: 999999999"]), 400, /0 bytes came/],
		[request("INVITE", ["Max-Forwards: 256"]), 400, /Max-Forwards/],
		[request("INVITE", ["Max-Forwards: many"]), 400, /Max-Forwards/],
		[request("INVITE", ["no name"]), 400, /no name/],
		[request("INVITE", ["X: a\rb"]), 400, /CR/],
		[utf8Encode(latin1Decode(request("INVITE")).replace("SIP/2.0\r\n", "SIP/7.0\r\n")), 505, /SIP\/2.0/],
		[utf8Encode(latin1Decode(request("INVITE")).replace("sip:bob@192.0.2.4 ", "")), undefined, /first line/],
	];
	for (const [bytes, status, reason] of cases) {
		const message = bad(bytes);
		equal(message.status, status, message.reason);
		ok(reason.test(message.reason), message.reason);
	}
});

test("bounds: thousands of headers, a long line, a huge packet", () => {
	const many: string[] = [];
	for (let i = 0; i < 5000; i++) many.push(`X${i}: y`);
	equal(bad(raw(["INVITE sip:a@b SIP/2.0", ...many])).type, "malformed");
	equal(bad(raw(["INVITE sip:a@b SIP/2.0", ...many.slice(0, 500)])).status, 513);
	equal(bad(request("INVITE", [`Subject: ${"a".repeat(5000)}`])).reason, "a header line is too long");
	equal(bad(request("INVITE", ["Subject: a", ...new Array<string>(8).fill(` ${"a".repeat(1000)}`)])).status, 400);
	ok(/too many/.test(bad(new Uint8Array(70000).fill(65)).reason));
});

test("cut at every byte: never a message before the header is whole, never an exception", () => {
	const whole = request("INVITE", [], "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n");
	const headerEnd = latin1Decode(whole).indexOf("\r\n\r\n") + 4;
	for (let length = 0; length < whole.length; length++) {
		const message = parse(whole.subarray(0, length));
		equal(message.type, "malformed", `at ${length}`);
		ok(length < headerEnd || message.type !== "malformed" || message.status === 400);
	}
	equal(parse(whole).type, "request");
});

test("every single byte changed to every interesting value never throws", () => {
	const whole = request("INVITE", [], "v=0\r\n");
	for (let i = 0; i < whole.length; i++)
		for (const value of [0, 10, 13, 34, 44, 59, 60, 255]) {
			const changed = whole.slice();
			changed[i] = value;
			const type = parse(changed).type;
			ok(type === "request" || type === "malformed" || type === "response");
		}
});

test("names in UTF-8 are read; other bytes are shown as ISO 8859-1", () => {
	equal(good(request("INVITE", ['From: "Zoë" <sip:z@x>;tag=1'])).from.displayName, "Zoë");
	const bytes = request("INVITE", ["Subject: ~"]);
	const changed = bytes.map((byte) => (byte === 0x7e ? 0xe9 : byte));
	equal(header(good(changed), "subject"), "é");
});

test("keep-alives are no messages (RFC 5626 section 4.4.1)", () => {
	for (const text of ["", "\r\n", "\r\n\r\n", "\0"]) ok(isKeepAlive(utf8Encode(text)), JSON.stringify(text));
	ok(!isKeepAlive(utf8Encode("INVITE")));
});

test("a response copies what it must, in order (sections 8.2.6, 12.1.1)", () => {
	const message = good(
		request("INVITE", [
			"Record-Route: <sip:p1.example.com;lr>",
			"Record-Route: <sip:p2.example.com;lr>",
			"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport, SIP/2.0/TCP far.example.com;branch=z9hG4bK2",
			"Via: SIP/2.0/UDP farther.example.com;branch=z9hG4bK3",
		]),
	);
	if (message.type !== "request") throw new Error(message.type);
	const { request: seen, to } = fromSource(message, { address: "203.0.113.9", port: 1234 });
	equal(to, { address: "203.0.113.9", port: 1234 });
	const response = good(formatResponse(seen, { status: 180, toTag: "xyz" }));
	equal(headerList(response, "via"), [
		"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=203.0.113.9;rport=1234",
		"SIP/2.0/TCP far.example.com;branch=z9hG4bK2",
		"SIP/2.0/UDP farther.example.com;branch=z9hG4bK3",
	]);
	equal(headerList(response, "record-route"), ["<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>"]);
	equal(header(response, "to"), "Bob <sip:bob@biloxi.example.com>;tag=xyz");
	equal(header(response, "from"), "Alice <sip:alice@atlanta.example.com>;tag=1928301774");
	equal(response.cseq, 314159);
	equal(headerList(good(formatResponse(seen, { status: 486 })), "record-route"), []);
});

test("what is kept of a request gives the same responses, octet for octet", () => {
	const requests = [
		request("INVITE", [
			"Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>",
			"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport, , SIP/2.0/TCP far.example.com;branch=z9hG4bK2",
			"Via: SIP/2.0/UDP [2001:db8::1]:5061;branch=z9hG4bK3",
			"Timestamp: 54",
			"Supported: timer,\r\n 100rel",
		]),
		request("INVITE", ['To: "a;tag=b: c" <sip:bob@biloxi.example.com>', "From: sip:alice@atlanta.example.com"]),
		request("UPDATE", ["To: Bob <sip:bob@biloxi.example.com>;tag=kept", "Require: 100rel"]),
	];
	for (const bytes of requests) {
		const message = good(bytes);
		if (message.type !== "request") throw new Error(message.type);
		const { request: seen } = fromSource(message, { address: "203.0.113.9", port: 1234 });
		const kept = readKept(keep(seen));
		for (const parts of [
			{ status: 100 },
			{ status: 183, toTag: "xyz" },
			{ status: 200, toTag: "xyz" },
			{ status: 487 },
		])
			equal(utf8Decode(formatResponse(kept, parts)), utf8Decode(formatResponse(seen, parts)));
		for (const name of ["supported", "require", "contact", "allow", "session-expires"])
			equal(headerList(kept, name), headerList(seen, name));
	}
});

test("a malformed request is answered as far as it can be read; an ACK never", () => {
	const from = { address: "192.0.2.1", port: 5060 };
	const answer = refuse(bad(request("INVITE", ["CSeq: x"])), from, "t");
	equal(answer?.to, from);
	const text = latin1Decode(answer?.bytes ?? new Uint8Array(0));
	ok(
		text.startsWith("SIP/2.0 400 Bad Request (CSeq is missing or malformed)\r\nVia: SIP/2.0/UDP 192.0.2.1:5060"),
		text,
	);
	ok(text.includes("To: Bob <sip:bob@biloxi.example.com>;tag=t\r\n"));
	equal(refuse(bad(request("ACK", ["CSeq: x"])), from, "t"), undefined);
	equal(refuse(bad(utf8Encode("junk\r\n")), from, "t"), undefined);
});

test("a request is written and read back", () => {
	const bytes = formatRequest({
		method: "INVITE",
		uri: "sip:bob@biloxi.example.com",
		via: { transport: "UDP", host: "192.0.2.1", port: 5060, params: [{ name: "branch", value: "z9hG4bK1" }] },
		routes: ["<sip:p1;lr>", "<sip:p2;lr>"],
		from: '"Zoë" <sip:z@x>;tag=1',
		to: "<sip:bob@biloxi.example.com>",
		callId: "c",
		cseq: 7,
		headers: [{ name: "Contact", value: "<sip:z@192.0.2.1>" }],
		body: { contentType: "application/sdp", text: "é" },
	});
	const message = good(bytes);
	equal(headerList(message, "route"), ["<sip:p1;lr>", "<sip:p2;lr>"]);
	equal(header(message, "content-length"), "2");
	equal(header(message, "max-forwards"), "70");
	equal(message.from.displayName, "Zoë");
	equal(utf8Decode(message.body), "é");
});
