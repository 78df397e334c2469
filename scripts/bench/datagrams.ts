/** Reads the datagrams of a capture and finds when keys were on: the measure is the wire, the same for every phone. */
import type { UdpPacket } from "../../test/interop/peers/capture";

const ZRTP_COOKIE = "ZRTP";
/** 12 octets of RTP header and 20 ms of G.711; an encrypted packet carries a tag of 4 or 10 on top. */
const CLEAR_BYTE_LENGTH = 172;
const ENCRYPTED_BYTE_LENGTHS: readonly number[] = [CLEAR_BYTE_LENGTH + 4, CLEAR_BYTE_LENGTH + 10];

function isHello({ bytes }: UdpPacket): boolean {
	return (
		bytes.length >= 32 &&
		bytes.toString("latin1", 4, 8) === ZRTP_COOKIE &&
		bytes.toString("latin1", 16, 21) === "Hello" &&
		bytes[21] === 0x20
	);
}

function isEncryptedVoice({ bytes }: UdpPacket): boolean {
	return (bytes[0] ?? 0) >> 6 === 2 && ENCRYPTED_BYTE_LENGTHS.includes(bytes.length) && ((bytes[1] ?? 0) & 0x7f) < 72;
}

/**
 * Milliseconds from the first ZRTP Hello to the first encrypted voice packet of the slower direction.
 * @throws {Error} saying what the capture lacks
 */
export function helloToEncryptedMs(packets: readonly UdpPacket[]): number {
	const hello = packets.find(isHello);
	if (!hello) throw new Error("no Hello in the capture");
	const firstOf = new Map<number, number>();
	for (const packet of packets)
		if (isEncryptedVoice(packet) && !firstOf.has(packet.sourcePort)) firstOf.set(packet.sourcePort, packet.timeSec);
	if (firstOf.size !== 2) throw new Error(`encrypted voice from ${firstOf.size} ports, not from both ends`);
	return (Math.max(...firstOf.values()) - hello.timeSec) * 1000;
}
