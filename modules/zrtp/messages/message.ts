/** From the bytes of a message to the one of the sixteen that it is (RFC 6189 section 5.1.1). */

import { type Ack, decodeAck } from "./acks";
import { type Commit, decodeCommit } from "./commit";
import { type Confirm, decodeConfirm } from "./confirm";
import { type DhPart, decodeDhPart } from "./dh-part";
import { decodeError, type ZrtpError } from "./error";
import { type MessageType, readFrame } from "./frame";
import { decodeGoClear, type GoClear } from "./go-clear";
import { decodeHello, type Hello } from "./hello";
import { decodePing, decodePingAck, type Ping, type PingAck } from "./ping";
import { decodeSasRelay, type SasRelay } from "./sas-relay";

export type Message = Hello | Commit | DhPart | Confirm | ZrtpError | GoClear | SasRelay | Ping | PingAck | Ack;

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
		case "Conf2ACK":
		case "ErrorACK":
		case "ClearACK":
		case "RelayACK":
			return decodeAck(type, frame);
		default:
			return unknown(type);
	}
}

/** A type of a later version. It is `never` to the compiler, so that no known type is forgotten above. */
function unknown(_type: never): undefined {
	return undefined;
}
