/** Session descriptions (RFC 4566), text to structure and back. */

import { attribute, format, isSdpError, parse, type SessionDescription } from "sdp/sdp";
import { equal, ok, test } from "test/harness";

/** RFC 4566 section 5, with the line ends of the wire. */
const EXAMPLE = [
	"v=0",
	"o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5",
	"s=SDP Seminar",
	"i=A Seminar on the session description protocol",
	"u=http://www.example.com/seminars/sdp.pdf",
	"e=j.doe@example.com (Jane Doe)",
	"c=IN IP4 224.2.17.12/127",
	"t=2873397496 2873404696",
	"a=recvonly",
	"m=audio 49170 RTP/AVP 0",
	"m=video 51372/2 RTP/AVP 99",
	"b=AS:64",
	"c=IN IP6 2001:db8::1",
	"a=rtpmap:99 h263-1998/90000",
	"",
].join("\r\n");

function good(text: string): SessionDescription {
	const sd = parse(text);
	if (isSdpError(sd)) throw new Error(`line ${sd.line}: ${sd.error}`);
	return sd;
}

test("the example of RFC 4566 section 5", () => {
	const sd = good(EXAMPLE);
	equal(sd.origin, {
		username: "jdoe",
		sessionId: "2890844526",
		version: "2890842807",
		addressType: "IP4",
		address: "10.47.16.5",
	});
	equal(sd.name, "SDP Seminar");
	equal(sd.connection, { addressType: "IP4", address: "224.2.17.12/127" });
	equal(sd.attributes, [{ name: "recvonly", value: undefined }]);
	equal(sd.media.length, 2);
	equal(sd.media[0], {
		media: "audio",
		port: 49170,
		protocol: "RTP/AVP",
		formats: ["0"],
		connection: undefined,
		attributes: [],
	});
	equal(sd.media[1]?.port, 51372);
	equal(sd.media[1]?.connection, { addressType: "IP6", address: "2001:db8::1" });
	equal(attribute(sd.media[1]?.attributes ?? [], "rtpmap"), "99 h263-1998/90000");
});

test("written and read back, the structure is the same", () => {
	const sd = good(EXAMPLE);
	equal(good(format(sd)), sd);
	ok(format(sd).startsWith("v=0\r\no=jdoe 2890844526 2890842807 IN IP4 10.47.16.5\r\ns=SDP Seminar\r\n"));
	ok(format(sd).endsWith("\r\n"));
});

test("bare LF, no last line end, no s= and no t=", () => {
	const sd = good("v=0\no=- 1 1 IN IP4 127.0.0.1\nm=audio 4000 RTP/AVP 0");
	equal(sd.media.length, 1);
	equal(sd.name, "");
	ok(format(sd).includes("\r\ns=-\r\n"));
});

test("numbers of 64 bits in o= keep every digit", () => {
	equal(good("v=0\r\no=- 18446744073709551615 1 IN IP4 x\r\n").origin.sessionId, "18446744073709551615");
});

test("what is no session description, with the line", () => {
	const cases: readonly (readonly [string, number, RegExp])[] = [
		["", 1, /v=0/],
		["hello", 1, /x=value/],
		["v=1\r\n", 1, /v=0/],
		["o=- 1 1 IN IP4 x\r\nv=0\r\n", 1, /v=0/],
		["v=0\r\n", 2, /o= is missing/],
		["v=0\r\no=- a 1 IN IP4 x\r\n", 2, /o=/],
		["v=0\r\no=- 1 1 IN IP5 x\r\n", 2, /o=/],
		["v=0\r\no=- 1 1 IN IP4 x\r\nc=IN IP4\r\n", 3, /c=/],
		["v=0\r\no=- 1 1 IN IP4 x\r\nm=audio\r\n", 3, /m=/],
		["v=0\r\no=- 1 1 IN IP4 x\r\nm=audio 70000 RTP/AVP 0\r\n", 3, /m=/],
		["v=0\r\no=- 1 1 IN IP4 x\r\nm=audio -1 RTP/AVP 0\r\n", 3, /m=/],
		["v=0\r\no=- 1 1 IN IP4 x\r\nm=audio 4000 RTP/AVP\r\n", 3, /m=/],
		[`v=0\r\no=- 1 1 IN IP4 x\r\n${"m=audio 0 RTP/AVP 0\r\n".repeat(17)}`, 19, /too many/],
		[`v=0\r\no=- 1 1 IN IP4 x\r\nm=audio 4000 RTP/AVP${" 1".repeat(65)}\r\n`, 3, /m=/],
		["a=b\r\n".repeat(1000), 400, /too many lines/],
		["v".repeat(20000), 1, /too long/],
	];
	for (const [text, line, reason] of cases) {
		const result = parse(text);
		ok(isSdpError(result), text.slice(0, 60));
		equal(result.line, line, result.error);
		ok(reason.test(result.error), result.error);
	}
});

test("cut at every character it never throws", () => {
	for (let length = 0; length <= EXAMPLE.length; length++) parse(EXAMPLE.slice(0, length));
});
