/** The changes that a fuzzer makes to a ZRTP packet. Most keep frame and CRC good, so that they reach decoders and states. */
import { concat } from "bytes/concat";
import { utf8Encode } from "bytes/text";
import { forged, fromSource, packetOf, withMessage } from "test/unit/zrtp/exchange";

/** Codes of Commit and types of messages, known and unknown, to be put where others stood. */
const CODES = "S256S384N256AES1AES2AES32FS1HS32HS80GCM SK32DH2kDH3kEC25EC38X255X448PrshMultB32 B256B10D";
const TYPES =
	"Hello   HelloACKCommit  DHPart1 DHPart2 Confirm1Confirm2Conf2ACKError   ErrorACKGoClear ClearACKSASrelayRelayACKPing    PingACK Fragment";

/** @param other a second packet to take parts from */
export function mutated(random: () => number, packet: Uint8Array, other: Uint8Array): Uint8Array {
	const below = (n: number) => Math.floor(random() * n);
	switch (below(13)) {
		case 0: // noise on the line
			return packet.map((octet) => (random() < 0.02 ? octet ^ (1 << below(8)) : octet));
		case 1:
			return packet.slice(0, below(packet.length));
		case 2: // a few octets anywhere in the message
			return forged(packet, (message) => {
				for (let n = 1 + below(4); n > 0; n--) message[below(message.length)] = below(256);
			});
		case 3: // a field of extremes
			return forged(packet, (message) => {
				const at = below(message.length);
				message.fill(random() < 0.5 ? 0 : 0xff, at, at + 1 + below(16));
			});
		case 4: // cut at a word, the length made good
			return withMessage(packet, withLength(packetOf(packet).message.slice(0, 4 * (3 + below(30)))));
		case 5: // longer, the length made good
			return withMessage(packet, withLength(concat(packetOf(packet).message, new Uint8Array(4 * (1 + below(300))))));
		case 6: // a message without content, or another message's type over this content
			return random() < 0.5
				? withMessage(packet, concat(Uint8Array.of(0x50, 0x5a, 0, 3), pick(TYPES, 8, below)))
				: forged(packet, (message) => message.set(pick(TYPES, 8, below), 4));
		case 7: // one message's end on another's beginning
			return withMessage(
				packet,
				withLength(concat(packetOf(packet).message.slice(0, 44), packetOf(other).message.slice(44))),
			);
		case 8: // a field of another message, where that message has it
			return forged(packet, (message) => {
				const { message: donor } = packetOf(other);
				const at = 4 * below(message.length / 4);
				message.set(donor.subarray(at, at + 4 * (1 + below(8))).subarray(0, message.length - at), at);
			});
		case 9: // another algorithm, where a Commit and a Hello have theirs
			return forged(packet, (message) => {
				const at = 56 + 4 * below(20);
				if (at + 4 <= message.length) message.set(pick(CODES, 4, below), at);
			});
		case 10: // under another message's source
			return fromSource(packet, packetOf(other).ssrc);
		case 11: // the last octets, where the MACs are
			return forged(packet, (message) => {
				const at = message.length - 1 - below(8);
				message[at] = (message[at] ?? 0) ^ (1 << below(8));
			});
		default:
			return Uint8Array.from({ length: below(200) }, () => below(256));
	}
}

function pick(table: string, byteLength: number, below: (n: number) => number): Uint8Array {
	const at = byteLength * below(table.length / byteLength);
	return utf8Encode(table.slice(at, at + byteLength));
}

function withLength(message: Uint8Array): Uint8Array {
	const copy = message.slice(0, message.length & ~3);
	copy[2] = copy.length >> 10;
	copy[3] = (copy.length >> 2) & 255;
	return copy;
}
