/**
 * Thousands of packets that were good until something was changed, at every state of the engine: no exception, no keys
 * without a peer that has the same, and an exchange that goes on when the right packet comes.
 */
import { concat } from "bytes/concat";
import { equal as equalBytes } from "bytes/equal";
import { ok, test } from "test/harness";
import { seeded } from "test/net/seeded";
import { forged, type InFlight, packetOf, secured, upTo, withMessage } from "test/unit/zrtp/exchange";
import { describe } from "zrtp/describe";
import { decodePacket } from "zrtp/packet";

const PACKETS_PER_STATE = 500;

/** One of the changes a fuzzer makes: most keep the frame and CRC good, so that they reach the decoders and the states. */
function mutated(random: () => number, packet: Uint8Array, other: Uint8Array): Uint8Array {
	const below = (n: number) => Math.floor(random() * n);
	switch (below(9)) {
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
		case 6: // one message's type over another's content
			return forged(packet, (message) => message.set(packetOf(other).message.subarray(4, 12), 4));
		case 7: // one message's end on another's beginning
			return withMessage(
				packet,
				withLength(concat(packetOf(packet).message.slice(0, 44), packetOf(other).message.slice(44))),
			);
		default:
			return Uint8Array.from({ length: below(200) }, () => below(256));
	}
}

function withLength(message: Uint8Array): Uint8Array {
	const copy = message.slice(0, message.length & ~3);
	copy[2] = copy.length >> 10;
	copy[3] = (copy.length >> 2) & 255;
	return copy;
}

/** Messages without content, which a mutation of another one may turn into. */
const EMPTY: readonly string[] = ["HelloACK", "Conf2ACK"];

const TYPES = ["HelloACK", "Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2", "Conf2ACK"] as const;

/** Lets both ends go on with what they have. */
function goOn({ receiver, sender }: InFlight): void {
	for (let [from, to] = [receiver, sender]; ; [from, to] = [to, from]) {
		const packets = from.take();
		if (packets.length === 0) return;
		for (const packet of packets) to.packet(1e4, packet);
	}
}

for (const [index, type] of TYPES.entries())
	test(`before ${type}: ${PACKETS_PER_STATE} mutated packets`, () => {
		const random = seeded(1000 + index);
		const corpus = [...secured({ seed: 100 }).packets.values()];
		let flight = upTo(type, { seed: 100 });
		const { name } = flight.receiver.session.state;
		let stayed = 0;
		for (let n = 0; n < PACKETS_PER_STATE; n++) {
			const pick = () => corpus[Math.floor(random() * corpus.length)] ?? new Uint8Array(0);
			// Half of them start from the very packet that is awaited.
			const packet = mutated(random, random() < 0.5 ? flight.packet : pick(), pick());
			describe(packet, "in");
			const { receiver } = flight;
			receiver.packet(n, packet);
			if (receiver.session.state.name === name) {
				receiver.take();
				stayed++;
				continue;
			}
			const message = decodePacket(packet)?.message;
			const changed = message === undefined || !equalBytes(message, packetOf(flight.packet).message);
			// A Commit or DHPart1 with the right hash image is only found out later (section 8.1.1): nobody may get keys.
			if (changed && !EMPTY.includes(type)) {
				goOn(flight);
				ok(flight.initiator.secureAt === undefined && flight.responder.secureAt === undefined, `packet ${n}`);
				ok(flight.initiator.sendKeys === undefined && flight.responder.sendKeys === undefined, `packet ${n}`);
			}
			flight = upTo(type, { seed: 100 });
		}
		ok(stayed > PACKETS_PER_STATE / 2, `${stayed} changed nothing`);
		flight.receiver.packet(1e5, flight.packet);
		ok(flight.receiver.session.state.name !== name, "the right packet is still welcome");
	});

test(`in a secure call: ${2 * PACKETS_PER_STATE} mutated packets leave the keys on`, () => {
	const random = seeded(7);
	const { initiator, responder, packets } = secured();
	const corpus = [...packets.values()];
	const pick = () => corpus[Math.floor(random() * corpus.length)] ?? new Uint8Array(0);
	for (let n = 0; n < PACKETS_PER_STATE; n++)
		for (const end of [initiator, responder]) {
			end.packet(n, mutated(random, pick(), pick()));
			end.take();
			ok(end.session.state.name === "secure" && end.sendKeys && end.receiveKeys);
		}
});
