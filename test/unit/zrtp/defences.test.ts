/** Floods, reflection, replay, half-open exchanges and the wrap of the sequence: nothing grows, and little is answered. */
import { equal, ok, test } from "test/harness";
import { call } from "test/net/zrtp/call";
import { Endpoint } from "test/net/zrtp/endpoint";
import { encodePing } from "zrtp/messages/ping";
import { encodePacket } from "zrtp/packet";
import { messageOf, only, packetOf, secured, sentTypes, upTo, withMessage } from "./exchange";

const FLOOD = 2000;

/** Octets that an end answers to what it is sent. */
function answered(end: Endpoint): number {
	return end.take().reduce((sum, { length }) => sum + length, 0);
}

/** What an end holds that could grow. */
function held({ session }: Endpoint): readonly number[] {
	return [session.vault.size, session.warned.size];
}

test("a flood of Hellos from as many strangers: one is taken, each gets less than it sent, nothing grows", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	alice.take();
	let [sent, back] = [0, 0];
	const stranger = new Endpoint("stranger", { seed: 5 });
	stranger.start(0);
	const template = only(stranger);
	const sizes = held(alice);
	for (let n = 0; n < FLOOD; n++) {
		const { message } = packetOf(template);
		message[70] = n >> 8;
		message[71] = n & 255;
		const packet = encodePacket({ sequence: n & 0xffff, ssrc: n, message });
		alice.packet(n, packet);
		sent += packet.length;
		back += answered(alice);
	}
	ok(back < sent / 10, `${back} octets for ${sent}`);
	equal(alice.history, ["loadSecrets", "warn"], "the cache is asked once, and once is said what happens");
	equal(held(alice), [sizes[0], 1]);
	ok(alice.wakeAt !== undefined && alice.wakeAt <= 12_000, "discovery still ends");
});

test("floods of Ping, Commit, Confirm and GoClear in every state answer no more than comes, and hold nothing", () => {
	for (const type of ["Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2", "Conf2ACK"] as const) {
		const flight = upTo(type);
		const { receiver, packet } = flight;
		const ping = encodePing(new Uint8Array(8).fill(3));
		const sizes = held(receiver)[0] ?? 0;
		let [sent, back] = [0, 0];
		for (let n = 0; n < 200; n++)
			for (const bytes of [withMessage(packet, ping), ...flight.packets.values()].filter((it) => it !== packet)) {
				receiver.packet(1, bytes);
				sent += bytes.length;
				back += answered(receiver);
			}
		ok(back <= sent, `${type}: ${back} octets for ${sent}`);
		ok((held(receiver)[0] ?? 0) <= sizes, type);
		equal(receiver.failures, [], type);
	}
});

test("a half-open exchange is one exchange: a second Commit gets no second key pair, and the first wait ends", () => {
	const pairs: number[] = [];
	const { provider } = new Endpoint("any", { seed: 1 }).config;
	const responder = {
		keyPairs: () => {
			pairs.push(1);
			return provider.x25519.generate((byteLength) => new Uint8Array(byteLength).fill(9));
		},
	};
	const flight = upTo("DHPart1", { responder });
	const commit = flight.packets.get("Commit");
	ok(commit);
	for (let n = 0; n < 300; n++) {
		const { message } = packetOf(commit);
		message[80] = n & 255;
		flight.responder.packet(n, withMessage(commit, message));
		flight.responder.packet(n, commit);
	}
	equal(pairs.length, 1);
	while (flight.responder.wakeAt !== undefined && flight.responder.failures.length === 0)
		flight.responder.feed({ type: "tick", now: flight.responder.wakeAt });
	equal(flight.responder.failures, ["timeout"]);
});

test("a mirror: every packet of an end sent back to it, as it is and under another source", () => {
	for (const ssrc of [undefined, 0x01020304]) {
		const alice = new Endpoint("alice", { seed: 1 });
		alice.start(0);
		for (let n = 0; n < 200 && alice.wakeAt !== undefined; n++) {
			const now = alice.wakeAt;
			for (const packet of alice.take())
				alice.packet(now, ssrc === undefined ? packet : encodePacket({ ...packetOf(packet), ssrc }));
			alice.feed({ type: "tick", now });
		}
		equal([alice.history.includes("loadSecrets"), alice.history.includes("agree")], [false, false]);
		equal(alice.secureAt, undefined);
		ok(alice.failures.length > 0, "and it ends");
	}
});

test("a secure call reflected at itself: nothing changes", () => {
	const { initiator, responder, packets } = secured();
	for (const end of [initiator, responder]) {
		const { state } = end.session;
		for (const packet of packets.values())
			for (const ssrc of [end.config.ssrc, initiator.config.ssrc, responder.config.ssrc])
				end.packet(5, encodePacket({ ...packetOf(packet), ssrc }));
		ok(end.session.state === state);
	}
});

test("the sequence wraps past 0xffff to 1 in the middle of an exchange, and nobody minds", () => {
	const alice = new Endpoint("alice", { seed: 2 });
	const bob = new Endpoint("bob", { seed: 3 });
	alice.session.sequence = 0xfffe;
	bob.session.sequence = 0xffff;
	const seen: number[] = [];
	call(alice, bob, {
		seed: 1,
		tamper: (from, packet) => {
			if (from === alice) seen.push(packetOf(packet).sequence);
			return packet;
		},
	});
	ok(alice.sas && bob.sas);
	equal(alice.sas.text, bob.sas.text);
	equal(seen.slice(0, 4), [0xfffe, 0xffff, 1, 2], "0 is left out: some peers take it for old");
});

test("reordered to the very end, and replayed from the very beginning", () => {
	const { initiator, responder, packets } = secured();
	initiator.take();
	responder.take();
	for (const packet of [...packets.values()].reverse())
		for (const end of [initiator, responder]) {
			end.packet(9, packet);
			const types = sentTypes(end);
			ok(types.length <= 1 && types.every((type) => type === "HelloACK" || type === "Conf2ACK"), types.join());
		}
	ok(messageOf(packets.get("Hello") ?? new Uint8Array(0)).type === "Hello");
});
