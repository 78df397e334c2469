/**
 * One line of the log for one packet: direction, type, length, sequence and what it means. No hash image, no hvi, no
 * public value, no MAC and no ID of a secret is in it, whatever the packet holds.
 */

import { ERROR_MEANINGS } from "./error-codes";
import { readFrame } from "./messages/frame";
import { decodeMessage, type Message } from "./messages/message";
import { decodePacket } from "./packet";

/**
 * `bytes` is a whole packet as it stood in the datagram. Undefined when it is no ZRTP packet or its CRC is wrong.
 * Example: `out Commit, 132 bytes, sequence 9: chooses S256 AES1 HS80 X255 B32`.
 */
export function describe(bytes: Uint8Array, direction: "in" | "out"): string | undefined {
	const packet = decodePacket(bytes);
	if (packet === undefined) return undefined;
	const message = decodeMessage(packet.message);
	const type = message?.type ?? printable(readFrame(packet.message)?.type ?? "");
	const head = `${direction} ${type || "message"}, ${bytes.length} bytes, sequence ${packet.sequence}`;
	return `${head}: ${message ? meaning(message) : "not understood"}`;
}

function meaning(message: Message): string {
	switch (message.type) {
		case "Hello": {
			const { hashes, ciphers, authTags, keyAgreements, sasTypes } = message;
			const lists = [hashes, ciphers, authTags, keyAgreements, sasTypes].map((list) => list.map(printable).join(" "));
			const flags = [
				message.signatureCapable ? "checks signatures" : "",
				message.mitm ? "is a device in the middle" : "",
				message.passive ? "never commits" : "",
			].filter((flag) => flag !== "");
			const offers = lists.map((list) => list || "the mandatory").join(", ");
			return [`ZRTP ${printable(message.version)}, "${message.clientId}" offers ${offers}`, ...flags].join("; ");
		}
		case "HelloACK":
			return "the Hello has arrived";
		case "Commit": {
			const { hash, cipher, authTag, keyAgreement, sasType } = message.codes;
			return `chooses ${[hash, cipher, authTag, keyAgreement, sasType].map(printable).join(" ")}`;
		}
		case "DHPart1":
			return "the responder's public value";
		case "DHPart2":
			return "the initiator's public value, as promised by its Commit";
		case "Confirm1":
			return "the responder has the keys; encrypted";
		case "Confirm2":
			return "the initiator has the keys; encrypted";
		case "Conf2ACK":
			return "the exchange is complete";
		case "Error": {
			const known = ERROR_MEANINGS[message.code];
			return `0x${message.code.toString(16)}${known === undefined ? "" : `, ${known}`}`;
		}
		case "ErrorACK":
			return "the Error has arrived";
		case "GoClear":
			return "asks to end encryption";
		case "ClearACK":
			return "encryption is ended";
		case "SASrelay":
			return "a device in the middle relays another party's SAS; encrypted";
		case "RelayACK":
			return "the relayed SAS has arrived";
		case "Ping":
			return "asks which endpoint this stream belongs to";
		case "PingACK":
			return "names the endpoint of this stream";
	}
}

/** A code of the wire in a log line: a stranger's bytes stay one short printable word. */
function printable(code: string): string {
	return code.replace(/[^!-~]/g, "?");
}
