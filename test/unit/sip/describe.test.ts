/** The log line for one packet: what it is, never what it hides. */

import { utf8Encode } from "bytes/text";
import { describe } from "sip/describe";
import { equal, ok, test } from "test/harness";
import { raw, request } from "./raw";

const SDP =
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=sendonly\r\na=zrtp-hash:1.10 00\r\n";

test("a request with SDP", () => {
	equal(
		describe(request("INVITE", [], SDP)),
		"INVITE sip:bob@192.0.2.4 cseq 314159 call a84b4c76, audio 192.0.2.1:4000 RTP/AVP 0 8 101 sendonly zrtp-hash",
	);
});

test("credentials, passwords in URIs and keys in SDP are not shown", () => {
	const line = describe(
		request(
			"REGISTER",
			['Authorization: Digest username="alice", response="deadbeef", nonce="n0nce"', "Expires: 60"],
			`${SDP}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n`,
		),
	);
	equal(
		line.slice(0, line.indexOf(",")),
		"REGISTER sip:bob@192.0.2.4 cseq 314159 call a84b4c76 with credentials expires 60",
	);
	ok(line.endsWith("zrtp-hash crypto"), line);
	const bytes = raw(["OPTIONS sip:bob:hunter2@192.0.2.4;key=x SIP/2.0", "Via: SIP/2.0/UDP x", "CSeq: 1 OPTIONS"]);
	ok(!describe(bytes).includes("hunter2"));
	for (const text of [
		"OPTIONS sip:bob:hunter2@192.0.2.4;key=hunter2?a=hunter2 SIP/2.0",
		"OPTIONS sip:bob:hunter2@@x SIP/2.0",
	]) {
		const full = request("OPTIONS");
		const changed = String.fromCharCode(...full).replace(/^.*\r\n/, `${text}\r\n`);
		ok(!describe(utf8Encode(changed)).includes("hunter2"), describe(utf8Encode(changed)));
	}
});

test("responses, malformed packets, keep-alives; always one line of plain text", () => {
	const response = raw([
		"SIP/2.0 486 Búsy",
		"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
		"From: <sip:a@b>;tag=1",
		"To: <sip:c@d>;tag=2",
		"Call-ID: 0123456789",
		"CSeq: 1 INVITE",
	]);
	equal(describe(response), "486 B?sy to INVITE cseq 1 call 01234567");
	equal(describe(utf8Encode("\r\n\r\n")), "keep-alive");
	equal(describe(new Uint8Array(40)), "malformed SIP (the first line does not end), 40 bytes");
	const message = describe(request("MESSAGE", ["Content-Type: text/plain"], "hello"));
	ok(message.endsWith(" call a84b4c76, 5 bytes of text/plain"), message);
});
