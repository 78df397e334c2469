/** Packets that come as fast as they are read, as in a flood: timers, keys and everybody else must get their turn. */
import { now } from "board/clock";
import { utf8Encode } from "bytes/text";
import { Signalling } from "call/signalling";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import Audio from "hal/audio/audio";
import UDP from "hal/net/udp";
import { Log } from "log/log";
import { MediaStream } from "media/stream";
import { equal, test } from "test/harness";
import { HOME, zrtpPacket } from "test/unit/rtp/scene";
import Timer from "timer";

/** So many in one turn would be one that never ends. */
const ENOUGH = 300;

/** Time for the next packet to come in while this one is still being read. */
function dawdle(): void {
	const end = now() + 2;
	while (now() < end);
}

/** @param next has one more packet sent. @returns whether a timer fired before `ENOUGH` had been read */
function timerFires(begin: (onPacket: () => void) => () => void): Promise<boolean> {
	return new Promise((resolve) => {
		let read = 0;
		let over = false;
		const finish = (fired: boolean): void => {
			if (over) return;
			over = true;
			Timer.set(() => resolve(fired), 0);
		};
		const send = begin(() => {
			if (over) return;
			if (++read === ENOUGH) finish(false);
			send();
			dawdle();
		});
		for (let i = 0; i < 8; i++) send();
		Timer.set(() => finish(true), 50);
	});
}

test("SIP datagrams", async () => {
	const hand = new UDP({ address: HOME });
	const log = new Log({ now, levels: { sip: "debug" } });
	const signalling = new Signalling({
		agent: {
			provider: nativeProvider,
			random: hardwareRandom,
			userAgent: "test",
			accounts: [],
			contact: { address: HOME, port: 0 },
		},
		address: HOME,
		port: 0,
		log: log.area("sip"),
		now,
		onAction: () => {},
	});
	const junk = utf8Encode("what?\r\n\r\n");
	const fired = await timerFires((onPacket) => {
		log.listen((entry) => {
			if (entry.text.startsWith("in ")) onPacket();
		});
		return () => hand.write(junk, HOME, signalling.port);
	});
	signalling.close();
	hand.close();
	equal(fired, true);
});

test("ZRTP packets", async () => {
	const audio = new Audio({ microphone: { silence: true } });
	const log = new Log({ now: () => 0 }).area("media");
	const streams: MediaStream[] = [];
	const fired = await timerFires((onPacket) => {
		const [one, other] = [1, 2].map((ssrc) => {
			const onZrtp = ssrc === 2 ? onPacket : () => {};
			return new MediaStream({ address: HOME, port: 0, ssrc, audio, log, onZrtp, onSrtp: () => {} });
		});
		if (!one || !other) throw new Error("no streams");
		streams.push(one, other);
		one.connect({ address: HOME, port: other.port, rtcpPort: other.port + 1 });
		other.connect({ address: HOME, port: one.port, rtcpPort: one.port + 1 });
		return () => one.write(zrtpPacket(40));
	});
	for (const stream of streams) stream.close();
	audio.close();
	equal(fired, true);
});
