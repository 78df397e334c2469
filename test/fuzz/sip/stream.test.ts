/** Mutated streams in random pieces: nothing throws, nothing grows, and how the bytes are cut never matters. */

import { concat } from "bytes/concat";
import { latin1Decode, utf8Encode } from "bytes/text";
import { MAX_MESSAGE_BYTE_LENGTH } from "sip/parse";
import { MessageStream, type StreamPart } from "sip/stream";
import { equal, ok, test } from "test/harness";
import { seededBytes } from "test/net/seeded";
import { Mutator } from "./mutate";

const SEEDS = 3000;
const CORPUS: readonly string[] = [
	"OPTIONS sip:bob@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1\r\nContent-Length: 4\r\n\r\nbody",
	"SIP/2.0 200 OK\r\nl:0\r\n\r\n",
	"\r\n\r\nBYE sip:a@b SIP/2.0\ncontent-length : 2\n\nok\r\n\r\n\r\n",
];

/** A lone CRLF is told as soon as it is there, so pings and pongs may differ with the pieces; messages may not. */
function essence(parts: readonly StreamPart[]): string[] {
	return parts
		.filter(({ type }) => type === "message" || type === "fault")
		.map((part) => (part.type === "message" ? latin1Decode(part.bytes) : part.type));
}

test("any bytes, any pieces", () => {
	let messages = 0;
	let faults = 0;
	for (let seed = 1; seed <= SEEDS; seed++) {
		const random = seededBytes(seed);
		const mutator = new Mutator(seed);
		const pieces: Uint8Array[] = [];
		for (let i = 0; i < 3; i++) {
			const text = CORPUS[(random(1)[0] ?? 0) % CORPUS.length] ?? "";
			const plain = (random(1)[0] ?? 0) < 128;
			pieces.push(plain ? utf8Encode(text) : utf8Encode(mutator.mutate(text)));
		}
		const bytes = concat(...pieces);
		const whole = essence(new MessageStream().push(bytes));
		const cut = new MessageStream();
		const parts: StreamPart[] = [];
		for (let at = 0; at < bytes.length; ) {
			const length = 1 + ((random(1)[0] ?? 0) % 40);
			parts.push(...cut.push(bytes.subarray(at, at + length)));
			at += length;
		}
		equal(essence(parts), whole, `seed ${seed}`);
		for (const part of parts) {
			if (part.type === "message") {
				messages++;
				ok(part.bytes.length <= MAX_MESSAGE_BYTE_LENGTH);
			} else if (part.type === "fault") faults++;
		}
	}
	ok(messages > SEEDS && faults > 100, `${messages} messages, ${faults} faults`);
});
