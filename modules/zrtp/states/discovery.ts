/**
 * discovery: who is there, and does it speak ZRTP? (RFC 6189 sections 4.1, 6, 8.1)
 *
 * Arrives from: idle.
 * Sends: Hello on schedule T1, sooner when the peer's first Hello comes, longer once there is evidence of ZRTP; HelloACK for each of the peer's; then Commit.
 * Goes to: waitDHPart1 (we committed), waitDHPart2 (the peer did), failed; or stays, quiet, when nobody answered: a
 * late Hello, HelloACK or Commit is still welcome.
 */

import { equal } from "bytes/equal";
import { keepRecord } from "zrtp/cache";
import { takeCommit } from "zrtp/commitment";
import {
	EXTENDED_DISCOVERY_MS,
	FAILURES,
	HELLO_HASH_GRACE_MS,
	PROMPT_HELLO_MS,
	T1,
	VERSION,
	VERSION_SIGNIFICANT_LENGTH,
} from "zrtp/constants";
import { begin } from "zrtp/direct";
import { encodeError } from "zrtp/messages/error";
import type { Hello } from "zrtp/messages/hello";
import { encodeHelloAck } from "zrtp/messages/hello-ack";
import { isExhausted, type Retransmission, retransmitted, startRetransmission } from "zrtp/retransmission";
import type { Discovery, Peer, State } from "zrtp/session";
import { implicitHash } from "zrtp/suites";
import type { Handler, Turn } from "zrtp/turn";

/** T1 in full, with the wait after its last retransmission. */
const SHORT_DISCOVERY_MS = T1.firstMs + 2 * T1.firstMs + (T1.retransmissions - 2) * T1.capMs + T1.capMs;

export function startDiscovery(turn: Turn): Discovery {
	const { session, now } = turn;
	turn.send(session.hello);
	const evidence = session.peerHelloHash !== undefined;
	return {
		name: "discovery",
		startedAt: now,
		retransmission: startRetransmission(session.hello, T1, now),
		until: now + (evidence ? EXTENDED_DISCOVERY_MS : SHORT_DISCOVERY_MS),
		evidence,
		acknowledged: false,
		obstacle: undefined,
		held: undefined,
		peer: undefined,
	};
}

export const discovery = Object.freeze<Handler<Discovery>>({
	message(turn, state, received) {
		const { message } = received;
		switch (message.type) {
			case "Hello":
				return hearHello(turn, state, message, received.ssrc);
			case "HelloACK":
				return proceed(turn, acknowledge(withEvidence(state)));
			case "Commit": {
				if (!state.peer?.secretsLoaded) return state;
				return takeCommit(turn, state.peer, message) ?? state;
			}
			case "Ping":
				return withEvidence(state);
			case "Error":
				if (state.peer) return turn.failByPeer(message.code);
				turn.ignoreError();
				return withEvidence(state);
			default:
				return state;
		}
	},

	helloHash(turn, state) {
		const { peer, held } = state;
		const evident = withEvidence(state);
		// The Hello that was taken may be a forged one; the announced one gets a chance to come.
		if (peer && !isAnnounced(turn, peer.hello))
			return hold({ ...evident, peer: undefined }, peer.hello, peer.ssrc, turn.now);
		// The one that was held back may be the announced one after all.
		if (held && isAnnounced(turn, held.hello))
			return take(turn, { ...evident, held: undefined }, held.hello, held.ssrc);
		return evident;
	},

	secretsLoaded(turn, state, { secrets }) {
		const { peer } = state;
		if (peer === undefined || peer.secretsLoaded) return state;
		return proceed(turn, {
			...state,
			peer: { ...peer, secretsLoaded: true, secrets: keepRecord(turn.session, secrets) },
		});
	},

	firstStreamSecure: proceed,

	tick(turn, state) {
		const { now } = turn;
		const { held, until } = state;
		if (held && now >= held.until) {
			turn.warn("helloHashMismatch");
			return take(turn, { ...state, held: undefined }, held.hello, held.ssrc);
		}
		if (until !== undefined && now >= until) return giveUp(turn, state);
		const { retransmission } = state;
		if (retransmission === undefined || now < retransmission.nextAt) return state;
		if (!state.evidence && isExhausted(retransmission, now)) return state;
		turn.send(retransmission.message);
		return { ...state, retransmission: retransmitted(retransmission, now) };
	},

	wakeAt({ retransmission, until, held }) {
		const times = [until === undefined ? undefined : retransmission?.nextAt, until, held?.until];
		return times.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
	},
});

/** A Hello when none has been taken yet, or a repeat of the one that has. */
export function hearHello(turn: Turn, state: Discovery, hello: Hello, ssrc: number): State {
	const { peer } = state;
	if (peer) {
		if (!equal(peer.hello.bytes, hello.bytes)) {
			turn.warn("unexpectedHello");
			return state;
		}
		turn.send(encodeHelloAck());
		return state;
	}
	const awake = state.until === undefined ? startDiscovery(turn) : state;
	if (isAnnounced(turn, hello)) return take(turn, { ...awake, held: undefined }, hello, ssrc);
	// Not the announced one: the right one may still come, and a forged one must not keep it out (section 8.1).
	turn.send(encodeHelloAck());
	return hold(awake, hello, ssrc, turn.now);
}

/** Keeps a Hello that contradicts the announcement, for when no better one comes. */
function hold(state: Discovery, hello: Hello, ssrc: number, now: number): Discovery {
	return state.held ? state : { ...state, held: { hello, ssrc, until: now + HELLO_HASH_GRACE_MS } };
}

/** Takes a Hello as the peer's, if its version and identity allow it. */
function take(turn: Turn, state: Discovery, hello: Hello, ssrc: number): State {
	const { config } = turn.session;
	const evident = withEvidence(state);
	turn.send(encodeHelloAck());
	const order = compareVersions(hello.version, VERSION);
	if (order !== 0) {
		turn.warn("unsupportedVersion");
		// A newer peer will come down to our version; an older one cannot be helped, but others may be on the line.
		if (order < 0) turn.send(encodeError(FAILURES.unsupportedVersion));
		return { ...evident, obstacle: "unsupportedVersion" };
	}
	if (ssrc === config.ssrc) return turn.fail("ssrcCollision");
	if (equal(hello.zid, config.zid)) return turn.fail("equalZids");
	// An added stream has no cache of its own (section 4.4.3).
	const added = config.joins !== undefined;
	if (!added) turn.emit({ type: "loadSecrets", zid: hello.zid });
	const peer: Peer = { hello, ssrc, secretsLoaded: added, secrets: undefined };
	return proceed(turn, { ...evident, peer, retransmission: promptly(evident, turn.now) });
}

/** Our Hello may have come to a peer that was not listening yet. */
function promptly({ retransmission }: Discovery, now: number): Retransmission | undefined {
	return retransmission && { ...retransmission, nextAt: Math.min(retransmission.nextAt, now + PROMPT_HELLO_MS) };
}

/** Commits as soon as both Hellos are known to both ends and the cache has answered. */
function proceed(turn: Turn, state: Discovery): State {
	return state.acknowledged && state.peer?.secretsLoaded ? (begin(turn, state.peer) ?? state) : state;
}

/** Back from a GoClear with a whole exchange: both Hellos are known, what the cache holds now is not (section 4.7.2). */
export function rediscover(turn: Turn, { hello, ssrc }: Peer): Discovery {
	const { now } = turn;
	turn.emit({ type: "securing" });
	turn.emit({ type: "loadSecrets", zid: hello.zid });
	return {
		name: "discovery",
		startedAt: now,
		retransmission: undefined,
		until: now + EXTENDED_DISCOVERY_MS,
		evidence: true,
		acknowledged: true,
		obstacle: undefined,
		held: undefined,
		peer: { hello, ssrc, secretsLoaded: false, secrets: undefined },
	};
}

function acknowledge(state: Discovery): Discovery {
	return { ...state, acknowledged: true, retransmission: undefined };
}

/** The peer speaks ZRTP: retries span at least 12 s (section 6). */
function withEvidence(state: Discovery): Discovery {
	if (state.evidence) return state;
	const until = state.until === undefined ? undefined : state.startedAt + EXTENDED_DISCOVERY_MS;
	return { ...state, evidence: true, until };
}

function giveUp(turn: Turn, state: Discovery): Discovery {
	turn.emit({ type: "failed", code: state.obstacle ?? (state.evidence ? "timeout" : "noPeer") });
	return { ...state, retransmission: undefined, until: undefined };
}

function isAnnounced({ session: { config, peerHelloHash } }: Turn, hello: Hello): boolean {
	return peerHelloHash === undefined || equal(implicitHash(config.provider).digest(hello.bytes), peerHelloHash);
}

function compareVersions(a: string, b: string): number {
	const [x, y] = [a, b].map((version) => version.slice(0, VERSION_SIGNIFICANT_LENGTH));
	return x === y ? 0 : (x ?? "") < (y ?? "") ? -1 : 1;
}
