/** Messages out of a byte stream (RFC 3261 section 18.3, RFC 5626 section 4.4.1), in every way the bytes may come. */

import { concat } from "bytes/concat";
import { utf8Decode, utf8Encode } from "bytes/text";
import { MAX_MESSAGE_BYTE_LENGTH } from "sip/parse";
import { MAX_HEAD_BYTE_LENGTH, MessageStream, type StreamPart } from "sip/stream";
import { equal, ok, test } from "test/harness";
import { raw, request } from "./raw";

const ONE = request("INVITE", ["Content-Type: application/sdp"], "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\n\r\n");
const TWO = request("BYE");

function text(part: StreamPart): string {
	return part.type === "message" ? `message ${utf8Decode(part.bytes)}` : part.type;
}

function faultOf(bytes: Uint8Array): string | undefined {
	const [part] = new MessageStream().push(bytes);
	return part?.type === "fault" ? part.reason : undefined;
}

test("two messages in one piece, and one byte at a time: the same two messages", () => {
	const bytes = concat(ONE, TWO);
	const wanted = [ONE, TWO].map((each) => `message ${utf8Decode(each)}`);
	equal(new MessageStream().push(bytes).map(text), wanted);
	const slow = new MessageStream();
	const parts: string[] = [];
	for (const byte of bytes) parts.push(...slow.push(Uint8Array.of(byte)).map(text));
	equal(parts, wanted);
	equal(slow.unfinished, false);
});

test("cut at every place", () => {
	const bytes = concat(TWO, ONE);
	for (let cut = 1; cut < bytes.length; cut++) {
		const stream = new MessageStream();
		const parts = [...stream.push(bytes.subarray(0, cut)), ...stream.push(bytes.subarray(cut))];
		equal(parts.length, 2);
		ok(!stream.unfinished);
	}
});

test("a body that looks like a message is a body", () => {
	const inner = request("CANCEL");
	const outer = concat(raw(["MESSAGE sip:a@b SIP/2.0", `l: ${inner.length}`]), inner);
	const parts = new MessageStream().push(concat(outer, TWO));
	equal(parts.map(text), [`message ${utf8Decode(outer)}`, `message ${utf8Decode(TWO)}`]);
});

test("ping and pong, alone and between messages", () => {
	const types = (...pieces: readonly string[]): string[] => {
		const stream = new MessageStream();
		return pieces.flatMap((piece) => stream.push(utf8Encode(piece)).map(({ type }) => type));
	};
	equal(types("\r\n\r\n"), ["ping"]);
	equal(types("\r\n"), ["pong"]);
	equal(types("\r", "\n"), ["pong"]);
	// In two pieces it looks like a pong first; the ping still gets its answer.
	equal(types("\r\n", "\r\n"), ["pong", "ping"]);
	const message = utf8Decode(TWO) ?? "";
	equal(types(`\r\n${message}\r\n\r\n${message}`), ["pong", "message", "ping", "message"]);
	equal(types("\r\n\r\n".repeat(2000)), ["ping"]);
});

test("an answer to a ping of ours is no half of another one", () => {
	const stream = new MessageStream();
	for (let i = 0; i < 3; i++) {
		equal(
			stream.push(utf8Encode("\r\n")).map(({ type }) => type),
			["pong"],
		);
		stream.pongTaken();
	}
	equal(
		stream.push(utf8Encode("\r\n\r\n")).map(({ type }) => type),
		["ping"],
	);
});

test("a stream that cannot be framed ends with a reason", () => {
	const head = "OPTIONS sip:a@b SIP/2.0";
	equal(faultOf(raw([head, "Via: x"])), "no Content-Length, without which a stream cannot be read");
	equal(faultOf(raw([head, "Content-Length: many"])), "a Content-Length that is no length");
	equal(faultOf(raw([head, "Content-Length: -1"])), "a Content-Length that is no length");
	equal(faultOf(raw([head, "Content-Length: 1", "L : 2"])), "two different Content-Lengths");
	equal(faultOf(raw([head, "Content-Length: 999999999"])), `a message of more than ${MAX_MESSAGE_BYTE_LENGTH} bytes`);
	equal(faultOf(raw([head, "Content-Length: 99999999999999999999"])), "a Content-Length that is no length");
	equal(faultOf(utf8Encode("\x16\x03\x01".repeat(9000))), `a head of more than ${MAX_HEAD_BYTE_LENGTH} bytes`);
	equal(
		faultOf(raw([head, ...new Array<string>(900).fill("X-Flood: 0123456789"), "Content-Length: 0"])),
		`a head of more than ${MAX_HEAD_BYTE_LENGTH} bytes`,
	);
	const stream = new MessageStream();
	stream.push(raw([head]));
	equal(stream.push(TWO), [], "nothing after a fault");
});

test("the longest message there may be comes through whole", () => {
	const body = "x".repeat(12000);
	const message = raw(["MESSAGE sip:a@b SIP/2.0", "Content-Length: 12000"], body);
	const stream = new MessageStream();
	const parts: StreamPart[] = [];
	for (let at = 0; at < message.length; at += 1000) parts.push(...stream.push(message.subarray(at, at + 1000)));
	equal(parts.map(text), [`message ${utf8Decode(message)}`]);
});
