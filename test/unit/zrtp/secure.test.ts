/** After the exchange: the moments of keys, repeats, the owner's word on the SAS, GoClear, SASrelay, stop. */
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { Endpoint } from "test/net/zrtp/endpoint";
import { encodeClearAck } from "zrtp/messages/clear-ack";
import { encodeError } from "zrtp/messages/error";
import { encodeGoClear, goClearMacInput } from "zrtp/messages/go-clear";
import { encodeSasRelay } from "zrtp/messages/sas-relay";
import { flip, forged, messageOf, only, secured, sentTypes, upTo, withMessage } from "./exchange";

test("keys go on at the moments of section 4, and not before", () => {
	const flight = upTo("Confirm1");
	const { initiator, responder } = flight;
	equal(
		[initiator.history, responder.history],
		[
			["loadSecrets", "securing", "agree"],
			["loadSecrets", "securing", "agree"],
		],
	);
	initiator.packet(0, flight.packet);
	equal(initiator.history.slice(3), ["installKeys receive"], "ready for media that overtakes Conf2ACK");
	responder.packet(0, only(initiator));
	equal(responder.history.slice(3), ["installKeys receive", "installKeys send", "showSas", "secure", "saveSecrets"]);
	initiator.packet(0, only(responder));
	equal(initiator.history.slice(4), ["installKeys send", "showSas", "secure", "saveSecrets"]);
	ok(initiator.sendKeys && responder.sendKeys);
	ok(responder.accepts(initiator.sendKeys) && initiator.accepts(responder.sendKeys));
	equal([initiator.sendKeys.cipher, initiator.sendKeys.authTag], ["AES1", "HS80"]);
	equal([initiator.sendKeys.key.length, initiator.sendKeys.salt.length], [16, 14]);
});

test("the first SRTP packet counts as Conf2ACK (section 4.6)", () => {
	const { initiator } = upTo("Conf2ACK");
	initiator.feed({ type: "srtpReceived", now: 1 });
	ok(initiator.secureAt === 1);
	equal(initiator.wakeAt, undefined, "Confirm2 is no longer sent");
	initiator.feed({ type: "srtpReceived", now: 2 });
	equal(initiator.history.filter((type) => type === "secure").length, 1);
});

test("SRTP that comes too early is no Conf2ACK", () => {
	for (const type of ["Commit", "DHPart1", "DHPart2", "Confirm1"] as const) {
		const { initiator, responder } = upTo(type);
		for (const end of [initiator, responder]) {
			end.feed({ type: "srtpReceived", now: 1 });
			equal(end.secureAt, undefined);
		}
	}
});

test("a repeated Confirm2 is answered by Conf2ACK, another one is not", () => {
	const { responder, packets } = secured();
	const confirm2 = packets.get("Confirm2");
	ok(confirm2);
	responder.take();
	responder.packet(5, confirm2);
	equal(sentTypes(responder), ["Conf2ACK"]);
	responder.packet(
		6,
		forged(confirm2, (message) => flip(message, -1)),
	);
	equal(responder.take(), []);
	equal(responder.history.filter((type) => type === "secure").length, 1);
});

test("an Error in a secure call is acknowledged and ends nothing", () => {
	const { initiator, packet } = secured();
	initiator.packet(5, withMessage(packet, encodeError(0x20)));
	equal(sentTypes(initiator), ["ErrorACK"]);
	equal([initiator.failures, initiator.warnings], [[], ["errorIgnored"]]);
	ok(initiator.sendKeys);
});

test("a Confirm1 that comes before the keys waits for them", () => {
	const pending: Uint8Array[] = [];
	const flight = upTo("Confirm1", {
		initiator: { onAgree: ({ privateKey, peerPublicKey }) => pending.push(privateKey.slice(), peerPublicKey.slice()) },
	});
	const { initiator, responder } = flight;
	initiator.packet(0, flight.packet);
	equal(initiator.take(), []);
	const [privateKey, peerPublicKey] = pending;
	ok(privateKey && peerPublicKey);
	const sharedSecret = initiator.config.provider.x25519.agree(privateKey, peerPublicKey);
	initiator.feed({ type: "agreed", now: 3, sharedSecret });
	responder.packet(4, only(initiator));
	initiator.packet(5, only(responder));
	ok(initiator.sas && responder.sas);
	equal(initiator.sas.text, responder.sas.text);
	equal(sharedSecret, new Uint8Array(32), "wiped");
});

test("secrets are wiped as soon as they have been used, and the rest by stop", () => {
	const privateKeys: Uint8Array[] = [];
	const keyPairs = (end: { provider: Endpoint["config"]["provider"] }, seed: number) => () => {
		const pair = end.provider.x25519.generate((byteLength) => new Uint8Array(byteLength).fill(seed));
		privateKeys.push(pair.privateKey);
		return pair;
	};
	const { provider } = new Endpoint("any", { seed: 1 }).config;
	const { initiator, responder } = secured({
		initiator: { keyPairs: keyPairs({ provider }, 5) },
		responder: { keyPairs: keyPairs({ provider }, 6) },
	});
	equal(privateKeys, [new Uint8Array(32), new Uint8Array(32)]);
	for (const { session } of [initiator, responder]) {
		const { state } = session;
		ok(state.name === "secure");
		const { continuity, association } = session;
		ok(continuity && association.facts);
		const { zrtpSess } = association.facts;
		const secrets = [
			continuity.newSecret,
			zrtpSess,
			state.ownMacKey,
			state.peerMacKey,
			state.peerZrtpKey,
			session.chain.h0,
		];
		ok(secrets.every((secret) => secret.some((octet) => octet !== 0)));
	}
	const { state, continuity, association } = initiator.session;
	const zrtpSess = association.facts?.zrtpSess;
	initiator.feed({ type: "stop", now: 9 });
	ok(state.name === "secure" && continuity && zrtpSess);
	for (const secret of [
		continuity.newSecret,
		zrtpSess,
		state.ownMacKey,
		state.peerMacKey,
		state.peerZrtpKey,
		initiator.session.chain.h0,
	])
		ok(
			secret.every((octet) => octet === 0),
			"wiped",
		);
	equal(initiator.history[initiator.history.length - 1], "clearKeys");
	equal(initiator.wakeAt, undefined);
});

test("stop in the middle of an exchange: silence, no failure, secrets wiped", () => {
	for (const type of ["Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2", "Conf2ACK"] as const) {
		const { sender, receiver, packet } = upTo(type);
		for (const end of [sender, receiver]) {
			end.feed({ type: "stop", now: 1 });
			end.packet(2, packet);
			end.feed({ type: "tick", now: 1e6 });
			equal([end.take(), end.failures, end.wakeAt], [[], [], undefined], type);
			equal(end.session.chain.h1, new Uint8Array(32));
		}
	}
});

/** What the cache of `end` holds about `peer`. */
const held = (end: Endpoint, peer: Endpoint) => end.cache.get(toHex(peer.zid));

test("the owner's word is stored with the secrets, and taken back without losing them (section 7.1)", () => {
	const { initiator, responder } = secured();
	const before = held(initiator, responder);
	ok(before?.rs1);
	equal(before.verified, false);
	initiator.feed({ type: "sasVerified", now: 1, verified: true });
	equal(held(initiator, responder), { ...before, verified: true });
	equal(initiator.sas?.verified, true);
	initiator.feed({ type: "sasVerified", now: 2, verified: false });
	equal(held(initiator, responder), before);
	equal(initiator.sas?.verified, false);
	equal(held(responder, initiator)?.verified, false, "each end speaks for itself");
	equal(held(responder, initiator)?.rs1, before.rs1);
});

test("SAS that differ: the secret of this session is erased", () => {
	const { initiator, responder } = secured();
	initiator.feed({ type: "sasMismatch", now: 1 });
	equal(held(initiator, responder), undefined);
	equal(initiator.sas?.verified, false);
});

test("a secret that could not be stored is a warning", () => {
	equal(secured({ initiator: { canSave: false } }).initiator.warnings, ["secretsNotSaved"]);
});

test("the word on a SAS that is not there yet is not taken", () => {
	const { initiator } = upTo("Confirm2");
	initiator.feed({ type: "sasVerified", now: 1, verified: true });
	initiator.feed({ type: "sasMismatch", now: 1 });
	initiator.feed({ type: "clear", now: 1 });
	equal(initiator.history.includes("saveSecrets"), false);
	equal(initiator.session.state.name, "waitConf2ACK");
});

/** A GoClear of `end`, as it would send it. */
function goClearOf(end: Endpoint): Uint8Array {
	const { state } = end.session;
	if (state.name !== "secure") throw new Error(state.name);
	return encodeGoClear(end.config.provider.hmacSha256.compute(state.ownMacKey, goClearMacInput()).slice(0, 8));
}

test("GoClear with a wrong MAC is neither answered nor acted on (section 4.7.2)", () => {
	for (const allowClear of [true, false]) {
		const { initiator, responder, packet } = secured({ initiator: { allowClear } });
		const goClear = goClearOf(responder);
		flip(goClear, -1);
		initiator.packet(1, withMessage(packet, goClear));
		initiator.packet(1, withMessage(packet, goClearOf(initiator)));
		equal([initiator.take(), initiator.warnings], [[], ["goClearMac"]]);
		ok(initiator.sendKeys);
	}
});

test("GoClear where it is not allowed is refused with Error 0x100, a warning, and the keys on", () => {
	const { initiator, responder, packet } = secured();
	const goClear = withMessage(packet, goClearOf(responder));
	initiator.packet(1, goClear);
	const error = messageOf(only(initiator));
	equal(error.type === "Error" && error.code, 0x100);
	equal(initiator.warnings, ["goClearRefused"]);
	ok(initiator.sendKeys);
	equal(responder.sas?.allowClear, false);
});

test("GoClear where it is allowed: keys go, ClearACK, a warning, and no way to voice by itself", () => {
	const { initiator, responder, packet } = secured({ initiator: { allowClear: true } });
	equal(responder.sas?.allowClear, true);
	const goClear = withMessage(packet, goClearOf(responder));
	initiator.packet(1, goClear);
	equal(sentTypes(initiator), ["ClearACK"]);
	equal([initiator.sendKeys, initiator.receiveKeys], [undefined, undefined]);
	equal(initiator.warnings, ["goClear"]);
	equal(initiator.history.includes("cleared"), false);
	initiator.packet(2, goClear);
	equal(sentTypes(initiator), ["ClearACK"], "the peer missed the first");
});

test("our own GoClear: asked of a peer that allows it, retransmitted, done by ClearACK", () => {
	const { initiator, responder, packet } = secured({ responder: { allowClear: true } });
	initiator.feed({ type: "clear", now: 100 });
	const [goClear] = initiator.outbox;
	ok(goClear);
	equal(sentTypes(initiator), ["GoClear"]);
	equal(initiator.sendKeys, undefined, "SRTP stops at once");
	initiator.feed({ type: "tick", now: 250 });
	equal(sentTypes(initiator), ["GoClear"]);
	responder.packet(260, goClear);
	equal(responder.warnings, ["goClear"]);
	equal(sentTypes(responder), ["ClearACK"]);
	initiator.packet(300, withMessage(packet, encodeClearAck()));
	equal(initiator.history.slice(-1), ["cleared"]);
	equal(initiator.wakeAt, undefined);
});

test("our own GoClear without an answer ends after T2 with the keys gone", () => {
	const { initiator } = secured({ responder: { allowClear: true } });
	initiator.feed({ type: "clear", now: 0 });
	while (initiator.wakeAt !== undefined) initiator.feed({ type: "tick", now: initiator.wakeAt });
	equal(initiator.take().length, 11);
	equal(initiator.history.slice(-1), ["cleared"]);
});

test("our own GoClear to a peer that does not allow it is not sent", () => {
	const { initiator } = secured();
	initiator.feed({ type: "clear", now: 0 });
	equal([initiator.take(), initiator.warnings], [[], ["clearNotAllowed"]]);
	ok(initiator.sendKeys);
});

test("a SASrelay is acknowledged when its MAC is good, and its SAS never shown (section 5.13)", () => {
	const { initiator, responder, packet } = secured();
	const shown = initiator.sas?.text;
	const { state } = responder.session;
	ok(state.name === "secure");
	const iv = new Uint8Array(16).fill(3);
	const encrypted = new Uint8Array(40).fill(4);
	const mac = responder.config.provider.hmacSha256.compute(state.ownMacKey, encrypted).slice(0, 8);
	const relay = encodeSasRelay({ mac, iv, encrypted });
	initiator.packet(1, withMessage(packet, relay));
	equal([sentTypes(initiator), initiator.warnings], [["RelayACK"], ["sasRelayIgnored"]]);
	flip(relay, 12);
	initiator.packet(2, withMessage(packet, relay));
	equal(initiator.take(), []);
	equal(initiator.sas?.text, shown);
});

test("every packet of the exchange once more changes nothing in a secure call", () => {
	const { initiator, responder, packets } = secured();
	responder.take();
	for (const end of [initiator, responder])
		for (const packet of packets.values()) {
			const before = end.session.state;
			end.packet(9, packet);
			ok(end.session.state === before);
			equal(end.failures, []);
		}
});
