import { concat } from "bytes/concat";
import { crc32c } from "bytes/crc32c";
import { toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { Writer } from "bytes/writer";
import { equal, test } from "test/harness";
import { encodeHelloAck } from "zrtp/messages/hello-ack";
import { decodePacket, encodePacket } from "zrtp/packet";

const packet = { sequence: 0x1234, ssrc: 0xfedcba98, message: encodeHelloAck() };

test("the octets of a packet, both ways", () => {
	const bytes = encodePacket(packet);
	const header = "10001234" + "5a525450" + "fedcba98";
	equal(toHex(bytes.slice(0, 24)), `${header}505a0003${toHex(utf8Encode("HelloACK"))}`);
	equal(bytes.length, 28);
	equal(decodePacket(bytes), packet);
});

test("every single bit that changes is noticed", () => {
	const bytes = encodePacket(packet);
	for (let bit = 0; bit < bytes.length * 8; bit++) {
		const changed = bytes.slice();
		changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
		equal(decodePacket(changed), undefined, `bit ${bit}`);
	}
});

test("the twelve unused bits are ignored when the CRC covers them, the first four are not", () => {
	const withHeader = (first: number) => {
		const covered = encodePacket(packet).slice(0, -4);
		covered[0] = first;
		covered[1] = 0xff;
		return concat(covered, new Writer(4).u32(crc32c(covered)).finish());
	};
	equal(decodePacket(withHeader(0x1f)), packet);
	for (const first of [0x00, 0x2f, 0x80, 0x5f]) equal(decodePacket(withHeader(first)), undefined);
});

test("cut at every length", () => {
	const bytes = encodePacket(packet);
	for (let byteLength = 0; byteLength < bytes.length; byteLength++)
		equal(decodePacket(bytes.slice(0, byteLength)), undefined);
});
