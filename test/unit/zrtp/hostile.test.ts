/** What an attacker or a broken peer can send to each state: nothing changes, or the exchange ends with its own code. */
import { concat } from "bytes/concat";
import { equal, ok, test } from "test/harness";
import { Endpoint, SUITES } from "test/net/zrtp/endpoint";
import { octets } from "test/vectors/crypto/octets";
import modp3072 from "test/vectors/modp3072.json";
import p256 from "test/vectors/p256.json";
import x25519 from "test/vectors/x25519.json";
import { messageMac } from "zrtp/hash-chain";
import { encodeDhCommit } from "zrtp/messages/commit";
import { encodeDhPart } from "zrtp/messages/dh-part";
import { encodeError } from "zrtp/messages/error";
import { encodeErrorAck } from "zrtp/messages/error-ack";
import type { MessageType } from "zrtp/messages/frame";
import type { State } from "zrtp/session";
import { KEY_AGREEMENTS } from "zrtp/suites";
import type { FailCode } from "zrtp/types";
import { flip, forged, fromSource, type InFlight, messageOf, only, packetOf, upTo, withMessage } from "./exchange";

const FLOW = ["Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2", "Conf2ACK"] as const;

/** Nothing but a warning came of it, and for a Confirm the memory that one was bad. */
function unmoved(end: Endpoint, packet: Uint8Array, why: string): void {
	const before = end.session.state;
	end.packet(1, packet);
	const after: State = end.session.state;
	const same = after === before || ("badConfirm" in before && shallowEqual({ ...before, badConfirm: true }, after));
	ok(same, `${why}: the state is ${after.name}, was ${before.name}`);
	equal(end.failures, [], why);
	equal(end.take(), [], why);
}

function shallowEqual(a: object, b: object): boolean {
	const [x, y] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
	return x.size === y.size && [...x].every(([key, value]) => y.get(key) === value);
}

/** The exchange still comes to its end after the true packet. */
function completes({ receiver, sender, packet }: InFlight): void {
	let [to, from] = [receiver, sender];
	for (let next: Uint8Array | undefined = packet; next; next = from.take()[0]) {
		to.packet(2, next);
		[to, from] = [from, to];
	}
	ok(receiver.sas && sender.sas, "secure");
	equal(receiver.sas.text, sender.sas.text);
}

/** Ended with this code, told the peer, gave up the keys and every secret. */
function failed(end: Endpoint, code: FailCode, errorCode: number): void {
	equal(end.failures, [code]);
	const error = messageOf(only(end));
	equal(error.type === "Error" && error.code, errorCode);
	equal([end.sendKeys, end.receiveKeys], [undefined, undefined]);
	equal(end.session.state.name, "failed");
	equal(end.session.chain.h0, new Uint8Array(32), "wiped");
}

for (const type of FLOW) {
	test(`${type}: cut at every length`, () => {
		const flight = upTo(type);
		for (let byteLength = 0; byteLength < flight.packet.length; byteLength++)
			unmoved(flight.receiver, flight.packet.slice(0, byteLength), `${byteLength} bytes`);
		equal(flight.receiver.warnings, ["malformed"], "told once");
		completes(flight);
	});

	test(`${type}: a message cut at every word, its length and CRC made good`, () => {
		const flight = upTo(type);
		const { message } = packetOf(flight.packet);
		for (let words = 3; words < message.length / 4; words++) {
			const cut = message.slice(0, words * 4);
			cut[2] = words >> 8;
			cut[3] = words & 255;
			unmoved(flight.receiver, withMessage(flight.packet, cut), `${words} words`);
		}
		const long = concat(message, new Uint8Array(4));
		long[3] = long.length / 4;
		unmoved(flight.receiver, withMessage(flight.packet, long), "a word too many");
		completes(flight);
	});

	test(`${type}: wrong CRC, cookie, preamble, length and type`, () => {
		const flight = upTo(type);
		const { receiver, packet } = flight;
		for (const offset of [0, 2, 4, 8, 12, 20, -1]) {
			const broken = packet.slice();
			flip(broken, offset);
			unmoved(receiver, broken, `octet ${offset}`);
		}
		unmoved(
			receiver,
			forged(packet, (message) => flip(message, 0)),
			"preamble",
		);
		unmoved(
			receiver,
			forged(packet, (message) => flip(message, 3)),
			"length",
		);
		unmoved(
			receiver,
			forged(packet, (message) => message.fill(0xff, 2, 4)),
			"length of 65535 words",
		);
		unmoved(
			receiver,
			forged(packet, (message) => message.fill(0x41, 4, 12)),
			"type",
		);
		completes(flight);
	});

	test(`${type}: from another source, and sent back to its sender`, () => {
		const flight = upTo(type);
		unmoved(flight.receiver, fromSource(flight.packet, 0x01020304), "another SSRC");
		unmoved(flight.sender, flight.packet, "reflected");
		unmoved(flight.sender, fromSource(flight.packet, flight.receiver.config.ssrc), "reflected under the peer's SSRC");
		completes(flight);
	});

	test(`${type}: the peer's Error ends the exchange, a stranger's does not`, () => {
		const flight = upTo(type);
		const error = withMessage(flight.packet, encodeError(0xb0));
		unmoved(flight.receiver, fromSource(error, 0x01020304), "another SSRC");
		flight.receiver.packet(1, error);
		equal(flight.receiver.failures, ["peerError"]);
		equal(flight.receiver.peerErrorCode, 0xb0);
		equal(messageOf(only(flight.receiver)).type, "ErrorACK");
	});

	test(`${type}: every earlier packet again, in either direction`, () => {
		const flight = upTo(type);
		for (const end of [flight.receiver, flight.sender])
			for (const packet of flight.packets.values()) {
				if (packet === flight.packet) continue;
				const { name } = end.session.state;
				end.packet(1, packet);
				end.take();
				equal(end.session.state.name, name);
				equal(end.failures, []);
			}
		completes(flight);
	});

	test(`${type}: messages of every other kind, out of turn`, () => {
		const flight = upTo(type);
		const stranger = upTo("Conf2ACK", { seed: 900 });
		for (const packet of stranger.packets.values()) {
			// Messages without content are nobody's in particular.
			const other = messageOf(packet).type;
			if (other === "HelloACK" || other === "Conf2ACK") continue;
			unmoved(flight.receiver, withMessage(flight.packet, packetOf(packet).message), other);
		}
		completes(flight);
	});
}

for (const type of ["Commit", "DHPart1", "DHPart2"] as const)
	test(`${type}: a hash image that does not continue the chain is ignored (section 9)`, () => {
		const flight = upTo(type);
		unmoved(
			flight.receiver,
			forged(flight.packet, (message) => flip(message, 12)),
			"first octet",
		);
		unmoved(
			flight.receiver,
			forged(flight.packet, (message) => flip(message, 43)),
			"last octet",
		);
		equal(flight.receiver.warnings, ["hashChain"]);
		completes(flight);
	});

for (const [type, role] of [
	["Commit", "initiator"],
	["DHPart1", "responder"],
] as const)
	test(`a Hello that was altered on the way is found out by the ${type} (section 8.1.1)`, () => {
		const { receiver, packet, packets, responderHello } = upTo(type, { seed: 100 });
		// The receiver again, but one octet of the client identifier in the Hello it takes is not the sender's.
		const fooled = new Endpoint(receiver.name, { seed: role === "initiator" ? 101 : 100 });
		equal(fooled.session.hello, receiver.session.hello, "the same end");
		fooled.start(0);
		const [hello, ack] = [role === "initiator" ? packets.get("Hello") : responderHello, packets.get("HelloACK")];
		ok(hello && ack);
		fooled.packet(
			0,
			forged(hello, (message) => flip(message, 20)),
		);
		if (role === "responder") fooled.packet(0, ack);
		fooled.take();
		fooled.packet(1, packet);
		failed(fooled, "helloMac", 0x70);
	});

/** What the initiator's own secrets make possible: a Commit of any content, well signed. */
function commitWith(
	flight: InFlight,
	change: Partial<Record<"hash" | "cipher" | "authTag" | "keyAgreement" | "sasType", string>>,
	zid?: Uint8Array,
) {
	const { session, config } = flight.initiator;
	const commit = messageOf(flight.packet);
	ok(commit.type === "Commit" && commit.mode === "DH");
	const { h2, hvi, codes } = commit;
	const message = encodeDhCommit({ h2, zid: zid ?? commit.zid, codes: { ...codes, ...change }, hvi }, (bytes) =>
		messageMac(config.provider, session.chain.h1, bytes),
	);
	return withMessage(flight.packet, message);
}

for (const [field, value, code, errorCode] of [
	["hash", "S384", "hashNotSupported", 0x51],
	["cipher", "AES3", "cipherNotSupported", 0x52],
	["keyAgreement", "DH2k", "keyAgreementNotSupported", 0x53],
	["authTag", "SK32", "authTagNotSupported", 0x54],
	["sasType", "B10D", "sasTypeNotSupported", 0x55],
] as const)
	test(`a Commit for ${value}, which was not offered, ends with Error 0x${errorCode.toString(16)}`, () => {
		const flight = upTo("Commit");
		flight.receiver.packet(1, commitWith(flight, { [field]: value }));
		failed(flight.receiver, code, errorCode);
	});

test("a Commit under another ZID than the Hello's is ignored", () => {
	const flight = upTo("Commit");
	unmoved(flight.receiver, commitWith(flight, {}, new Uint8Array(12)), "zid");
	completes(flight);
});

test("a Commit altered in flight is found out by DHPart2, and says attack (section 8.1.1)", () => {
	const flight = upTo("Commit");
	const { responder, initiator } = flight;
	// HS32 instead of HS80: well formed, offered, chained; only the MAC under H1 is wrong.
	const altered = forged(flight.packet, (message) => message.set([0x33, 0x32], 66));
	equal(messageOf(altered).type === "Commit", true);
	responder.packet(0, altered);
	initiator.packet(0, only(responder));
	responder.packet(0, only(initiator));
	failed(responder, "commitMac", 0x70);
});

test("a DHPart2 that the Commit did not promise ends with Error 0x62 (section 4.4.1.2)", () => {
	const flight = upTo("DHPart2");
	const { initiator, responder } = flight;
	const part = messageOf(flight.packet);
	ok(part.type === "DHPart2");
	const pv = part.pv.slice();
	flip(pv, 0);
	const { h0 } = initiator.session.chain;
	const message = encodeDhPart("DHPart2", { ...part, pv }, (bytes) => messageMac(initiator.config.provider, h0, bytes));
	responder.packet(1, withMessage(flight.packet, message));
	failed(responder, "hvi", 0x62);
});

const INVALID = { X255: x25519.invalid, EC25: p256.invalid, DH3k: modp3072.invalid };

for (const keyAgreement of ["X255", "EC25", "DH3k"] as const)
	for (const type of ["DHPart1", "DHPart2"] as const)
		test(`${type}: invalid public values of ${keyAgreement} end with Error 0x61`, () => {
			const suites = { ...SUITES, keyAgreements: [keyAgreement] };
			const byteLength = KEY_AGREEMENTS[keyAgreement].publicKeyByteLength;
			const values = INVALID[keyAgreement].filter(({ publicKey }) => publicKey.length === 2 * byteLength);
			ok(values.length >= 7, "the table is there");
			for (const { why, publicKey } of values) {
				const pair = () => ({ publicKey: octets(publicKey), privateKey: new Uint8Array(32).fill(7) });
				const rogue = { suites, keyPairs: pair };
				const honest = { suites };
				const flight = upTo(
					type,
					type === "DHPart1" ? { initiator: honest, responder: rogue } : { initiator: rogue, responder: honest },
				);
				const { receiver } = flight;
				receiver.packet(1, flight.packet);
				// The initiator has shown its own value by the time it finds out.
				receiver.outbox = receiver.outbox.filter((bytes) => messageOf(bytes).type === "Error");
				ok(receiver.failures.length === 1, why);
				failed(receiver, "dhValue", 0x61);
			}
		});

for (const type of ["Confirm1", "Confirm2"] as const) {
	test(`${type}: a wrong MAC, IV or content is ignored, and the true one still counts`, () => {
		const flight = upTo(type);
		for (const offset of [12, 19, 36, 60, -1]) {
			flight.receiver.packet(
				1,
				forged(flight.packet, (message) => flip(message, offset)),
			);
			equal(flight.receiver.take(), [], `octet ${offset}`);
			equal(flight.receiver.failures, []);
		}
		equal(flight.receiver.warnings, ["badConfirm"]);
		flight.receiver.packet(
			1,
			forged(flight.packet, (message) => flip(message, 20)),
		);
		equal(flight.receiver.warnings, ["badConfirm", "hashChain"], "the IV is under no MAC: H0 comes out wrong");
		completes(flight);
	});

	test(`${type}: when no good one comes, the end says so`, () => {
		const { receiver, packet } = upTo(type);
		receiver.packet(
			1,
			forged(packet, (message) => flip(message, 12)),
		);
		while (receiver.wakeAt !== undefined && receiver.failures.length === 0) {
			receiver.take();
			receiver.feed({ type: "tick", now: receiver.wakeAt });
		}
		equal(receiver.failures, ["confirmMac"]);
	});
}

test("DHPart1 altered in flight: keys differ, no Confirm is good, and nobody gets keys", () => {
	const flight = upTo("DHPart1");
	const { initiator, responder } = flight;
	initiator.packet(
		0,
		forged(flight.packet, (message) => flip(message, 50)),
	);
	responder.packet(0, only(initiator));
	initiator.packet(0, only(responder));
	equal(initiator.warnings, ["badConfirm"]);
	equal(initiator.history.includes("installKeys receive"), false);
});

const WAITING: readonly (readonly [MessageType, "receiver" | "sender"])[] = [
	["Commit", "sender"],
	["DHPart1", "sender"],
	["DHPart2", "sender"],
	["Confirm1", "sender"],
	["Confirm2", "sender"],
];
for (const [type, which] of WAITING)
	test(`silence after ${type} ends with a timeout and Error 0xb0`, () => {
		const end = upTo(type)[which];
		let last = 0;
		while (end.wakeAt !== undefined && end.failures.length === 0) {
			last = end.wakeAt;
			end.take();
			end.feed({ type: "tick", now: last });
		}
		failed(end, "timeout", 0xb0);
		ok(last >= 10_000 && last <= 10_700, `after ${last} ms`);
		const resent: number[] = [];
		while (end.wakeAt !== undefined) {
			const now = end.wakeAt;
			end.feed({ type: "tick", now });
			for (const _ of end.take()) resent.push(now - last);
		}
		equal(resent.slice(0, 4), [150, 450, 1050, 2250], "Error goes on by T2 (section 6)");
		equal(resent.length, 10);
	});

test("ErrorACK stops the Error", () => {
	const { receiver, packet } = upTo("Commit");
	receiver.packet(1, commitWith(upTo("Commit"), { hash: "S384" }));
	only(receiver);
	ok(receiver.wakeAt !== undefined);
	receiver.packet(2, withMessage(packet, encodeErrorAck()));
	equal(receiver.wakeAt, undefined);
});

test("repeats of the Commit and DHPart2 are answered, and cannot keep a responder waiting for ever", () => {
	for (const [type, answer] of [
		["DHPart1", "DHPart1"],
		["Confirm1", "Confirm1"],
	] as const) {
		const { responder, packets } = upTo(type);
		const repeat = packets.get(type === "DHPart1" ? "Commit" : "DHPart2");
		ok(repeat);
		let now = 0;
		while (responder.failures.length === 0 && now < 100_000) {
			now += 1000;
			if (responder.wakeAt !== undefined && responder.wakeAt <= now) responder.feed({ type: "tick", now });
			else {
				responder.packet(now, repeat);
				equal(messageOf(only(responder)).type, answer);
			}
		}
		equal(responder.failures, ["timeout"]);
		ok(now <= 25_000, `${now} ms`);
	}
});
