/**
 * From two DHParts to keys, in either role (RFC 6189 sections 4.4.1.2 to 4.4.1.4). states/wait-dh-part1.ts and
 * wait-dh-part2.ts come here, and again with the result; confirmation.ts is next.
 */

import { equal } from "bytes/equal";
import { checkMessageMac, nextImage } from "./hash-chain";
import { deriveKeys } from "./kdf";
import type { DhPart } from "./messages/dh-part";
import { primitives } from "./primitives";
import { matchS1, matchS2, matchS3, retainedStatus } from "./secrets";
import type { DhNegotiated, Failed, Keyed } from "./session";
import { KEY_AGREEMENTS } from "./suites";
import type { Turn } from "./turn";

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
