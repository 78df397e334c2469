/** ICE's lines in offer and answer (RFC 8839). */

import { isRejection, type LocalMedia, makeAnswer, makeOffer, readAnswer } from "sdp/offer-answer";
import { equal, ok, test } from "test/harness";

const ICE = Object.freeze({
	ufrag: "abcd",
	pwd: "0123456789abcdef0123456789abcdef",
	candidates: Object.freeze([
		"1 1 UDP 2130706431 192.0.2.10 4000 typ host",
		"2 1 UDP 1694498815 198.51.100.7 40000 typ srflx raddr 192.0.2.10 rport 4000",
	]),
	lite: false,
});
const LOCAL: LocalMedia = {
	address: "192.0.2.10",
	port: 4000,
	sessionId: 7,
	version: 1,
	codecs: ["PCMU"],
	ice: ICE,
	rtcpMux: "offer",
};
const PEER: LocalMedia = {
	...LOCAL,
	address: "203.0.113.5",
	port: 5000,
	rtcpMux: "accept",
	ice: { ...ICE, ufrag: "wxyz", candidates: ["1 1 UDP 2130706431 203.0.113.5 5000 typ host"] },
};

test("both ends do ICE: each learns the other's lines", () => {
	const offer = makeOffer(LOCAL);
	ok(/\r\na=ice-ufrag:abcd\r\n/.test(offer) && /\r\na=ice-pwd:0123456789abcdef0123456789abcdef\r\n/.test(offer));
	const answer = makeAnswer(offer, PEER);
	ok(!isRejection(answer));
	equal(answer.media.ice, ICE);
	const media = readAnswer(offer, answer.text);
	ok(!isRejection(media));
	equal(media.ice?.ufrag, "wxyz");
	equal(media.ice?.candidates, ["1 1 UDP 2130706431 203.0.113.5 5000 typ host"]);
	equal(media.remoteRtcpPort, 5000);
});

test("an end that does none gets none, and hears of none", () => {
	const { ice: _, ...plain } = PEER;
	const offer = makeOffer(LOCAL);
	const answer = makeAnswer(offer, plain);
	ok(!isRejection(answer));
	equal([answer.media.ice, /ice-|candidate/.test(answer.text)], [undefined, false]);
	const media = readAnswer(offer, answer.text);
	ok(!isRejection(media));
	equal(media.ice, undefined);
	const other = makeAnswer(makeOffer(plain), LOCAL);
	ok(!isRejection(other));
	equal(/ice-|candidate/.test(other.text), false);
});

test("an address that is none of the candidates was changed on the way: no ICE, and the address counts (section 4.2.5)", () => {
	const offer = makeOffer(LOCAL).replace("c=IN IP4 192.0.2.10", "c=IN IP4 198.51.100.99");
	const answer = makeAnswer(offer, PEER);
	ok(!isRejection(answer));
	equal([answer.media.ice, answer.media.remoteAddress], [undefined, "198.51.100.99"]);
});

test("half of ICE is none", () => {
	for (const line of ["ice-ufrag", "ice-pwd"]) {
		const offer = makeOffer(LOCAL)
			.split("\r\n")
			.filter((text) => !text.startsWith(`a=${line}`))
			.join("\r\n");
		const answer = makeAnswer(offer, PEER);
		ok(!isRejection(answer));
		equal(answer.media.ice, undefined, line);
	}
});

test("behind a NAT the section names the outside, and where RTCP is if not beside it (RFC 3605)", () => {
	const offer = makeOffer({
		...LOCAL,
		rtcpMux: undefined,
		outside: { address: "198.51.100.7", port: 40000, rtcpPort: 40009 },
	});
	ok(/\r\nm=audio 40000 RTP\/AVP 0 101\r\nc=IN IP4 198\.51\.100\.7\r\n/.test(offer), offer);
	ok(/\r\na=rtcp:40009\r\n/.test(offer), offer);
	const { ice: _, ...plain } = PEER;
	const answer = makeAnswer(offer, plain);
	ok(!isRejection(answer));
	equal(
		[answer.media.remoteAddress, answer.media.remotePort, answer.media.remoteRtcpPort],
		["198.51.100.7", 40000, 40009],
	);
});

test("a=ice-lite of the session is told", () => {
	const offer = makeOffer(LOCAL).replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n");
	const answer = makeAnswer(offer, PEER);
	ok(!isRejection(answer));
	equal(answer.media.ice?.lite, true);
});
