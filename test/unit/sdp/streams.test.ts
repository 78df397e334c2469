/** Several audio streams in one description, sections that are keyed in SDP, RTCP on one port, IPv6. */

import { isIPv6 } from "sdp/address";
import type { KeyingLines, StreamKeys } from "sdp/keying";
import {
	answerStreams,
	isRejection,
	type LocalSession,
	type LocalStream,
	makeAnswer,
	makeOffer,
	offerStreams,
	readAnswer,
	readStreams,
} from "sdp/offer-answer";
import { equal, ok, test } from "test/harness";

const SESSION: LocalSession = { address: "192.0.2.10", sessionId: 7, version: 1 };
const FIRST: LocalStream = { port: 4000, codecs: ["PCMU", "PCMA"], zrtpHash: new Uint8Array(32).fill(1) };
const SECOND: LocalStream = { port: 4002, codecs: ["PCMU", "PCMA"], zrtpHash: new Uint8Array(32).fill(2) };

function sdp(...lines: readonly string[]): string {
	return ["v=0", "o=- 1 1 IN IP4 192.0.2.20", "s=-", "c=IN IP4 192.0.2.20", "t=0 0", ...lines, ""].join("\r\n");
}

function mLines(text: string): string[] {
	return text.split("\r\n").filter((line) => line.startsWith("m="));
}

/** Takes the first a=crypto of a section over SAVP, and says one of its own. */
const SAVP_KEYS: StreamKeys = {
	offer: () => lines("RTP/SAVP", ["1 S inline:ours"]),
	answer: (theirs) => {
		const [line] = theirs.crypto;
		if (line === undefined) return theirs.protocol === "RTP/AVP" ? lines("RTP/AVP", []) : { fault: "no key" };
		return lines(theirs.protocol, [`${line.split(" ")[0]} S inline:answer`]);
	},
	judge: (_, theirs) => (theirs.crypto.length === 1 ? undefined : "the answer has no key"),
};

function lines(protocol: KeyingLines["protocol"], crypto: readonly string[]): KeyingLines {
	return { protocol, crypto, fingerprints: [], setup: undefined };
}

test("two audio streams, each with a port and a hash of its own", () => {
	const offer = offerStreams(SESSION, [FIRST, SECOND]);
	equal(mLines(offer), ["m=audio 4000 RTP/AVP 0 8 101", "m=audio 4002 RTP/AVP 0 8 101"]);
	const other = { ...SESSION, address: "192.0.2.11" };
	const answer = answerStreams(offer, other, [
		{ ...FIRST, port: 5000 },
		{ ...SECOND, port: 5002 },
	]);
	ok(!isRejection(answer));
	equal(
		answer.streams.map((media) => media && [media.remotePort, media.zrtpHash?.[0]]),
		[
			[4000, 1],
			[4002, 2],
		],
	);
	const read = readStreams(offer, answer.text);
	ok(!isRejection(read));
	equal(
		read.map((media) => !isRejection(media) && [media.remotePort, media.zrtpHash?.[0]]),
		[
			[5000, 1],
			[5002, 2],
		],
	);
});

test("a peer that takes one of two: the second is refused alone, the next offer keeps both places", () => {
	const offer = offerStreams(SESSION, [FIRST, SECOND]);
	const answer = makeAnswer(offer, { ...SESSION, ...FIRST, port: 5000 });
	ok(!isRejection(answer));
	equal(mLines(answer.text), ["m=audio 5000 RTP/AVP 0 101", "m=audio 0 RTP/AVP 0 8 101"]);
	const read = readStreams(offer, answer.text);
	ok(!isRejection(read));
	equal(
		read.map((media) => (isRejection(media) ? media.reason : media.remotePort)),
		[5000, "the other party refused the audio"],
	);
	const next = offerStreams({ ...SESSION, version: 2, previous: offer }, [FIRST]);
	equal(mLines(next), ["m=audio 4000 RTP/AVP 0 8 101", "m=audio 0 RTP/AVP 0 8 101"]);
	const refused = readStreams(offer, sdp("m=audio 0 RTP/AVP 0", "m=audio 5002 RTP/AVP 0"));
	equal(isRejection(refused) && refused.reason, "the other party refused the audio", "without the first, no call");
});

test("a second stream that a re-INVITE adds", () => {
	const first = makeOffer({ ...SESSION, ...FIRST });
	const next = offerStreams({ ...SESSION, version: 2, previous: first }, [FIRST, SECOND]);
	equal(mLines(next), ["m=audio 4000 RTP/AVP 0 8 101", "m=audio 4002 RTP/AVP 0 8 101"]);
	const answer = answerStreams(next, SESSION, [FIRST]);
	ok(!isRejection(answer) && answer.streams.length === 1);
});

test("one voice over SAVP and over AVP: the keyed section is taken, and stays taken", () => {
	const offer = sdp("m=audio 5004 RTP/AVP 0", "m=audio 5006 RTP/SAVP 0", "a=crypto:3 S inline:x");
	const keyed = { ...SESSION, ...FIRST, keys: SAVP_KEYS };
	const answer = makeAnswer(offer, keyed);
	ok(!isRejection(answer));
	equal(mLines(answer.text), ["m=audio 0 RTP/AVP 0", "m=audio 4000 RTP/SAVP 0"]);
	ok(answer.text.includes("a=crypto:3 S inline:answer\r\n"), answer.text);
	equal([answer.media.profile, answer.media.keying?.theirs.crypto], ["RTP/SAVP", ["3 S inline:x"]]);
	// The AVP section is on again: the one in use goes on.
	const again = makeAnswer(offer, { ...keyed, version: 2, previous: answer.text });
	equal(!isRejection(again) && again.media.remotePort, 5006);
	equal(mLines(makeOffer({ ...keyed, version: 2, previous: answer.text })), [
		"m=audio 0 RTP/AVP 0",
		"m=audio 4000 RTP/SAVP 0 8 101",
	]);
	const plain = makeAnswer(offer, { ...SESSION, ...FIRST });
	equal(!isRejection(plain) && [plain.media.remotePort, plain.media.keying], [5004, undefined], "without keys, AVP");
});

test("an answer is judged by who keys the stream", () => {
	const offer = makeOffer({ ...SESSION, ...FIRST, keys: SAVP_KEYS });
	ok(offer.includes("m=audio 4000 RTP/SAVP 0 8 101\r\n") && offer.includes("a=crypto:1 S inline:ours\r\n"), offer);
	const good = readAnswer(offer, sdp("m=audio 5004 RTP/SAVP 0", "a=crypto:1 S inline:x"), SAVP_KEYS);
	equal(!isRejection(good) && good.keying?.ours.crypto, ["1 S inline:ours"]);
	const bad = readAnswer(offer, sdp("m=audio 5004 RTP/SAVP 0"), SAVP_KEYS);
	equal(isRejection(bad) && bad.reason, "the answer has no key");
});

test("fingerprints of the session count for a section that has none (RFC 8122 section 5)", () => {
	const seen: KeyingLines[] = [];
	const keys: StreamKeys = {
		...SAVP_KEYS,
		answer: (theirs) => {
			seen.push(theirs);
			return { ...lines(theirs.protocol, []), fingerprints: ["sha-256 00"], setup: "active" };
		},
	};
	const offer = sdp("a=fingerprint:sha-256 AA", "a=setup:actpass", "m=audio 5004 UDP/TLS/RTP/SAVPF 0");
	const answer = makeAnswer(offer, { ...SESSION, ...FIRST, keys });
	equal([seen[0]?.fingerprints, seen[0]?.setup], [["sha-256 AA"], "actpass"]);
	ok(!isRejection(answer) && answer.text.includes("UDP/TLS/RTP/SAVPF 0\r\n"));
	ok(answer.text.includes("a=fingerprint:sha-256 00\r\na=setup:active\r\n"), answer.text);
});

test("RTCP on the RTP port (RFC 5761 section 5.1)", () => {
	const offer = sdp("m=audio 5004 RTP/AVP 0", "a=rtcp-mux");
	const takes = makeAnswer(offer, { ...SESSION, ...FIRST, rtcpMux: "accept" });
	ok(!isRejection(takes) && takes.text.includes("a=rtcp-mux\r\n"));
	equal(takes.media.remoteRtcpPort, 5004);
	const not = makeAnswer(sdp("m=audio 5004 RTP/AVP 0"), { ...SESSION, ...FIRST, rtcpMux: "offer" });
	ok(!isRejection(not) && !not.text.includes("rtcp-mux"));
	equal(not.media.remoteRtcpPort, 5005);
	const ours = makeOffer({ ...SESSION, ...FIRST, rtcpMux: "offer" });
	const answered = readAnswer(ours, offer);
	equal(!isRejection(answered) && answered.remoteRtcpPort, 5004);
	const unasked = readAnswer(makeOffer({ ...SESSION, ...FIRST, rtcpMux: "accept" }), offer);
	equal(!isRejection(unasked) && unasked.remoteRtcpPort, 5005, "what was not offered is not taken");
});

test("IPv6: our own address decides the family", () => {
	const six = { ...SESSION, ...FIRST, address: "2001:db8::10" };
	const offer = makeOffer(six);
	ok(offer.includes("o=- 7 1 IN IP6 2001:db8::10\r\n") && offer.includes("c=IN IP6 2001:db8::10\r\n"), offer);
	const answer = makeAnswer(offer, { ...six, address: "2001:DB8::11" });
	equal(!isRejection(answer) && answer.media.remoteAddress, "2001:db8::10");
	const reasonOf = (connection: string): string | false => {
		const result = makeAnswer(sdp("m=audio 5004 RTP/AVP 0", `c=${connection}`), six);
		return isRejection(result) && result.reason;
	};
	equal(reasonOf("IN IP4 192.0.2.1"), "media over IPv4 is not supported where this phone has IPv6");
	equal(reasonOf("IN IP6 2001:db8::g"), "the media address 2001:db8::g is not an IPv6 address");
	equal(reasonOf("IN IP6 ff02::1"), "multicast media is not supported");
	equal(reasonOf("IN IP6 2001:db8::1%eth0"), "the media address 2001:db8::1%eth0 is not an IPv6 address");
	equal(reasonOf("IN IP6 ::192.0.2.256"), "the media address ::192.0.2.256 is not an IPv6 address");
	for (const dressed of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:201"])
		equal(reasonOf(`IN IP6 ${dressed}`), "media over IPv4 is not supported where this phone has IPv6", dressed);
	const addressOf = (text: string): string | false => {
		const result = makeAnswer(sdp("m=audio 5004 RTP/AVP 0", `c=IN IP6 ${text}`), six);
		return !isRejection(result) && result.media.remoteAddress;
	};
	for (const [written, same] of [
		["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
		["2001:db8::0:1", "2001:db8::1"],
		["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
		["2001:0:0:1:0:0:1:1", "2001::1:0:0:1:1"],
		["1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
		["1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"],
		["1:2:3:4:5:6:0::", "1:2:3:4:5:6::"],
		["ff::1", "ff::1"],
		["0:0:0:0:0:0:0:1", "::1"],
	] as const)
		equal(addressOf(written), same, written);
	const held = makeAnswer(sdp("m=audio 5004 RTP/AVP 0", "c=IN IP6 0:0:0:0:0:0:0:0"), six);
	ok(!isRejection(held));
	equal([held.media.remoteAddress, held.media.heldByPeer, held.media.direction], ["::", true, "recvonly"]);
	for (const good of ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1"])
		ok(isIPv6(good), good);
	for (const bad of [
		"",
		"1",
		":",
		":::",
		"1::2::3",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"12345::",
		"1:2:3:4:5:6:7::8",
	])
		ok(!isIPv6(bad), bad);
});
