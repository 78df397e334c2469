/** An exchange without a network, stopped with one message in flight: the place where a test steps in. */

import { Endpoint, type EndpointOptions } from "test/net/zrtp/endpoint";
import type { MessageType } from "zrtp/messages/frame";
import { decodeMessage, type Message } from "zrtp/messages/message";
import { decodePacket, encodePacket, type Packet } from "zrtp/packet";

export interface InFlight {
	readonly initiator: Endpoint;
	readonly responder: Endpoint;
	/** Who has sent `packet`, and who is about to receive it. */
	readonly sender: Endpoint;
	readonly receiver: Endpoint;
	readonly packet: Uint8Array;
	/** Every packet so far, by the type of its message. Hello is the initiator's. */
	readonly packets: ReadonlyMap<MessageType, Uint8Array>;
	readonly responderHello: Uint8Array;
}

export interface ExchangeOptions {
	readonly initiator?: Partial<EndpointOptions>;
	readonly responder?: Partial<EndpointOptions>;
	readonly seed?: number;
}

/** All at time 0. The responder never learns that its HelloACK was answered, so roles are fixed. */
export function upTo(type: MessageType, options: ExchangeOptions = {}): InFlight {
	const seed = options.seed ?? 100;
	const initiator = new Endpoint("alice", { seed, ...options.initiator });
	const responder = new Endpoint("bob", { seed: seed + 1, ...options.responder });
	initiator.start(0);
	responder.start(0);
	const hello = only(initiator);
	const responderHello = only(responder);
	responder.packet(0, hello);
	const helloAck = only(responder);
	initiator.packet(0, responderHello);
	only(initiator);
	const packets = new Map<MessageType, Uint8Array>([
		["Hello", hello],
		["HelloACK", helloAck],
	]);
	let [sender, receiver, packet] = [responder, initiator, helloAck];
	for (;;) {
		packets.set(messageOf(packet).type, packet);
		if (messageOf(packet).type === type)
			return { initiator, responder, sender, receiver, packet, packets, responderHello };
		receiver.packet(0, packet);
		[sender, receiver, packet] = [receiver, sender, only(receiver)];
	}
}

/** A whole exchange; both ends are secure. */
export function secured(options: ExchangeOptions = {}): InFlight {
	const flight = upTo("Conf2ACK", options);
	flight.receiver.packet(0, flight.packet);
	return flight;
}

/** The one packet in an outbox. */
export function only(end: Endpoint): Uint8Array {
	const [packet, ...more] = end.take();
	if (packet === undefined || more.length > 0)
		throw new Error(`${end.name} sent ${packet ? more.length + 1 : 0} packets`);
	return packet;
}

export function packetOf(bytes: Uint8Array): Packet {
	const packet = decodePacket(bytes);
	if (packet === undefined) throw new Error("no packet");
	return packet;
}

export function messageOf(bytes: Uint8Array): Message {
	const message = decodeMessage(packetOf(bytes).message);
	if (message === undefined) throw new Error("no message");
	return message;
}

/** The same packet with its message changed in place and its CRC made good. */
export function forged(bytes: Uint8Array, change: (message: Uint8Array) => void): Uint8Array {
	const packet = packetOf(bytes);
	change(packet.message);
	return encodePacket(packet);
}

/** The same packet with another message. */
export function withMessage(bytes: Uint8Array, message: Uint8Array): Uint8Array {
	return encodePacket({ ...packetOf(bytes), message });
}

/** The same packet from another source. */
export function fromSource(bytes: Uint8Array, ssrc: number): Uint8Array {
	return encodePacket({ ...packetOf(bytes), ssrc });
}

/** The types of the messages waiting in an outbox, which is emptied. */
export function sentTypes(end: Endpoint): readonly MessageType[] {
	return end.take().map((bytes) => messageOf(bytes).type);
}

/** Changes one octet, counted from the end when negative. */
export function flip(bytes: Uint8Array, offset: number): void {
	const index = offset < 0 ? bytes.length + offset : offset;
	bytes[index] = (bytes[index] ?? 0) ^ 1;
}
