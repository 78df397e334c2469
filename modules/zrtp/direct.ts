/**
 * The modes without DHPart messages, in either role (RFC 6189 sections 4.4.2 and 4.4.3): Multistream, whose keys come
 * from ZRTPSess, and Preshared, whose keys come from rs1. states/discovery.ts, cleared and commitment.ts come here; the
 * initiator goes on to waitDirectConfirm1, the responder to waitConfirm2.
 */

import { equal } from "bytes/equal";
import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import { commit as commitDh } from "./commitment";
import { makeConfirm } from "./confirmation";
import { T2 } from "./constants";
import { messageMac } from "./hash-chain";
import { deriveMultistream, derivePreshared, presharedKey, type SessionKeys, type StreamKeys } from "./kdf";
import {
	type Commit,
	encodeMultistreamCommit,
	encodePresharedCommit,
	KEY_ID_BYTE_LENGTH,
	MULTISTREAM_CODE,
	NONCE_BYTE_LENGTH,
	PRESHARED_CODE,
} from "./messages/commit";
import { accept, choose } from "./negotiate";
import { primitives } from "./primitives";
import { startRetransmission } from "./retransmission";
import type { Failed, Keyed, Negotiated, Peer, Session, State, StreamSuite, WaitDirectConfirm1 } from "./session";
import type { Turn } from "./turn";
import type { RetainedStatus, Suite } from "./types";

type MultistreamCommit = Extract<Commit, { mode: "Multistream" }>;
type PresharedCommit = Extract<Commit, { mode: "Preshared" }>;

/** Commits in the mode that fits, as soon as both Hellos are known; undefined: an added stream that has to wait. */
export function begin(turn: Turn, peer: Peer): State | undefined {
	const { session } = turn;
	if (session.config.joins === undefined)
		return (mayPreshare(session, peer) ? commitPreshared(turn, peer) : undefined) ?? commitDh(turn, peer);
	if (session.association.facts === undefined) return undefined;
	if (!equal(peer.hello.zid, session.association.facts.peerZid)) return turn.fail("zidChanged");
	if (!peer.hello.keyAgreements.includes(MULTISTREAM_CODE)) return turn.fail("modeMismatch");
	return commitMultistream(turn, peer, false);
}

/** Commits in Multistream mode; the Association is open. The algorithms are those of the first stream (section 4.4.3.1). */
export function commitMultistream(turn: Turn, peer: Peer, returning: boolean): WaitDirectConfirm1 | Failed {
	const { association, chain, config } = turn.session;
	if (association.facts === undefined) return turn.fail("modeMismatch");
	const { suite } = association.facts;
	const nonce = config.random(NONCE_BYTE_LENGTH);
	association.takeNonce(nonce);
	const message = encodeMultistreamCommit(
		{ h2: chain.h2, zid: config.zid, codes: suite, nonce },
		macOver(turn.session),
	);
	return sent(turn, { peer, suite, commit: message }, nonce, "Multistream", returning);
}

/** Commits in Preshared mode, where mayPreshare said so. */
export function commitPreshared(turn: Turn, peer: Peer): WaitDirectConfirm1 | undefined {
	const { chain, config } = turn.session;
	const suite: StreamSuite = { ...choose(config.suites, peer.hello), keyAgreement: PRESHARED_CODE };
	const [set] = presharedSets(turn.session, peer);
	if (set === undefined) return undefined;
	const key = presharedKey(config.provider, suite.hash, set);
	const keyId = keyIdOf(turn.session, suite, key);
	wipe(key);
	const nonce = config.random(NONCE_BYTE_LENGTH);
	const message = encodePresharedCommit(
		{ h2: chain.h2, zid: config.zid, codes: suite, nonce, keyId },
		macOver(turn.session),
	);
	return sent(turn, { peer, suite, commit: message }, nonce, "Preshared", false);
}

/**
 * Whether this exchange starts in Preshared mode: both ends want it, the secret is one whose SAS was compared (section
 * 4.4.2.1), and rs2 is there to recover the pair when this call breaks at the wrong moment.
 */
export function mayPreshare({ config }: Session, { hello, secrets }: Peer): boolean {
	if (config.preshared !== true || !hello.keyAgreements.includes(PRESHARED_CODE)) return false;
	return secrets?.rs1 !== undefined && secrets.rs2 !== undefined && secrets.verified && secrets.expired !== true;
}

/** Takes the peer's Multistream Commit, whose hash image is good, and answers with Confirm1. */
export function takeMultistream(turn: Turn, peer: Peer, commit: MultistreamCommit): State | undefined {
	const { session } = turn;
	const { association, config } = session;
	if (association.facts === undefined) {
		// The first stream of the call is not secure yet: the Commit will come again. Alone, it is an error (section 4.4.3.1).
		return config.joins === undefined ? turn.fail("modeMismatch") : undefined;
	}
	if (!equal(peer.hello.zid, association.facts.peerZid)) return turn.fail("zidChanged");
	const { suite: first } = association.facts;
	// Key agreement and SAS type mean nothing here (section 4.4.3.1).
	const suite = accept(config.suites, { ...commit.codes, keyAgreement: "DH3k", sasType: "B32" });
	if (typeof suite === "string") return turn.fail(suite);
	if (!association.takeNonce(commit.nonce)) return turn.fail("nonceReuse");
	return answer(turn, {
		role: "responder",
		peer,
		suite: { ...suite, keyAgreement: first.keyAgreement, sasType: first.sasType },
		commit: commit.bytes,
	});
}

/** Takes the peer's Preshared Commit, or answers it with a DH Commit of our own (section 4.4.2.3). */
export function takePreshared(turn: Turn, peer: Peer, commit: PresharedCommit): State {
	const { session } = turn;
	const { config } = session;
	const accepted = accept(config.suites, { ...commit.codes, keyAgreement: "DH3k" });
	if (typeof accepted === "string") return turn.fail(accepted);
	const suite: StreamSuite = { ...accepted, keyAgreement: PRESHARED_CODE };
	const set = presharedSets(session, peer).find((secrets) => {
		const key = presharedKey(config.provider, suite.hash, secrets);
		const matches = equal(keyIdOf(session, suite, key), commit.keyId);
		wipe(key);
		return matches;
	});
	if (set === undefined || !mayPreshare(session, peer)) return commitDh(turn, peer);
	return answer(turn, { role: "responder", peer, suite, commit: commit.bytes }, set);
}

/** Keys of a mode without DHParts, from both ends' nonces: the Commit's, and H3 in the responder's Hello. */
export function deriveDirect(turn: Turn, state: Negotiated, found?: PresharedSet): Keyed | Failed {
	const { session } = turn;
	const set = found ?? presharedSets(session, state.peer)[0];
	const { config, vault } = session;
	const { peer, suite } = state;
	const initiating = state.role === "initiator";
	const { hash } = primitives(session, suite);
	const context = {
		zidI: initiating ? config.zid : peer.hello.zid,
		zidR: initiating ? peer.hello.zid : config.zid,
		totalHash: hash.digest(initiating ? peer.hello.bytes : session.hello, state.commit),
	};
	const keys = derive();
	if (keys === undefined) return turn.fail("modeMismatch");
	for (const key of Object.values(keys)) vault.keep(key);
	const { role, commit } = state;
	const { sas } = session.association;
	const retained = sas?.retained ?? "match";
	const trustedMitm = sas === undefined ? set?.pbxsecret !== undefined : sas.trustedMitm;
	const auxsecret = sas?.auxsecret ?? auxsecretStatus(session, set);
	return { role, peer, suite, commit, keys, retained, trustedMitm, auxsecret, peerPart: undefined };

	function derive(): StreamKeys | SessionKeys | undefined {
		const { provider } = config;
		if (suite.keyAgreement === PRESHARED_CODE && session.association.facts === undefined) {
			if (set === undefined) return undefined;
			const key = presharedKey(provider, suite.hash, set);
			const derived = derivePreshared(provider, suite, key, context);
			wipe(key);
			return derived;
		}
		const { facts } = session.association;
		return facts && deriveMultistream(provider, suite, facts.zrtpSess, context);
	}
}

function answer(turn: Turn, negotiated: Negotiated, set?: PresharedSet): State {
	turn.emit({ type: "securing" });
	const keyed = deriveDirect(turn, negotiated, set);
	if ("name" in keyed) return keyed;
	const confirm1 = makeConfirm(turn, "Confirm1", keyed);
	turn.send(confirm1);
	return {
		...keyed,
		name: "waitConfirm2",
		role: "responder",
		answers: negotiated.commit,
		confirm1,
		badConfirm: false,
		heardAt: turn.now,
		enteredAt: turn.now,
	};
}

function sent(
	turn: Turn,
	negotiated: Omit<Negotiated, "role">,
	nonce: Uint8Array,
	mode: WaitDirectConfirm1["mode"],
	returning: boolean,
): WaitDirectConfirm1 {
	turn.emit({ type: "securing" });
	turn.send(negotiated.commit);
	return {
		...negotiated,
		name: "waitDirectConfirm1",
		role: "initiator",
		mode,
		nonce,
		keyed: undefined,
		badConfirm: false,
		returning,
		retransmission: startRetransmission(negotiated.commit, T2, turn.now),
	};
}

type PresharedSet = Parameters<typeof presharedKey>[2];

/** What a preshared_key can be made of, the fullest first: the initiator takes that one, the responder looks for its match. */
function presharedSets({ config: { auxsecret } }: Session, { secrets }: Peer): readonly PresharedSet[] {
	if (secrets?.rs1 === undefined) return [];
	const { rs1, pbxsecret } = secrets;
	const aux = auxsecret && { auxsecret };
	const pbx = pbxsecret && { pbxsecret };
	return [
		...(aux && pbx ? [{ rs1, ...aux, ...pbx }] : []),
		...(aux ? [{ rs1, ...aux }] : []),
		...(pbx ? [{ rs1, ...pbx }] : []),
		{ rs1 },
	];
}

function auxsecretStatus({ config: { auxsecret } }: Session, set: PresharedSet | undefined): RetainedStatus {
	if (auxsecret === undefined) return "none";
	return set?.auxsecret === undefined ? "mismatch" : "match";
}

/** keyID = MAC(preshared_key, "Prsh") (section 4.4.2.2). */
function keyIdOf(session: Session, suite: Pick<Suite, "hash">, key: Uint8Array): Uint8Array {
	return primitives(session, suite).mac.compute(key, utf8Encode(PRESHARED_CODE)).slice(0, KEY_ID_BYTE_LENGTH);
}

/** H1 keys the MAC of a Commit (section 8.1.1). */
function macOver({ chain, config: { provider } }: Session) {
	return (bytes: Uint8Array) => messageMac(provider, chain.h1, bytes);
}
