/**
 * From two DHParts to keys, and from keys to a secure call: what both roles do alike (RFC 6189 sections 4.4.1.4, 4.6).
 */

import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import { CFB_IV_BYTE_LENGTH, EXPIRY_INDEFINITE_SEC, MAC_BYTE_LENGTH, T2 } from "./constants";
import { checkMessageMac, nextImage } from "./hash-chain";
import { deriveKeys, derivePbxsecret } from "./kdf";
import {
	type Confirm,
	type ConfirmContent,
	type ConfirmType,
	decodeConfirmContent,
	encodeConfirm,
	encodeConfirmContent,
} from "./messages/confirm";
import type { DhPart } from "./messages/dh-part";
import { primitives } from "./primitives";
import { startRetransmission } from "./retransmission";
import { renderSas } from "./sas";
import { agreedLifetimeSec, copyRecord, matchS1, matchS2, matchS3, retainedStatus, rotate } from "./secrets";
import type { DhNegotiated, Failed, Keyed, Outcome, Secure, Session, WaitConf2Ack } from "./session";
import type { RetainedSecrets } from "./store";
import { CIPHERS, KEY_AGREEMENTS } from "./suites";
import type { Turn } from "./turn";
import type { Role, Sas } from "./types";

/**
 * Checks the form and the hash image of the peer's DHPart. "ignored": not for this exchange, nothing changed.
 */
export function checkDhPart(turn: Turn, state: DhNegotiated, part: DhPart): "good" | "ignored" | Failed {
	const { session } = turn;
	const { provider } = session.config;
	if (part.pv.length !== KEY_AGREEMENTS[state.suite.keyAgreement].publicKeyByteLength) {
		turn.warn("malformed");
		return "ignored";
	}
	const h2 = nextImage(provider, part.h1);
	if (!equal(nextImage(provider, h2), state.peer.hello.h3)) {
		turn.warn("hashChain");
		return "ignored";
	}
	// H1 proves the sender; what is wrong from here on was altered on the way, earlier or now.
	if (!checkMessageMac(provider, h2, state.peer.hello.bytes)) return turn.fail("helloMac");
	if (state.role === "responder" && !checkMessageMac(provider, part.h1, state.commit)) return turn.fail("commitMac");
	return "good";
}

/** Asks for the slow part, which runs outside. */
export function requestAgreement(turn: Turn, state: DhNegotiated, part: DhPart): void {
	turn.emit({
		type: "agree",
		keyAgreement: state.suite.keyAgreement,
		privateKey: state.keyPair.privateKey,
		peerPublicKey: part.pv,
	});
}

/** Derives everything from the Diffie-Hellman result, which is wiped, and so is our private key. */
export function deriveExchange(
	turn: Turn,
	state: DhNegotiated,
	parts: { readonly dhPart1: Uint8Array; readonly dhPart2: Uint8Array; readonly peerPart: DhPart },
	dhResult: Uint8Array,
): Keyed {
	const { session } = turn;
	const { config, vault } = session;
	const { hash, mac } = primitives(session, state.suite);
	const initiating = state.role === "initiator";
	const { peer } = state;
	const responderHello = initiating ? peer.hello.bytes : session.hello;
	const { ids } = parts.peerPart;
	const peerRole = initiating ? "responder" : "initiator";
	const s1 = matchS1(mac, peer.secrets, ids, peerRole);
	const { auxsecret } = config;
	const s2 = matchS2(mac, auxsecret && { secret: auxsecret, h3: peer.hello.h3 }, ids);
	const s3 = matchS3(mac, peer.secrets, ids, peerRole);
	const keys = deriveKeys(config.provider, state.suite, {
		dhResult,
		zidI: initiating ? config.zid : peer.hello.zid,
		zidR: initiating ? peer.hello.zid : config.zid,
		totalHash: hash.digest(responderHello, state.commit, parts.dhPart1, parts.dhPart2),
		shared: { ...(s1 && { s1 }), ...(s2 && { s2 }), ...(s3 && { s3 }) },
	});
	vault.drop(state.keyPair.privateKey);
	for (const key of Object.values(keys)) vault.keep(key);
	const { role, suite, commit } = state;
	const retained = retainedStatus(peer.secrets, s1);
	return {
		role,
		peer,
		suite,
		commit,
		keys,
		retained,
		trustedMitm: s3 !== undefined,
		auxsecret: auxsecret === undefined ? "none" : s2 === undefined ? "mismatch" : "match",
		peerPart: parts.peerPart,
	};
}

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
			disclosure: false,
		},
		cacheExpirySec: config.cacheExpirySec ?? EXPIRY_INDEFINITE_SEC,
	});
	const iv = config.random(CFB_IV_BYTE_LENGTH);
	const { macKey, zrtpKey } = confirmKeys(keyed, keyed.role);
	const encrypted = CIPHERS[keyed.suite.cipher].cfb(config.provider).encrypt(zrtpKey, iv, plain);
	wipe(plain);
	return encodeConfirm(type, { mac: macOf(session, keyed, macKey, encrypted), iv, encrypted });
}

/** What is inside the peer's Confirm; undefined: its MAC is wrong or its content cannot be, and nothing changed. */
export function openConfirm(turn: Turn, keyed: Keyed, confirm: Confirm): ConfirmContent | Failed | undefined {
	const { session } = turn;
	const { provider } = session.config;
	const { macKey, zrtpKey } = confirmKeys(keyed, keyed.role === "initiator" ? "responder" : "initiator");
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

/** Hands out the SRTP keys of one direction (section 4.5.3) and wipes our own copy. */
export function installKeys(turn: Turn, { role, suite, keys }: Keyed, direction: "send" | "receive"): void {
	const { vault } = turn.session;
	const ofInitiator = (role === "initiator") === (direction === "send");
	const key = ofInitiator ? keys.srtpKeyI : keys.srtpKeyR;
	const salt = ofInitiator ? keys.srtpSaltI : keys.srtpSaltR;
	turn.session.keysInstalled = true;
	turn.emit({
		type: "installKeys",
		direction,
		role,
		keys: { cipher: suite.cipher, authTag: suite.authTag, key: key.slice(), salt: salt.slice() },
	});
	vault.drop(key, salt);
}

/** Both ends hold the same keys and both know it. Keys of both directions have been installed. */
export function secure(turn: Turn, keyed: Keyed, { sas, lifetimeSec }: Outcome, confirm2?: Uint8Array): Secure {
	const { session } = turn;
	const { role, peer, suite, keys, retained } = keyed;
	const own = confirmKeys(keyed, role);
	const other = confirmKeys(keyed, role === "initiator" ? "responder" : "initiator");
	if (session.config.mitm !== true) session.vault.drop(own.zrtpKey);
	const state: Secure = {
		name: "secure",
		role,
		peer,
		suite,
		sas,
		ownMacKey: own.macKey,
		peerMacKey: other.macKey,
		peerZrtpKey: other.zrtpKey,
		ownZrtpKey: session.config.mitm === true ? own.zrtpKey : undefined,
		relay: undefined,
		confirm2,
	};
	if ("zrtpSess" in keys) openAssociation(session, keyed, keys.zrtpSess);
	// An added stream has nothing to show: the SAS is the first one's.
	if (session.config.joins === undefined) {
		session.association.sas = sas;
		turn.emit({ type: "showSas", sas });
	}
	if (!("retainedSecret" in keys)) {
		turn.emit({ type: "secure", role, retained: sas.retained });
		return state;
	}
	if (retained === "mismatch") turn.warn("secretMismatch");
	turn.emit({ type: "secure", role, retained });
	offerEnrollment(turn, sas);
	session.continuity = {
		lifetimeSec,
		before: peer.secrets,
		newSecret: keys.retainedSecret,
		sashash: keys.sashash,
		stored: retained !== "mismatch",
		mode: suite.keyAgreement === "Prsh" ? "Preshared" : "DH",
	};
	// Last, since flash is slow and the microphone waits. After a mismatch the cache waits for the owner's word (section 4.6.1.1).
	if (session.continuity.stored) saveSecrets(turn, state);
	return state;
}

/** The PBX's side keeps the secret at once, the phone's when its owner says so (section 7.3.1). */
function offerEnrollment(turn: Turn, sas: Sas): void {
	if (turn.session.config.enrollment === true) savePbxsecret(turn, sas.peerZid);
	if (sas.enrollment && !sas.trustedMitm)
		turn.emit({ type: "enroll", zid: sas.peerZid, peerClientId: sas.peerClientId });
}

/** pbxsecret, the trusted MiTM key (section 7.3.1). */
export function savePbxsecret(turn: Turn, zid: Uint8Array): void {
	const { association, config } = turn.session;
	const { facts } = association;
	if (facts === undefined) return;
	const pbxsecret = derivePbxsecret(config.provider, facts.suite.hash, facts.zrtpSess, facts);
	turn.emit({ type: "savePbxsecret", zid, pbxsecret });
}

/** From now on other streams can be keyed, and this one again after a GoClear. */
function openAssociation(session: Session, { role, peer, suite }: Keyed, zrtpSess: Uint8Array): void {
	const { config, association, vault } = session;
	const own = config.zid;
	const peerZid = peer.hello.zid;
	const [zidI, zidR] = role === "initiator" ? [own, peerZid] : [peerZid, own];
	association.open({ zrtpSess: zrtpSess.slice(), suite, zidI, zidR, peerZid });
	vault.drop(zrtpSess);
}

/** The cache as section 4.6.1 wants it after this exchange, with the owner's word on the SAS. */
export function saveSecrets(turn: Turn, { peer, sas }: Secure): void {
	const { continuity } = turn.session;
	if (continuity === undefined) return;
	const { before, newSecret, lifetimeSec, mode } = continuity;
	const record = rotate(before, newSecret, lifetimeSec, sas.verified && !sas.mitm, mode);
	if (record) turn.emit({ type: "saveSecrets", zid: peer.hello.zid, secrets: record });
}

/** The engine's own copy of a record, wiped with everything else. */
export function keepRecord({ vault }: Session, record: RetainedSecrets | undefined): RetainedSecrets | undefined {
	if (record === undefined) return undefined;
	const copy = copyRecord(record);
	if (copy.rs1) vault.keep(copy.rs1);
	if (copy.rs2) vault.keep(copy.rs2);
	if (copy.pbxsecret) vault.keep(copy.pbxsecret);
	return copy;
}

/** The owner's word of an earlier call counts as long as the line of secrets is unbroken (section 7.1). */
function wasVerified({ association }: Session, { peer, retained, keys }: Keyed): boolean {
	if (!("sashash" in keys)) return association.sas?.verified === true;
	// Who is behind a device in the middle may be somebody else each time: its owner's word is for one call (section 7.3).
	if (peer.hello.mitm) return false;
	return retained === "match" && peer.secrets?.verified === true;
}

function confirmKeys({ keys }: Keyed, sender: Role): { readonly macKey: Uint8Array; readonly zrtpKey: Uint8Array } {
	return sender === "initiator"
		? { macKey: keys.macKeyI, zrtpKey: keys.zrtpKeyI }
		: { macKey: keys.macKeyR, zrtpKey: keys.zrtpKeyR };
}

function macOf(session: Session, { suite }: Keyed, macKey: Uint8Array, encrypted: Uint8Array): Uint8Array {
	return primitives(session, suite).mac.compute(macKey, encrypted).slice(0, MAC_BYTE_LENGTH);
}
