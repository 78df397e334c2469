/** From the bytes of a message to the one of the sixteen that it is (RFC 6189 section 5.1.1). */

import { type ClearAck, decodeClearAck } from "./clear-ack";
import { type Commit, decodeCommit } from "./commit";
import { type Conf2Ack, decodeConf2Ack } from "./conf2-ack";
import { type Confirm, decodeConfirm } from "./confirm";
import { type DhPart, decodeDhPart } from "./dh-part";
import { decodeError, type ZrtpError } from "./error";
import { decodeErrorAck, type ErrorAck } from "./error-ack";
import { type MessageType, readFrame } from "./frame";
import { decodeGoClear, type GoClear } from "./go-clear";
import { decodeHello, type Hello } from "./hello";
import { decodeHelloAck, type HelloAck } from "./hello-ack";
import { decodePing, type Ping } from "./ping";
import { decodePingAck, type PingAck } from "./ping-ack";
import { decodeRelayAck, type RelayAck } from "./relay-ack";
import { decodeSasRelay, type SasRelay } from "./sas-relay";

export type Message =
	| Hello
	| HelloAck
	| Commit
	| DhPart
	| Confirm
	| Conf2Ack
	| ZrtpError
	| ErrorAck
	| GoClear
	| ClearAck
	| SasRelay
	| RelayAck
	| Ping
	| PingAck;

/** Undefined: an unknown type, a wrong length, or content that cannot be. No MAC and no hash image has been checked. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
	const frame = readFrame(bytes);
	if (frame === undefined) return undefined;
	const type = frame.type as MessageType;
	switch (type) {
		case "Hello":
			return decodeHello(frame);
		case "Commit":
			return decodeCommit(frame);
		case "DHPart1":
		case "DHPart2":
			return decodeDhPart(type, frame);
		case "Confirm1":
		case "Confirm2":
			return decodeConfirm(type, frame);
		case "Error":
			return decodeError(frame);
		case "GoClear":
			return decodeGoClear(frame);
		case "SASrelay":
			return decodeSasRelay(frame);
		case "Ping":
			return decodePing(frame);
		case "PingACK":
			return decodePingAck(frame);
		case "HelloACK":
			return decodeHelloAck(frame);
		case "Conf2ACK":
			return decodeConf2Ack(frame);
		case "ErrorACK":
			return decodeErrorAck(frame);
		case "ClearACK":
			return decodeClearAck(frame);
		case "RelayACK":
			return decodeRelayAck(frame);
		default:
			return unknown(type);
	}
}

/** A type of a later version. It is `never` to the compiler, so that no known type is forgotten above. */
function unknown(_type: never): undefined {
	return undefined;
}
