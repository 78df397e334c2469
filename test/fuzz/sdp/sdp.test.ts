/** Mutated session descriptions: nothing throws, and whatever is answered can be read back. */

import { isRejection, type LocalMedia, makeAnswer, makeOffer, readAnswer } from "sdp/offer-answer";
import { format, isSdpError, parse } from "sdp/sdp";
import { Mutator } from "test/fuzz/sip/mutate";
import { equal, ok, test } from "test/harness";

const LOCAL: LocalMedia = { address: "192.0.2.1", port: 4000, sessionId: 1, version: 1, codecs: ["PCMU", "PCMA"] };
const SEEDS: readonly string[] = [
	makeOffer({ ...LOCAL, zrtpHash: new Uint8Array(32) }),
	[
		"v=0",
		"o=user 18446744073709551615 1 IN IP4 192.0.2.20",
		"s=Talk",
		"c=IN IP4 192.0.2.20",
		"b=AS:380",
		"t=0 0",
		"a=rtcp-xr:rcvr-rtt=all:10000",
		"m=audio 7078 RTP/AVP 96 0 8 101",
		"a=rtpmap:96 opus/48000/2",
		"a=rtpmap:101 telephone-event/8000",
		"a=rtcp:7079 IN IP4 192.0.2.20",
		"a=sendonly",
		"m=video 9078/2 RTP/AVPF 97",
		"c=IN IP6 2001:db8::1",
		"",
	].join("\r\n"),
];

test(
	"thousands of mutated descriptions",
	() => {
		const mutator = new Mutator(7);
		let answered = 0;
		for (let i = 0; i < 4000; i++) {
			const text = mutator.mutate(mutator.pick(SEEDS));
			const sd = parse(text);
			if (!isSdpError(sd)) {
				const again = parse(format(sd));
				ok(!isSdpError(again), text);
				equal(again.media.length, sd.media.length);
			}
			const answer = makeAnswer(text, LOCAL);
			if (isRejection(answer)) {
				ok(answer.reason.length < 200 && !/[^ -~]/.test(answer.reason), answer.reason);
			} else {
				answered++;
				const own = parse(answer.text);
				ok(!isSdpError(own) && !isSdpError(sd) && own.media.length === sd.media.length, answer.text);
				const { remotePort, remoteRtcpPort, ptimeMs, codec } = answer.media;
				ok(remotePort > 0 && remotePort < 65536 && remoteRtcpPort > 0 && remoteRtcpPort < 65536);
				ok(ptimeMs >= 10 && ptimeMs <= 60 && codec.payloadType < 128);
				// The answer becomes the ground of our next offer.
				makeOffer({ ...LOCAL, previous: answer.text });
			}
			readAnswer(makeOffer(LOCAL), text);
		}
		ok(answered > 400 && answered < 3900, `${answered} of 4000 could be answered`);
	},
	{ timeoutMs: 300_000 },
);
