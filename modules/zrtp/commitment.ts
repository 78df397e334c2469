/**
 * The way out of discovery, in either role: our Commit goes out, or the peer's is taken (RFC 6189 sections 4.2, 4.4.1).
 * states/discovery.ts comes here, and states/wait-dh-part1.ts when both ends committed at once.
 */

import { equal } from "bytes/equal";
import type { KeyPair } from "crypto/types";
import { HVI_BYTE_LENGTH, T2 } from "./constants";
import { takeMultistream, takePreshared } from "./direct";
import { checkMessageMac, messageMac, nextImage } from "./hash-chain";
import { type Commit, encodeDhCommit } from "./messages/commit";
import { encodeDhPart } from "./messages/dh-part";
import { accept, choose } from "./negotiate";
import { primitives } from "./primitives";
import { startRetransmission } from "./retransmission";
import { type Auxsecret, secretIds } from "./secrets";
import type { Peer, Session, State, WaitDhPart1 } from "./session";
import { CIPHERS, KEY_AGREEMENTS } from "./suites";
import type { Turn } from "./turn";
import type { KeyAgreementCode, Suite } from "./types";

/** Commits as the initiator. The DHPart2 it promises is made now and shown later (section 4.4.1.1). */
export function commit(turn: Turn, peer: Peer): WaitDhPart1 {
	const { session } = turn;
	const { config, chain } = session;
	const { provider } = config;
	const suite = choose(config.suites, peer.hello);
	const { hash, mac } = primitives(session, suite);
	const keyPair = takeKeyPair(session, suite);
	const ids = secretIds(mac, config.random, "initiator", peer.secrets, ownAuxsecret(session));
	const dhPart2 = encodeDhPart("DHPart2", { h1: chain.h1, ids, pv: keyPair.publicKey }, (bytes) =>
		messageMac(provider, chain.h0, bytes),
	);
	const hvi = hash.digest(dhPart2, peer.hello.bytes).slice(0, HVI_BYTE_LENGTH);
	const message = encodeDhCommit({ h2: chain.h2, zid: config.zid, codes: suite, hvi }, (bytes) =>
		messageMac(provider, chain.h1, bytes),
	);
	turn.emit({ type: "securing" });
	turn.send(message);
	return {
		name: "waitDHPart1",
		role: "initiator",
		peer,
		suite,
		keyPair,
		commit: message,
		hvi,
		dhPart2,
		retransmission: startRetransmission(message, T2, turn.now),
	};
}

/**
 * Takes the peer's Commit as the responder and answers with DHPart1; undefined: it is not to be used, and nothing has
 * changed. `reuse` is the pair of our own Commit that lost the contention (section 4.2).
 */
export function takeCommit(
	turn: Turn,
	peer: Peer,
	commit: Commit,
	reuse?: { readonly keyPair: KeyPair; readonly keyAgreement: KeyAgreementCode },
): State | undefined {
	const { session } = turn;
	const { config, chain } = session;
	const { provider } = config;
	if (!equal(nextImage(provider, commit.h2), peer.hello.h3)) {
		turn.warn("hashChain");
		return undefined;
	}
	// The peer's Hello can be checked now that its H2 is known (section 8.1.1).
	if (!checkMessageMac(provider, commit.h2, peer.hello.bytes)) return turn.fail("helloMac");
	if (!equal(commit.zid, peer.hello.zid)) {
		turn.warn("malformed");
		return undefined;
	}
	if (commit.mode === "Multistream") return takeMultistream(turn, peer, commit);
	// Section 4.2: an added stream with another mode is a software error.
	if (config.joins !== undefined) return turn.fail("modeMismatch");
	if (commit.mode === "Preshared") return takePreshared(turn, peer, commit);
	const suite = accept(config.suites, commit.codes);
	if (typeof suite === "string") return turn.fail(suite);

	const { mac } = primitives(session, suite);
	const keep = reuse?.keyAgreement === suite.keyAgreement;
	if (reuse && !keep) session.vault.drop(reuse.keyPair.privateKey);
	const keyPair = reuse && keep ? reuse.keyPair : takeKeyPair(session, suite);
	const ids = secretIds(mac, config.random, "responder", peer.secrets, ownAuxsecret(session));
	const dhPart1 = encodeDhPart("DHPart1", { h1: chain.h1, ids, pv: keyPair.publicKey }, (bytes) =>
		messageMac(provider, chain.h0, bytes),
	);
	if (!reuse) turn.emit({ type: "securing" });
	turn.send(dhPart1);
	return {
		name: "waitDHPart2",
		role: "responder",
		peer,
		suite,
		keyPair,
		commit: commit.bytes,
		hvi: commit.hvi,
		dhPart1,
		heardAt: turn.now,
		enteredAt: turn.now,
	};
}

function ownAuxsecret({ config: { auxsecret }, chain: { h3 } }: Session): Auxsecret | undefined {
	return auxsecret && { secret: auxsecret, h3 };
}

/** A pair that has never been used, made ahead where there is one. */
function takeKeyPair({ config, vault }: Session, { keyAgreement, cipher }: Suite): KeyPair {
	const keyPair =
		config.keyPairs?.(keyAgreement) ??
		KEY_AGREEMENTS[keyAgreement].of(config.provider).generate(config.random, CIPHERS[cipher].keyByteLength);
	vault.keep(keyPair.privateKey);
	return keyPair;
}
