/**
 * The ZRTP engine (RFC 6189): one step for one event. Packets come from call/, are unwrapped and checked as far as that
 * needs no state, and go to the state's handler; the actions that come back go to call/, which runs them.
 */

import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import { Association } from "./association";
import {
	CLIENT_ID_BYTE_LENGTH,
	ENDPOINT_HASH_BYTE_LENGTH,
	HASH_IMAGE_BYTE_LENGTH,
	SEQUENCE_START_MAXIMUM,
	VERSION,
	ZID_BYTE_LENGTH,
} from "./constants";
import { makeHashChain, messageMac } from "./hash-chain";
import { MULTISTREAM_CODE, PRESHARED_CODE } from "./messages/commit";
import { encodeHello } from "./messages/hello";
import { decodeMessage } from "./messages/message";
import { encodePingAck } from "./messages/ping-ack";
import { decodePacket } from "./packet";
import type { Session, State, StateName } from "./session";
import { agreeing } from "./states/agreeing";
import { cleared, waitClearAck } from "./states/clearing";
import { discovery } from "./states/discovery";
import { failed, idle, stopped } from "./states/quiet";
import { secure } from "./states/secure";
import { waitConf2Ack } from "./states/wait-conf2ack";
import { waitConfirm1 } from "./states/wait-confirm1";
import { waitConfirm2 } from "./states/wait-confirm2";
import { waitDhPart1 } from "./states/wait-dh-part1";
import { waitDhPart2 } from "./states/wait-dh-part2";
import { waitDirectConfirm1 } from "./states/wait-direct-confirm1";
import { available, implicitHash } from "./suites";
import { type Handler, Turn } from "./turn";
import type { Action, Event, SessionConfig } from "./types";
import { Vault } from "./vault";

export type { Session } from "./session";

type HandlerOf<N extends StateName> = Handler<Extract<State, { name: N }>>;

const HANDLERS = Object.freeze({
	idle,
	discovery,
	waitDirectConfirm1,
	waitDHPart1: waitDhPart1,
	waitConfirm1,
	waitConf2ACK: waitConf2Ack,
	waitDHPart2: waitDhPart2,
	agreeing,
	waitConfirm2,
	secure,
	waitClearACK: waitClearAck,
	cleared,
	failed,
	stopped,
} satisfies { [N in StateName]: HandlerOf<N> });

/**
 * A session for one media stream. Its Hello is made at once, so that signalling can announce `helloHash` before `start`.
 * @throws RangeError for a ZID, SSRC, hash or list of the wrong size
 */
export function createSession(given: SessionConfig): Session {
	const config = { ...given, suites: available(given.provider, given.suites) };
	const { provider, random, suites } = config;
	check("zid", config.zid.length, ZID_BYTE_LENGTH);
	if (config.peerHelloHash) check("peerHelloHash", config.peerHelloHash.length, HASH_IMAGE_BYTE_LENGTH);
	const vault = new Vault();
	const chain = makeHashChain(provider, random);
	for (const image of [chain.h0, chain.h1, chain.h2]) vault.keep(image);
	const hello = encodeHello(
		{
			version: VERSION,
			clientId: config.clientId.replace(/[^ -~]/g, "?").slice(0, CLIENT_ID_BYTE_LENGTH),
			h3: chain.h3,
			zid: config.zid,
			...suites,
			mitm: config.mitm === true,
			keyAgreements: offeredKeyAgreements(config),
		},
		(bytes) => messageMac(provider, chain.h2, bytes),
	);
	const [high = 0, low = 0] = random(2);
	return {
		config,
		hello,
		helloHash: implicitHash(provider).digest(hello),
		chain,
		vault,
		association: config.joins ?? new Association(),
		continuity: undefined,
		warned: new Set(),
		sequence: 1 + (((high << 8) | low) % SEQUENCE_START_MAXIMUM),
		peerHelloHash: config.peerHelloHash,
		keysInstalled: false,
		wakeAt: undefined,
		state: { name: "idle", early: undefined },
	};
}

/** Multistream is always offered (section 5.1.5), Preshared where the owner wants it. */
function offeredKeyAgreements({ suites, preshared }: SessionConfig): readonly string[] {
	return [...suites.keyAgreements, MULTISTREAM_CODE, ...(preshared === true ? [PRESHARED_CODE] : [])];
}

/** Takes one event and returns what is to be done about it, in order. What a packet says never throws. */
export function step(session: Session, event: Event): readonly Action[] {
	const turn = new Turn(session, event.now);
	session.state = next(turn, session.state, event);
	const wakeAt = handlerOf(session.state).wakeAt?.(session.state);
	if (wakeAt !== session.wakeAt) {
		session.wakeAt = wakeAt;
		turn.emit({ type: "wakeAt", at: wakeAt });
	}
	return turn.actions;
}

function next(turn: Turn, state: State, event: Event): State {
	const { session } = turn;
	const handler = handlerOf(state);
	switch (event.type) {
		case "packet":
			return receive(turn, state, event.bytes);
		case "start":
			return handler.start?.(turn, state) ?? state;
		case "tick":
			return handler.tick?.(turn, state) ?? state;
		case "helloHash":
			check("helloHash", event.hash.length, HASH_IMAGE_BYTE_LENGTH);
			session.peerHelloHash = event.hash;
			return hearHelloHash(turn, state);
		case "secretsLoaded":
			return handler.secretsLoaded?.(turn, state, event) ?? state;
		case "secretsSaved":
			if (!event.saved) turn.warn("secretsNotSaved");
			return state;
		case "agreed": {
			const after = handler.agreed?.(turn, state, event) ?? state;
			wipe(event.sharedSecret);
			return after;
		}
		case "srtpReceived":
			return handler.srtpReceived?.(turn, state) ?? state;
		case "sasVerified":
			return handler.sasVerified?.(turn, state, event) ?? state;
		case "sasMismatch":
			return handler.sasMismatch?.(turn, state) ?? state;
		case "clear":
			return handler.clear?.(turn, state) ?? state;
		case "firstStreamSecure":
			return handler.firstStreamSecure?.(turn, state) ?? state;
		case "goSecure":
			return handler.goSecure?.(turn, state) ?? state;
		case "enrolled":
			return handler.enrolled?.(turn, state, event) ?? state;
		case "relaySas":
			return handler.relaySas?.(turn, state, event) ?? state;
		case "stop":
			session.vault.wipe();
			if (session.config.joins === undefined) session.association.close();
			if (session.keysInstalled) turn.emit({ type: "clearKeys" });
			session.keysInstalled = false;
			return { name: "stopped" };
	}
}

/** Everything about a packet that no state decides. */
function receive(turn: Turn, state: State, bytes: Uint8Array): State {
	const { session } = turn;
	if (state.name === "stopped") return state;
	const packet = decodePacket(bytes);
	const message = packet && decodeMessage(packet.message);
	if (packet === undefined || message === undefined) {
		turn.warn("malformed");
		return state;
	}
	const { ssrc } = packet;
	if (message.type === "Ping") {
		turn.send(
			encodePingAck({
				endpointHash: session.config.zid.subarray(0, ENDPOINT_HASH_BYTE_LENGTH),
				pingEndpointHash: message.endpointHash,
				pingSsrc: ssrc,
			}),
		);
	} else if (message.type === "Hello") {
		// Our own Hello, sent back by something on the way, says nothing about anybody.
		if (equal(message.bytes, session.hello)) return state;
	} else if (ssrc === session.config.ssrc || ("peer" in state && state.peer && ssrc !== state.peer.ssrc)) {
		turn.warn("strangeSource");
		return state;
	}
	return handlerOf(state).message?.(turn, state, { message, ssrc }) ?? state;
}

/** Signalling brought the hash: discovery decides with it, later states can only compare (section 8.1). */
function hearHelloHash(turn: Turn, state: State): State {
	const { session } = turn;
	const handler = handlerOf(state);
	if (handler.helloHash) return handler.helloHash(turn, state);
	if ("peer" in state && state.peer && session.peerHelloHash) {
		const actual = implicitHash(session.config.provider).digest(state.peer.hello.bytes);
		if (!equal(actual, session.peerHelloHash)) turn.warn("helloHashMismatch");
	}
	return state;
}

/** The handler of exactly this state: HANDLERS has one for each name, which the compiler cannot follow by itself. */
function handlerOf<S extends State>(state: S): Handler<S> {
	return HANDLERS[state.name] as Handler<S>;
}

function check(name: string, byteLength: number, expected: number): void {
	if (byteLength !== expected) throw new RangeError(`${name}: ${byteLength} bytes, expected ${expected}`);
}
