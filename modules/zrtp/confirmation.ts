/**
 * The Confirm messages of either role: made, opened, and what both together say (RFC 6189 sections 4.6, 5.7). Keys come
 * from exchange.ts or direct.ts; completion.ts is next.
 */

import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import { installKeys } from "./completion";
import { CFB_IV_BYTE_LENGTH, EXPIRY_INDEFINITE_SEC, MAC_BYTE_LENGTH, T2 } from "./constants";
import { checkMessageMac, nextImage } from "./hash-chain";
import { confirmKeys } from "./kdf";
import {
	type Confirm,
	type ConfirmContent,
	type ConfirmType,
	decodeConfirmContent,
	encodeConfirm,
	encodeConfirmContent,
} from "./messages/confirm";
import { primitives } from "./primitives";
import { startRetransmission } from "./retransmission";
import { renderSas } from "./sas";
import { agreedLifetimeSec } from "./secrets";
import type { Failed, Keyed, Outcome, Session, WaitConf2Ack } from "./session";
import { CIPHERS } from "./suites";
import type { Turn } from "./turn";

/** Our Confirm message (section 5.7). V is only said of a line of secrets that is unbroken. */
export function makeConfirm(turn: Turn, type: ConfirmType, keyed: Keyed): Uint8Array {
	const { session } = turn;
	const { config, chain } = session;
	const plain = encodeConfirmContent({
		h0: chain.h0,
		flags: {
			enrollment: config.enrollment === true,
			verified: wasVerified(session, keyed),
			// E implies not A (section 7.3.1).
			allowClear: config.allowClear === true && config.enrollment !== true,
			disclosure: config.disclosure === true,
		},
		cacheExpirySec: config.cacheExpirySec ?? EXPIRY_INDEFINITE_SEC,
	});
	const iv = config.random(CFB_IV_BYTE_LENGTH);
	const { macKey, zrtpKey } = confirmKeys(keyed.keys, keyed.role);
	const encrypted = CIPHERS[keyed.suite.cipher].cfb(config.provider).encrypt(zrtpKey, iv, plain);
	wipe(plain);
	return encodeConfirm(type, { mac: macOf(session, keyed, macKey, encrypted), iv, encrypted });
}

/** What is inside the peer's Confirm; undefined: its MAC is wrong or its content cannot be, and nothing changed. */
export function openConfirm(turn: Turn, keyed: Keyed, confirm: Confirm): ConfirmContent | Failed | undefined {
	const { session } = turn;
	const { provider } = session.config;
	const { macKey, zrtpKey } = confirmKeys(keyed.keys, keyed.role === "initiator" ? "responder" : "initiator");
	if (!equal(macOf(session, keyed, macKey, confirm.encrypted), confirm.mac)) {
		turn.warn("badConfirm");
		return undefined;
	}
	const plain = CIPHERS[keyed.suite.cipher].cfb(provider).decrypt(zrtpKey, confirm.iv, confirm.encrypted);
	const content = decodeConfirmContent(plain);
	wipe(plain);
	if (content === undefined) {
		turn.warn("malformed");
		return undefined;
	}
	const h1 = nextImage(provider, content.h0);
	const { peerPart } = keyed;
	if (peerPart === undefined) return checkWholeChain(turn, keyed, content, h1);
	if (!equal(h1, peerPart.h1)) {
		turn.warn("hashChain");
		return undefined;
	}
	return checkMessageMac(provider, content.h0, peerPart.bytes) ? content : turn.fail("dhPartMac");
}

/** Without a DHPart the Confirm is the first to say H1, and what was sent before is checked at once (section 9). */
function checkWholeChain(turn: Turn, keyed: Keyed, content: ConfirmContent, h1: Uint8Array) {
	const { provider } = turn.session.config;
	const { hello } = keyed.peer;
	const h2 = nextImage(provider, h1);
	if (!equal(nextImage(provider, h2), hello.h3)) {
		turn.warn("hashChain");
		return undefined;
	}
	if (!checkMessageMac(provider, h2, hello.bytes)) return turn.fail("helloMac");
	if (keyed.role === "responder" && !checkMessageMac(provider, h1, keyed.commit)) return turn.fail("commitMac");
	return content;
}

/** The initiator's answer to a Confirm1 that is good; undefined: it is not, and nothing changed. */
export function acceptConfirm1(turn: Turn, keyed: Keyed, confirm1: Confirm): WaitConf2Ack | Failed | undefined {
	const content = openConfirm(turn, keyed, confirm1);
	if (content === undefined || "name" in content) return content;
	// The responder's media may overtake its Conf2ACK and stands for it (section 4.6): be ready for it first.
	installKeys(turn, keyed, "receive");
	const confirm2 = makeConfirm(turn, "Confirm2", keyed);
	turn.send(confirm2);
	return {
		...keyed,
		name: "waitConf2ACK",
		role: "initiator",
		outcome: settle(turn, keyed, content),
		retransmission: startRetransmission(confirm2, T2, turn.now),
	};
}

/** What both Confirms together say. */
export function settle(turn: Turn, keyed: Keyed, { flags, cacheExpirySec }: ConfirmContent): Outcome {
	const { suite, peer, keys, retained } = keyed;
	const { association } = turn.session;
	const lifetimeSec = agreedLifetimeSec(turn.session.config.cacheExpirySec ?? EXPIRY_INDEFINITE_SEC, cacheExpirySec);
	// One SAS for all streams of a call (section 4.5.2), and V is said of it once: GNU leaves it out of Multistream.
	if (!("sashash" in keys) && association.sas)
		return { sas: { ...association.sas, disclosure: flags.disclosure || association.sas.disclosure }, lifetimeSec };
	return {
		sas: {
			...suite,
			text: "sashash" in keys ? renderSas(suite.sasType, keys.sashash) : "",
			verified: wasVerified(turn.session, keyed),
			peerVerified: flags.verified,
			retained,
			peerClientId: peer.hello.clientId,
			peerZid: peer.hello.zid,
			disclosure: flags.disclosure,
			mitm: peer.hello.mitm,
			// Without M there is no PBX to trust, whatever was shared before.
			trustedMitm: keyed.trustedMitm && peer.hello.mitm,
			relayed: false,
			enrollment: flags.enrollment && peer.hello.mitm,
			// E implies not A, whatever the flag says (section 7.3.1).
			allowClear: flags.allowClear && !flags.enrollment,
			auxsecret: keyed.auxsecret,
		},
		lifetimeSec,
	};
}

/** The owner's word of an earlier call counts as long as the line of secrets is unbroken (section 7.1). */
function wasVerified({ association }: Session, { peer, retained, keys }: Keyed): boolean {
	if (!("sashash" in keys)) return association.sas?.verified === true;
	// Who is behind a device in the middle may be somebody else each time: its owner's word is for one call (section 7.3).
	if (peer.hello.mitm) return false;
	return retained === "match" && peer.secrets?.verified === true;
}

function macOf(session: Session, { suite }: Keyed, macKey: Uint8Array, encrypted: Uint8Array): Uint8Array {
	return primitives(session, suite).mac.compute(macKey, encrypted).slice(0, MAC_BYTE_LENGTH);
}
