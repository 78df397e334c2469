import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { describe } from "zrtp/describe";
import { encodeError } from "zrtp/messages/error";
import { encodePacket } from "zrtp/packet";
import { packetOf, upTo } from "./exchange";

test("each message of an exchange in one line", () => {
	const { packets } = upTo("Conf2ACK");
	const lines = [...packets.values()].map((bytes) => describe(bytes, "out")?.replace(/sequence \d+/, "sequence N"));
	equal(lines, [
		'out Hello, 144 bytes, sequence N: ZRTP 1.10, "test alice" offers S256, AES1, HS80 HS32, X255 EC25 DH3k Mult, B32 B256',
		"out HelloACK, 28 bytes, sequence N: the Hello has arrived",
		"out Commit, 132 bytes, sequence N: chooses S256 AES1 HS80 X255 B32",
		"out DHPart1, 132 bytes, sequence N: the responder's public value",
		"out DHPart2, 132 bytes, sequence N: the initiator's public value, as promised by its Commit",
		"out Confirm1, 92 bytes, sequence N: the responder has the keys; encrypted",
		"out Confirm2, 92 bytes, sequence N: the initiator has the keys; encrypted",
		"out Conf2ACK, 28 bytes, sequence N: the exchange is complete",
	]);
});

test("no four octets of a message's content are in its line", () => {
	const { packets } = upTo("Conf2ACK");
	for (const bytes of packets.values()) {
		const line = describe(bytes, "in") ?? "";
		const digits = toHex(packetOf(bytes).message);
		for (let i = 24; i + 8 <= digits.length; i += 8) ok(!line.includes(digits.slice(i, i + 8)), line);
	}
});

test("errors by name, strangers by number, noise not at all", () => {
	const packet = (message: Uint8Array) => encodePacket({ sequence: 7, ssrc: 1, message });
	equal(describe(packet(encodeError(0x62)), "in"), "in Error, 32 bytes, sequence 7: 0x62, hvi does not match DHPart2");
	equal(describe(packet(encodeError(0x1234)), "in"), "in Error, 32 bytes, sequence 7: 0x1234");
	equal(describe(packet(new Uint8Array(12)), "in"), "in message, 28 bytes, sequence 7: not understood");
	const odd = Uint8Array.of(0x50, 0x5a, 0, 3, 0x1b, 0x5b, 0x41, 0x0a, 0xff, 0x20, 0x20, 0x20);
	equal(describe(packet(odd), "in"), "in ?[A??, 28 bytes, sequence 7: not understood");
	equal(describe(new Uint8Array(40), "in"), undefined);
	equal(describe(new Uint8Array(0), "in"), undefined);
});
