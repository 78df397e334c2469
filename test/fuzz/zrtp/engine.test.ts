/**
 * Thousands of packets that were good until something was changed, at every state of the engine: no exception, no keys
 * without a peer that has the same, and an exchange that goes on when the right packet comes.
 */
import { equal as equalBytes } from "bytes/equal";
import { mutated } from "test/fuzz/zrtp/mutate";
import { ok, test } from "test/harness";
import { seeded } from "test/net/seeded";
import { type InFlight, packetOf, secured, upTo } from "test/unit/zrtp/exchange";
import { describe } from "zrtp/describe";
import { decodeMessage } from "zrtp/messages/message";
import { decodePacket } from "zrtp/packet";

const PACKETS_PER_STATE = 500;

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
			const turnedInto = decodeMessage(message ?? packet)?.type ?? "";
			if (changed && !EMPTY.includes(type) && !EMPTY.includes(turnedInto)) {
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
