/**
 * The end of an exchange in either role: SRTP keys handed out, the SAS shown, the secret kept (RFC 6189 sections 4.5.3,
 * 4.6). confirmation.ts and the states that wait for the last message come here; states/secure.ts goes on.
 */

import { savePbxsecret, saveSecrets } from "./cache";
import { confirmKeys } from "./kdf";
import type { Keyed, Outcome, Secure, Session } from "./session";
import type { Turn } from "./turn";
import type { Sas } from "./types";

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
	const own = confirmKeys(keys, role);
	const other = confirmKeys(keys, role === "initiator" ? "responder" : "initiator");
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

/** From now on other streams can be keyed, and this one again after a GoClear. */
function openAssociation(session: Session, { role, peer, suite }: Keyed, zrtpSess: Uint8Array): void {
	const { config, association, vault } = session;
	const own = config.zid;
	const peerZid = peer.hello.zid;
	const [zidI, zidR] = role === "initiator" ? [own, peerZid] : [peerZid, own];
	association.open({ zrtpSess: zrtpSess.slice(), suite, zidI, zidR, peerZid });
	vault.drop(zrtpSess);
}
