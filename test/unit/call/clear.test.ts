/** Whole phones on loopback: encryption ended inside a call, and taken up again (RFC 6189 section 4.7.2). */
import { equal, ok, test } from "test/harness";
import { type Station, secured, sleep, until, withPair } from "test/unit/call/pair";

const ALLOWED = { session: { allowClear: true } } as const;

const clearSent = (station: Station): number => station.call.stats?.clearSent ?? 0;

/** Nothing of the phone's voice leaves, in whatever form. */
async function silent(station: Station): Promise<void> {
	await sleep(60);
	const before = [clearSent(station), station.call.stats?.encryptedSent];
	await sleep(200);
	equal([clearSent(station), station.call.stats?.encryptedSent], before);
}

async function encrypted(from: Station, to: Station): Promise<void> {
	const before = to.call.stats?.encryptedReceived ?? 0;
	await until("encrypted voice", () => (to.call.stats?.encryptedReceived ?? 0) > before + 3);
	equal(from.call.keying, "zrtp");
}

/** How often the phone played a tone of this name. */
function tones(station: Station): { readonly played: string[] } {
	const played: string[] = [];
	const { audio } = station;
	const play = audio.play.bind(audio);
	audio.play = (tone) => {
		played.push(tone);
		play(tone);
	};
	return { played };
}

test("the owner ends encryption: open lock, a sentence and a tone; the other end is asked before its microphone opens", () =>
	withPair(
		async (alice, bob) => {
			const [heardByAlice, heardByBob] = [tones(alice), tones(bob)];
			await secured(alice, bob);
			await encrypted(alice, bob);
			equal([alice.call.clear, bob.call.clear], ["possible", "possible"]);
			equal(alice.phone.encrypt(true), false, "it is encrypted");
			ok(alice.phone.encrypt(false));
			equal([alice.call.clear, alice.call.lock, alice.call.sas], ["asked", "open", undefined]);
			equal(alice.phone.encrypt(false), false, "once is enough");
			await until("cleared at both ends", () => alice.call.clear === "done" && bob.call.clear === "done");
			equal([alice.call.lock, alice.call.keying, alice.call.question], ["open", "none", undefined]);
			ok(alice.call.notice?.startsWith("You ended encryption"), alice.call.notice);
			equal([bob.call.lock, bob.call.question?.about], ["warning", "cleared"]);
			ok(bob.call.notice?.includes("The other phone ended encryption: the microphone is off"), bob.call.notice);
			await until("her voice in the clear", () => clearSent(alice) > 3);
			await silent(bob);
			equal(bob.call.stats?.clearReceived, 0, "what comes in the clear is not played before the owner agrees");
			bob.phone.decide("cleared", false);
			await silent(bob);
			bob.phone.decide("cleared", true);
			equal([bob.call.lock, bob.call.question], ["open", undefined]);
			ok(bob.call.notice?.includes("this call can be overheard"), bob.call.notice);
			await until("his voice in the clear", () => clearSent(bob) > 3 && (alice.call.stats?.clearReceived ?? 0) > 3);
			equal([heardByAlice.played.includes("warning"), heardByBob.played.includes("warning")], [true, true]);
		},
		{ ...ALLOWED, tone: 440 },
		{ ...ALLOWED, tone: 300 },
	));

test("back to secure from either end, the same words, no voice in the clear from then on", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			const { sas } = alice.call;
			alice.phone.verify(true);
			for (const [leaves, returns] of [
				[alice, bob],
				[bob, bob],
			] as const) {
				const heard = tones(alice);
				leaves.phone.encrypt(false);
				await until("cleared", () => alice.call.clear === "done" && bob.call.clear === "done");
				equal(alice.phone.state.calls[0]?.verified, true, "what the people have compared stays compared");
				ok(returns.phone.encrypt(true));
				await until("secure again", () => alice.call.keying === "zrtp" && bob.call.keying === "zrtp");
				equal([alice.call.sas, alice.call.lock, bob.call.lock], [sas, "verified", "closed"]);
				const clear = [clearSent(alice), clearSent(bob)];
				await encrypted(alice, bob);
				await encrypted(bob, alice);
				equal([clearSent(alice), clearSent(bob)], clear);
				equal([alice.call.question, bob.call.question], [undefined, undefined]);
				ok(heard.played.includes("secure"), heard.played.join(" "));
			}
		},
		{ ...ALLOWED, tone: 440 },
		{ ...ALLOWED, tone: 300 },
	));

test("a consent is for one end of encryption: after the way back and another end, the question comes again", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			for (let round = 0; round < 2; round++) {
				alice.phone.encrypt(false);
				await until("cleared", () => alice.call.clear === "done" && bob.call.clear === "done");
				equal(bob.call.question?.about, "cleared");
				bob.phone.decide("cleared", true);
				equal(bob.call.question, undefined);
				bob.phone.encrypt(true);
				await until("secure", () => alice.call.keying === "zrtp" && bob.call.keying === "zrtp");
			}
		},
		ALLOWED,
		ALLOWED,
	));

test("where one end does not allow it, the other cannot wish it, and keys stay on", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			equal([alice.call.clear, bob.call.clear], [undefined, "possible"]);
			equal(alice.phone.encrypt(false), false);
			equal(bob.phone.encrypt(false), true, "alice has said that she takes it");
			await until("cleared", () => alice.call.clear === "done");
		},
		ALLOWED,
		{},
	));

test("a phone that does not talk without encryption is silent after the other end's GoClear, and says why", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			alice.phone.encrypt(false);
			await until("cleared", () => bob.call.clear === "done");
			equal([bob.call.lock, bob.call.question], ["warning", undefined]);
			bob.phone.decide("cleared", true);
			await silent(bob);
			equal(bob.call.lock, "warning");
		},
		ALLOWED,
		{ ...ALLOWED, mandatory: true, tone: 300 },
	));

test("hold and mute while encryption is off: nothing opens by itself", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			alice.phone.encrypt(false);
			await until("cleared", () => bob.call.clear === "done");
			bob.phone.hold(true);
			await until("held", () => alice.call.state === "held");
			bob.phone.hold(false);
			await until("resumed", () => alice.call.state === "connected");
			bob.phone.mute(true);
			bob.phone.mute(false);
			await silent(bob);
			equal([bob.call.lock, bob.call.question?.about], ["warning", "cleared"]);
		},
		ALLOWED,
		{ ...ALLOWED, tone: 300 },
	));
