/** The voice device from the VM: its choices, its errors, its clock. What a file holds is checked in C. */
import { now } from "board/clock";
import Audio, { type Microphone, type ToneName } from "hal/audio/audio";
import RTP from "hal/rtp/rtp";
import { equal, ok, test, throws } from "test/harness";
import { HOME, sleep, until } from "test/unit/rtp/scene";

test("without streams and tones the clock stands still", async () => {
	const audio = new Audio({ microphone: { tone: 440 } });
	await sleep(100);
	equal(audio.statistics.frames, 0);
	audio.close();
});

test("a tone runs the clock: fifty frames a second, until it is stopped", async () => {
	const audio = new Audio({});
	audio.play("ringback");
	const start = now();
	await sleep(1000);
	const { frames, lateFrames } = audio.statistics;
	const due = (now() - start) / 20;
	ok(Math.abs(frames + lateFrames - due) <= 6, `${frames} frames, ${lateFrames} late, ${due} due`);
	audio.stop();
	await sleep(60);
	const stopped = audio.statistics.frames;
	await sleep(100);
	equal(audio.statistics.frames, stopped);
	audio.close();
});

test("a tone that ends by itself stops the clock", async () => {
	const audio = new Audio({});
	audio.play("secure");
	await until("it was played", () => audio.statistics.frames >= 13);
	await sleep(150);
	ok(audio.statistics.frames <= 16, `${audio.statistics.frames} frames`);
	audio.close();
});

test("two streams share one device", async () => {
	const audio = new Audio({ microphone: { tone: 440 } });
	const one = new RTP({ address: HOME, port: 0, ssrc: 1, audio });
	const other = new RTP({ address: HOME, port: 0, ssrc: 2, audio });
	one.connect(HOME, other.port, 0);
	other.connect(HOME, one.port, 0);
	for (const rtp of [one, other]) {
		rtp.requireEncryption = false;
		rtp.allowClearReceive = true;
		rtp.microphone = "open";
	}
	await until("both heard", () => one.statistics.received > 12 && other.statistics.received > 12);
	one.close();
	const { sent } = other.statistics;
	await until("the other goes on", () => other.statistics.sent > sent);
	other.close();
	audio.close();
});

test("no device takes more streams than it can serve", () => {
	const audio = new Audio({});
	const streams = [1, 2, 3, 4, 5, 6, 7, 8].map((ssrc) => new RTP({ address: HOME, port: 0, ssrc, audio }));
	throws(() => new RTP({ address: HOME, port: 0, ssrc: 9, audio }), /no room for another stream/);
	for (const rtp of streams) rtp.close();
	new RTP({ address: HOME, port: 0, ssrc: 9, audio }).close();
	audio.close();
});

test("errors name the file or the value, and what was chosen before stays", () => {
	const audio = new Audio({ microphone: { tone: 440 } });
	const choose = (microphone: Microphone) => () => {
		audio.microphone = microphone;
	};
	throws(choose({ wav: "build/no-such-file.wav" }), /microphone: cannot read build\/no-such-file\.wav: No such file/);
	throws(choose({ wav: "package.json" }), /microphone: cannot use package\.json: it is not a WAV file/);
	throws(choose({ wav: "hal" }), /cannot use hal: it is not a file/);
	throws(choose({ wav: "x".repeat(2000) }), RangeError);
	throws(choose({ tone: 5000 }), RangeError);
	throws(choose({ tone: 440, levelDb: 3 }), RangeError);
	throws(() => {
		audio.speaker = { wav: "build/no-such-folder/out.wav" };
	}, /speaker: cannot record to build\/no-such-folder\/out\.wav: No such file/);
	throws(() => audio.play("engaged" as ToneName), RangeError);
	throws(() => {
		audio.volumePercent = 101;
	}, RangeError);
	equal(audio.volumePercent, 100);
	audio.volumePercent = 40;
	equal(audio.volumePercent, 40);
	throws(() => new Audio({ speaker: { wav: "hal" } }), /cannot record to hal/);
	audio.close();
});

test("the panel belongs to one device at a time", () => {
	const one = new Audio({ microphone: { panel: true }, speaker: { panel: true } });
	throws(() => new Audio({ microphone: { panel: true } }), /in use by another/);
	one.microphone = { silence: true };
	throws(() => new Audio({ microphone: { panel: true } }), /in use by another/);
	one.speaker = {};
	new Audio({ microphone: { panel: true } }).close();
	one.close();
});
