/** An active attacker against calls that are secure: GoClear, other streams' packets, a PBX that looks enrolled. */
import { equal, ok, test } from "test/harness";
import { call } from "test/net/zrtp/call";
import { type Cache, Endpoint, type EndpointOptions } from "test/net/zrtp/endpoint";
import { flip, forged, messageOf } from "test/unit/zrtp/exchange";
import { encodeGoClear } from "zrtp/messages/go-clear";
import { encodePacket } from "zrtp/packet";
import { LOUD, shown } from "./shown";

const CLOSED = Object.freeze({ lock: "closed", microphone: "open" });

function pairOf(seed: number, a: Partial<EndpointOptions> = {}, b: Partial<EndpointOptions> = {}) {
	const alice = new Endpoint("alice", { seed: 2 * seed, ...a });
	const bob = new Endpoint("bob", { seed: 2 * seed + 1, ...b });
	const packets: [Endpoint, Uint8Array][] = [];
	call(alice, bob, {
		seed,
		tamper: (from, packet) => {
			packets.push([from, packet]);
			return packet;
		},
	});
	ok(alice.secureAt !== undefined && bob.secureAt !== undefined);
	return { alice, bob, packets };
}

const allowClear = { allowClear: true };

test("a forged, reflected or old GoClear leaves the keys on", () => {
	const { alice, bob } = pairOf(1, allowClear, allowClear);
	const { alice: alice0, bob: bob0 } = pairOf(2, allowClear, allowClear);
	bob0.feed({ type: "clear", now: 1e5 });
	alice0.feed({ type: "clear", now: 1e5 });
	const [old] = bob0.take();
	ok(old);
	const from = (end: Endpoint, message: Uint8Array) => encodePacket({ sequence: 9, ssrc: end.config.ssrc, message });
	alice.packet(1e5, from(bob, messageOf(old).bytes));
	for (let n = 0; n < 500; n++) alice.packet(1e5, from(bob, encodeGoClear(new Uint8Array(8).fill(n & 255))));
	equal(alice.take(), [], "no ClearACK");
	equal(shown(alice), CLOSED);
	ok(alice.sendKeys && bob.accepts(alice.sendKeys));
	// Its own, sent back: mackeyi and mackeyr differ.
	bob.feed({ type: "clear", now: 1e5 });
	const [own] = bob.take();
	ok(own);
	bob.packet(1e5, from(alice, messageOf(own).bytes));
	equal(bob.session.state.name, "waitClearACK");
	equal(shown(bob).microphone, "held");
});

test("a true GoClear where it is not allowed: refused, keys on, and loud", () => {
	const { alice, bob } = pairOf(3, {}, {});
	const { state } = bob.session;
	ok(state.name === "secure");
	const mac = bob.config.provider.hmacSha256.compute(
		state.ownMacKey,
		new Uint8Array([71, 111, 67, 108, 101, 97, 114, 32]),
	);
	alice.packet(1e5, encodePacket({ sequence: 9, ssrc: bob.config.ssrc, message: encodeGoClear(mac.slice(0, 8)) }));
	equal(shown(alice), LOUD);
	ok(alice.sendKeys);
});

test("cut and paste between streams: packets of one never move or key the other", () => {
	const { alice, bob, packets } = pairOf(4);
	const second = [
		new Endpoint("alice", { seed: 801, joins: alice.session.association }),
		new Endpoint("bob", { seed: 802, joins: bob.session.association }),
	] as const;
	const pasted: [Endpoint, Uint8Array][] = [];
	call(second[0], second[1], {
		seed: 5,
		tamper: (from, packet) => {
			pasted.push([from, packet]);
			// Every packet of the first stream, under the second one's source, before the true one.
			const to = from === second[0] ? second[1] : second[0];
			for (const [sender, old] of packets) {
				if (sender.name !== from.name) continue;
				const { type, bytes } = messageOf(old);
				if (type === "HelloACK" || type === "Conf2ACK") continue;
				if (to.session.state.name === "idle" || (to.session.state.name === "discovery" && type === "Hello")) continue;
				to.packet(from.wakeAt ?? 0, encodePacket({ sequence: 7, ssrc: from.config.ssrc, message: bytes }));
				to.take();
			}
			return packet;
		},
	});
	equal([shown(second[0]).microphone, shown(second[1]).microphone], ["open", "open"]);
	ok(second[0].sendKeys && second[1].accepts(second[0].sendKeys));
	// And the second one's into the first.
	for (const [sender, packet] of pasted) {
		const [from, to] = sender === second[0] ? [alice, bob] : [bob, alice];
		const { state } = to.session;
		to.packet(1e5, encodePacket({ sequence: 8, ssrc: from.config.ssrc, message: messageOf(packet).bytes }));
		ok(to.session.state === state, messageOf(packet).type);
	}
	equal([shown(alice), shown(bob)], [CLOSED, CLOSED]);
});

/** A phone that is enrolled with its PBX, and what a thief of the PBX's ZID can and cannot know. */
function enrolled() {
	const [phone, pbx]: [Cache, Cache] = [new Map(), new Map()];
	const { alice } = pairOf(6, { cache: phone }, { cache: pbx, mitm: true, enrollment: true });
	alice.feed({ type: "enrolled", now: 1e5, accepted: true });
	return { phone, pbx };
}

test("relay by a PBX that looks enrolled: its SAS is never shown, and the lock warns", () => {
	const { phone } = enrolled();
	const { alice, bob } = pairOf(7, { cache: phone }, { cache: new Map(), mitm: true });
	const { text } = alice.sas ?? {};
	bob.feed({ type: "relaySas", now: 1e5, sasType: "B32", sashash: new Uint8Array(32).fill(9) });
	for (const packet of bob.take()) alice.packet(1e5, packet);
	equal([alice.sas?.trustedMitm, alice.sas?.relayed, alice.sas?.text], [false, false, text]);
	equal(shown(alice), LOUD, "the secrets of the true PBX did not match");
	ok(alice.warnings.includes("sasRelayIgnored"));
});

test("a stranger with the M flag: gateway, never closed or verified, whatever the owner says of the words", () => {
	const { alice, bob } = pairOf(8, {}, { mitm: true });
	equal(shown(alice), { lock: "gateway", microphone: "open" });
	alice.feed({ type: "sasVerified", now: 1e5, verified: true });
	equal(shown(alice).lock, "gateway");
	bob.feed({ type: "relaySas", now: 1e5, sasType: "B32", sashash: new Uint8Array(32).fill(9) });
	for (const packet of bob.take()) alice.packet(1e5, packet);
	equal(alice.sas?.relayed, false);
});

test("an enrolled PBX's SASrelay, altered or replayed from another call, shows nothing", () => {
	const { phone, pbx } = enrolled();
	const one = pairOf(9, { cache: phone }, { cache: pbx, mitm: true });
	one.bob.feed({ type: "relaySas", now: 1e5, sasType: "B32", sashash: new Uint8Array(32).fill(9) });
	const [relay] = one.bob.take();
	ok(relay);
	const two = pairOf(10, { cache: phone }, { cache: pbx, mitm: true });
	const { text } = two.alice.sas ?? {};
	two.alice.packet(1e5, encodePacket({ sequence: 9, ssrc: two.bob.config.ssrc, message: messageOf(relay).bytes }));
	equal([two.alice.take(), two.alice.sas?.text], [[], text]);
	for (const offset of [12, 40, -1])
		one.alice.packet(
			1e5,
			forged(relay, (message) => flip(message, offset)),
		);
	equal(one.alice.sas?.relayed, false);
	one.alice.packet(1e5, relay);
	equal(one.alice.sas?.relayed, true, "the true one is shown");
});
