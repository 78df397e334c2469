/** Offer and answer (RFC 3264), with the SDP of real phones. */

import {
	isRejection,
	type LocalMedia,
	makeAnswer,
	makeOffer,
	type NegotiatedMedia,
	type Rejection,
	readAnswer,
} from "sdp/offer-answer";
import { equal, ok, test } from "test/harness";

const HASH = new Uint8Array(32).map((_, i) => i);
const HASH_HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const LOCAL: LocalMedia = {
	address: "192.0.2.10",
	port: 4000,
	sessionId: 7,
	version: 1,
	codecs: ["PCMU", "PCMA"],
	zrtpHash: HASH,
};

function sdp(...lines: readonly string[]): string {
	return ["v=0", "o=- 1 1 IN IP4 192.0.2.20", "s=-", "c=IN IP4 192.0.2.20", "t=0 0", ...lines, ""].join("\r\n");
}

function answered(offer: string, local: LocalMedia = LOCAL): { text: string; media: NegotiatedMedia } {
	const answer = makeAnswer(offer, local);
	if (isRejection(answer)) throw new Error(answer.reason);
	return answer;
}

function refused(offer: string, local: LocalMedia = LOCAL): Rejection {
	const answer = makeAnswer(offer, local);
	if (!isRejection(answer)) throw new Error(answer.text);
	return answer;
}

function lines(text: string): string[] {
	return text.split("\r\n");
}

test("the offer", () => {
	equal(lines(makeOffer(LOCAL)), [
		"v=0",
		"o=- 7 1 IN IP4 192.0.2.10",
		"s=-",
		"c=IN IP4 192.0.2.10",
		"t=0 0",
		"m=audio 4000 RTP/AVP 0 8 101",
		"a=rtpmap:0 PCMU/8000",
		"a=rtpmap:8 PCMA/8000",
		"a=rtpmap:101 telephone-event/8000",
		"a=fmtp:101 0-15",
		"a=ptime:20",
		"a=sendrecv",
		`a=zrtp-hash:1.10 ${HASH_HEX}`,
		"",
	]);
	ok(!makeOffer({ ...LOCAL, zrtpHash: undefined }).includes("zrtp"));
	ok(makeOffer({ ...LOCAL, codecs: ["PCMA"] }).includes("m=audio 4000 RTP/AVP 8 101\r\n"));
});

/** What linphonec 5.1.65 offers with ZRTP on. */
const LINPHONE = sdp(
	"a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics",
	"a=record:off",
	"m=audio 27178 RTP/AVP 96 97 98 0 8 18 99 100 101",
	"a=rtpmap:96 opus/48000/2",
	"a=fmtp:96 useinbandfec=1",
	"a=rtpmap:97 speex/16000",
	"a=rtpmap:98 speex/8000",
	"a=fmtp:18 annexb=yes",
	"a=rtpmap:99 telephone-event/48000",
	"a=rtpmap:100 telephone-event/16000",
	"a=rtpmap:101 telephone-event/8000",
	`a=zrtp-hash:1.10 ${HASH_HEX}`,
	"a=rtcp:27179",
	"a=rtcp-fb:* trr-int 1000",
);

test("linphone's offer: PCMU, its telephone-event at 8000 Hz, its zrtp-hash", () => {
	const { text, media } = answered(LINPHONE);
	equal(media, {
		remoteAddress: "192.0.2.20",
		remotePort: 27178,
		remoteRtcpPort: 27179,
		codec: { name: "PCMU", payloadType: 0, clockRateHz: 8000 },
		ptimeMs: 20,
		telephoneEventPayloadType: 101,
		direction: "sendrecv",
		heldByPeer: false,
		zrtpHash: HASH,
		profile: "RTP/AVP",
	});
	ok(text.includes("m=audio 4000 RTP/AVP 0 101\r\n"), text);
});

test("both ends of one exchange agree", () => {
	const offer = makeOffer(LOCAL);
	const other: LocalMedia = { ...LOCAL, address: "192.0.2.11", port: 5000, codecs: ["PCMA"] };
	const answer = answered(offer, other);
	const media = readAnswer(offer, answer.text);
	ok(!isRejection(media));
	equal(media.codec, { name: "PCMA", payloadType: 8, clockRateHz: 8000 });
	equal(answer.media.codec, media.codec);
	equal([media.remoteAddress, media.remotePort, media.remoteRtcpPort], ["192.0.2.11", 5000, 5001]);
	equal([answer.media.remoteAddress, answer.media.remotePort], ["192.0.2.10", 4000]);
});

test("payload types: the offerer's order, dynamic numbers, upper and lower case", () => {
	equal(answered(sdp("m=audio 5004 RTP/AVP 8 0")).media.codec.name, "PCMA");
	const dynamic = sdp("m=audio 5004 RTP/AVP 97 96", "a=rtpmap:97 pcma/8000/1", "a=rtpmap:96 Telephone-Event/8000");
	const { text, media } = answered(dynamic);
	equal([media.codec.payloadType, media.telephoneEventPayloadType], [97, 96]);
	ok(text.includes("m=audio 4000 RTP/AVP 97 96\r\na=rtpmap:97 PCMA/8000\r\n"), text);
	// Payload type 0 that is something else is not PCMU.
	equal(refused(sdp("m=audio 5004 RTP/AVP 0", "a=rtpmap:0 G726-32/8000")).reason.slice(0, 18), "no codec in common");
});

test("hold and its answers (RFC 3264 sections 6.1, 8.4)", () => {
	const cases = [
		["sendonly", "recvonly", true],
		["recvonly", "sendonly", false],
		["inactive", "inactive", true],
		["sendrecv", "sendrecv", false],
	] as const;
	for (const [offered, direction, heldByPeer] of cases) {
		const { text, media } = answered(sdp("m=audio 5004 RTP/AVP 0", `a=${offered}`));
		equal([media.direction, media.heldByPeer], [direction, heldByPeer], offered);
		ok(text.includes(`a=${direction}\r\n`), offered);
	}
	equal(answered(sdp("a=sendonly", "m=audio 5004 RTP/AVP 0")).media.direction, "recvonly", "at session level");
	equal(answered(sdp("a=sendonly", "m=audio 5004 RTP/AVP 0", "a=sendrecv")).media.direction, "sendrecv");
	const old = answered(sdp("m=audio 5004 RTP/AVP 0", "c=IN IP4 0.0.0.0")).media;
	equal([old.direction, old.heldByPeer], ["recvonly", true], "0.0.0.0");
});

test("our own hold is kept whatever the peer offers", () => {
	const held: LocalMedia = { ...LOCAL, direction: "sendonly" };
	equal(answered(sdp("m=audio 5004 RTP/AVP 0"), held).media.direction, "sendonly");
	equal(answered(sdp("m=audio 5004 RTP/AVP 0", "a=sendonly"), held).media.direction, "inactive");
	const offer = makeOffer(held);
	const media = readAnswer(offer, answered(offer, { ...LOCAL, port: 5000 }).text);
	equal(!isRejection(media) && media.direction, "sendonly");
});

test("other streams are refused in their place (RFC 3264 section 6)", () => {
	const offer = sdp(
		"m=video 5000 RTP/AVP 96",
		"a=rtpmap:96 VP8/90000",
		"m=audio 5002 RTP/SAVP 0",
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x",
		"m=audio 5004 RTP/AVP 0",
		"m=audio 5006 RTP/AVP 8",
		"m=image 0 udptl t38",
	);
	const { text, media } = answered(offer);
	equal(media.remotePort, 5004);
	equal(
		lines(text).filter((line) => line.startsWith("m=")),
		[
			"m=video 0 RTP/AVP 96",
			"m=audio 0 RTP/SAVP 0",
			"m=audio 4000 RTP/AVP 0 101",
			"m=audio 0 RTP/AVP 8",
			"m=image 0 udptl t38",
		].map((line) => (line.startsWith("m=audio 4000") ? "m=audio 4000 RTP/AVP 0" : line)),
	);
});

test("our next offer keeps the streams of the last description in their order (RFC 3264 section 8)", () => {
	const first = answered(sdp("m=video 5000 RTP/AVP 96", "m=audio 5004 RTP/AVP 0")).text;
	const hold: LocalMedia = { ...LOCAL, version: 2, direction: "sendonly", previous: first };
	const offer = makeOffer(hold);
	equal(
		lines(offer).filter((line) => /^[mo]=/.test(line)),
		["o=- 7 2 IN IP4 192.0.2.10", "m=video 0 RTP/AVP 96", "m=audio 4000 RTP/AVP 0 8 101"],
	);
	const media = readAnswer(offer, sdp("m=video 0 RTP/AVP 96", "m=audio 5004 RTP/AVP 0", "a=recvonly"));
	equal(!isRejection(media) && [media.remotePort, media.direction], [5004, "sendonly"]);
});

test("what cannot be answered is refused with a reason", () => {
	const cases: readonly (readonly [string, number, string])[] = [
		["junk", 400, "SDP line 1: not of the form x=value"],
		[sdp(), 488, "there is no audio in the offer"],
		[sdp("m=video 5000 RTP/AVP 96"), 488, "there is no audio in the offer"],
		[sdp("m=audio 5004 RTP/AVP 18 3"), 488, "no codec in common (this phone has PCMU and PCMA)"],
		[sdp("m=audio 5004 RTP/SAVP 0"), 488, "the audio is offered over RTP/SAVP alone"],
		[sdp("m=audio 5004 UDP/TLS/RTP/SAVPF 0"), 488, "the audio is offered over UDP/TLS/RTP/SAVPF alone"],
		[sdp("m=audio 0 RTP/AVP 0"), 488, "the audio is switched off"],
		[sdp("m=audio 5004 RTP/AVP 0", "c=IN IP6 2001:db8::1"), 488, "media over IPv6 is not supported"],
		[
			sdp("m=audio 5004 RTP/AVP 0", "c=IN IP4 224.2.1.1/127"),
			488,
			"the media address 224.2.1.1/127 is not an IPv4 address",
		],
		[sdp("m=audio 5004 RTP/AVP 0", "c=IN IP4 224.2.1.1"), 488, "multicast media is not supported"],
		[sdp("m=audio 5004 RTP/AVP 0", "c=IN IP4 1.2.3.256"), 488, "the media address 1.2.3.256 is not an IPv4 address"],
		[
			sdp("m=audio 5004 RTP/AVP 0").replace("c=IN IP4 192.0.2.20\r\n", ""),
			488,
			"the description has no c= line for its audio",
		],
	];
	for (const [offer, status, reason] of cases) equal(refused(offer), { reject: status, reason });
});

test("answers that cannot be used are refused with a reason", () => {
	const offer = makeOffer(LOCAL);
	const cases: readonly (readonly [string, string])[] = [
		[sdp(), "the answer has fewer streams than the offer"],
		[sdp("m=audio 0 RTP/AVP 0"), "the other party refused the audio"],
		[sdp("m=audio 5004 RTP/SAVP 0"), "the audio is offered over RTP/SAVP alone"],
		[sdp("m=audio 5004 RTP/AVP 18"), "no codec in common (this phone has PCMU and PCMA)"],
		["", "SDP line 1: does not begin with v=0"],
	];
	for (const [answer, reason] of cases) {
		const media = readAnswer(offer, answer);
		equal(isRejection(media) && media.reason, reason);
	}
});

test("ptime, maxptime, rtcp (RFC 4566 section 6, RFC 3605)", () => {
	const ptime = (...attributes: string[]): number =>
		answered(sdp("m=audio 5004 RTP/AVP 0", ...attributes)).media.ptimeMs;
	equal(
		[ptime(), ptime("a=ptime:30"), ptime("a=ptime:25"), ptime("a=ptime:5"), ptime("a=ptime:500"), ptime("a=ptime:x")],
		[20, 30, 20, 10, 60, 20],
	);
	equal([ptime("a=maxptime:10"), ptime("a=ptime:40", "a=maxptime:30")], [10, 30]);
	const rtcp = (value: string): number =>
		answered(sdp("m=audio 5004 RTP/AVP 0", `a=rtcp:${value}`)).media.remoteRtcpPort;
	equal([rtcp("6000"), rtcp("6001 IN IP4 192.0.2.99"), rtcp("0"), rtcp("99999")], [6000, 6001, 5005, 5005]);
	// We do not multiplex: the answer leaves it out (RFC 5761 section 5.1.1).
	ok(!answered(sdp("m=audio 5004 RTP/AVP 0", "a=rtcp-mux")).text.includes("rtcp-mux"));
});

test("zrtp-hash: version 1.10 alone, the stream's before the session's (RFC 6189 section 8)", () => {
	const other = HASH_HEX.replace(/0/g, "f");
	const hash = (...all: readonly string[]): Uint8Array | undefined => answered(sdp(...all)).media.zrtpHash;
	const audio = "m=audio 5004 RTP/AVP 0";
	equal(hash(`a=zrtp-hash:1.10 ${HASH_HEX}`, audio), HASH, "of the session");
	equal(hash(`a=zrtp-hash:1.10 ${other}`, audio, `a=zrtp-hash:1.10 ${HASH_HEX.toUpperCase()}`), HASH);
	equal(hash(audio, `a=zrtp-hash:1.20 ${other}`, `a=zrtp-hash:1.10 ${HASH_HEX}`), HASH, "of two versions");
	for (const value of [`1.20 ${HASH_HEX}`, "1.10", `1.10 ${HASH_HEX}00`, `1.10 ${HASH_HEX.slice(2)}xy`, HASH_HEX])
		equal(hash(audio, `a=zrtp-hash:${value}`), undefined, value);
});
