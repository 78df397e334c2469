/** What must hold of every secure call with linphonec, however it began and whatever the secrets said. */
import assert from "node:assert/strict";
import type { CallState } from "../../../modules/call/state";
import { heard, readWav } from "../../../scripts/simulator/tone";
import { clearVoice } from "./clear-voice";
import { LINPHONE_HZ, type Meeting, SOTTO_HZ } from "./meeting";

const MESSAGES = ["Hello", "HelloACK", "Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2", "Conf2ACK"];
/** RTP header and 20 ms of G.711, and the two lengths of an SRTP tag (RFC 6189 section 5.1.4). */
const PACKET_BYTE_LENGTH = 12 + 160;
const TAG_BYTE_LENGTHS: Readonly<Record<string, number>> = { HS32: 4, HS80: 10 };

export function assertSameSas(call: CallState, sas: { readonly text: string }): void {
	// linphonec writes the two words of B256 with a colon between them.
	const words = (text: string | undefined) => text?.split(/[\s:]+/).filter((word) => word !== "");
	assert.deepEqual(words(call.sas), words(sas.text), "the SAS at both ends");
}

/** tshark's word for every ZRTP message, and no voice in the clear. @param fewest voice packets that Sotto must have sent */
export function assertEncrypted(meeting: Meeting, authTags: readonly string[], fewest = 50): void {
	const { capture, sottoRtpPort } = meeting;
	const zrtp = capture.zrtp();
	assert.ok(zrtp.length >= MESSAGES.length, `tshark saw only ${zrtp.length} ZRTP packets`);
	assert.deepEqual(
		zrtp.filter((packet) => !packet.checksumGood),
		[],
		"ZRTP packets whose checksum tshark does not accept",
	);
	for (const type of MESSAGES)
		assert.ok(
			zrtp.some((packet) => packet.type === type),
			`tshark saw no ${type}`,
		);
	const unknown = zrtp.filter(({ type }) => !MESSAGES.includes(type)).map(({ type }) => type);
	assert.deepEqual(unknown, [], "ZRTP messages that are none of the exchange");
	assert.deepEqual(capture.faults("zrtp or sip"), [], "malformed packets");

	const voice = capture.rtp().filter((packet) => packet.sourcePort === sottoRtpPort);
	assert.ok(voice.length >= fewest, `Sotto sent only ${voice.length} voice packets`);
	assert.deepEqual(clearVoice(voice, SOTTO_HZ), [], "voice of Sotto in the clear");
	const lengths = authTags.map((tag) => PACKET_BYTE_LENGTH + (TAG_BYTE_LENGTHS[tag] ?? 0));
	const others = voice.map(({ bytes }) => bytes.length).filter((length) => !lengths.includes(length));
	assert.deepEqual(others, [], `lengths of voice packets other than ${lengths.join(" and ")}`);
}

export function assertHeard({ heardBySotto, heardByLinphone }: Meeting): void {
	assert.ok(heard(readWav(heardBySotto), LINPHONE_HZ), "Sotto heard linphonec");
	assert.ok(heard(readWav(heardByLinphone), SOTTO_HZ), "linphonec heard Sotto");
}
