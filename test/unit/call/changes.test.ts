/** Whole phones on loopback: hold, resume, mute and digits inside a call, and the descriptions that say so. */

import { Negotiation, refusalOf } from "call/negotiation";
import { hardwareRandom } from "crypto/random";
import { isRejection, makeAnswer } from "sdp/offer-answer";
import { equal, ok, test } from "test/harness";
import { ended, type Station, secured, sleep, until, withPair } from "test/unit/call/pair";

const received = (station: Station): number => station.call.stats?.encryptedReceived ?? 0;

/** No more than what was on its way still comes. */
async function silent(from: Station, to: Station): Promise<void> {
	await sleep(60);
	const [sent, came] = [from.call.stats?.encryptedSent ?? 0, received(to)];
	await sleep(200);
	ok(
		(from.call.stats?.encryptedSent ?? 0) - sent <= 1,
		`${(from.call.stats?.encryptedSent ?? 0) - sent} packets were sent`,
	);
	ok(received(to) - came <= 1, `${received(to) - came} packets came`);
}

async function flowing(to: Station): Promise<void> {
	const before = received(to);
	await until("voice", () => received(to) > before + 3);
}

test("hold and resume from either end, under the same keys", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			const { sas } = alice.call;
			for (const [holder, held] of [
				[alice, bob],
				[bob, alice],
			] as const) {
				await flowing(held);
				holder.phone.hold(true);
				equal(holder.call.state, "held");
				await until("held there", () => held.call.state === "held");
				await silent(held, holder);
				equal([holder.call.lock, held.call.lock], ["closed", "closed"]);
				holder.phone.hold(false);
				await until("resumed", () => holder.call.state === "connected" && held.call.state === "connected");
				await flowing(holder);
				await flowing(held);
			}
			equal([alice.call.sas, bob.call.sas], [sas, sas]);
			for (const { call } of [alice, bob]) equal([call.stats?.clearSent, call.stats?.rejected], [0, 0]);
		},
		{ tone: 440 },
		{ tone: 300 },
	));

test("both hold: each resumes its own", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		alice.phone.hold(true);
		await until("held", () => bob.call.state === "held");
		bob.phone.hold(true);
		await sleep(100);
		alice.phone.hold(false);
		await sleep(100);
		equal([alice.call.state, bob.call.state], ["held", "held"]);
		bob.phone.hold(false);
		await until("resumed", () => alice.call.state === "connected" && bob.call.state === "connected");
		await flowing(bob);
	}));

test("a wish that comes while another is on its way is told after it", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		alice.phone.hold(true);
		alice.phone.hold(false);
		equal(alice.call.state, "connected");
		await sleep(300);
		equal([alice.call.state, bob.call.state], ["connected", "connected"]);
		ok(!alice.said.includes("did not accept the change"));
		alice.phone.hold(true);
		alice.phone.hold(false);
		alice.phone.hold(true);
		await sleep(300);
		equal([alice.call.state, bob.call.state], ["held", "held"]);
		alice.phone.hold(false);
		await until("resumed", () => bob.call.state === "connected");
		await flowing(bob);
	}));

test("both at once: one of them comes first, and in the end both know", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		alice.phone.hold(true);
		bob.phone.hold(true);
		// Glare is settled by waiting up to 4 s (RFC 3261 section 14.1).
		await until("settled", () => /in .* 200 OK.*INVITE/.test(alice.said.slice(-4000)), 10_000);
		await sleep(4500);
		equal([alice.call.state, bob.call.state], ["held", "held"]);
		alice.phone.hold(false);
		bob.phone.hold(false);
		await until("resumed", () => alice.call.state === "connected" && bob.call.state === "connected", 10_000);
		await flowing(bob);
	}));

test("hold before there is a call, while it rings, and after it: nothing", () =>
	withPair(async (alice, bob) => {
		alice.phone.hold(true);
		alice.phone.mute(true);
		alice.phone.dtmf("5");
		alice.phone.dial(bob.uri);
		alice.phone.hold(true);
		equal(alice.call.state, "ringing");
		await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
		bob.phone.hold(true);
		equal(bob.call.state, "ringing");
		alice.phone.hangup();
		await ended(alice, bob);
		alice.phone.hold(true);
		alice.phone.mute(true);
		equal([alice.call.state, alice.call.muted], ["ended", false]);
	}));

test("a hang-up while a change is on its way", () =>
	withPair(async (alice, bob) => {
		for (const [first, second] of [
			[alice, bob],
			[bob, alice],
			[alice, alice],
		] as const) {
			await secured(alice, bob);
			first.phone.hold(true);
			second.phone.hangup();
			await ended(alice, bob);
			await sleep(50);
		}
	}));

test("mute sends silence under keys and says so; mute before the answer stays", () =>
	withPair(async (alice, bob) => {
		alice.phone.dial(bob.uri);
		await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
		alice.phone.mute(true);
		equal(alice.call.muted, true);
		bob.phone.answer();
		await until("secure", () => alice.call.secureAfterMs !== undefined && bob.call.secureAfterMs !== undefined);
		equal([alice.call.muted, bob.call.muted], [true, false]);
		ok(alice.said.includes("microphone muted") && !alice.said.includes("microphone open"), alice.said);
		await flowing(bob);
		alice.phone.mute(false);
		equal(alice.call.muted, false);
		ok(alice.said.includes("microphone open"));
	}));

test("each description has a higher version than the one before, in one session, and offers keep their lines", () => {
	const streams = [{ rtpPort: 4000, helloHash: undefined }];
	const side = { streams, heldHere: false, expect: () => {} };
	const options = { side, address: "192.0.2.1", codecs: ["PCMU", "PCMA"] as const, random: hardwareRandom };
	const negotiation = new Negotiation(options);
	const peer = { address: "192.0.2.2", port: 5000, sessionId: 1, version: 0, codecs: ["PCMU"] as const };
	const session = (text: string): readonly string[] => /^o=- (\d+) (\d+) /m.exec(text)?.slice(1) ?? [];
	const texts: string[] = [];
	equal(negotiation.read("v=0"), undefined);
	for (const held of [false, true, false]) {
		side.heldHere = held;
		const offer = negotiation.offer();
		texts.push(offer);
		equal([negotiation.waiting, negotiation.heldTold], [true, held ? false : texts.length > 1]);
		const answer = makeAnswer(offer, peer);
		ok(!isRejection(answer));
		const media = negotiation.read(answer.text);
		ok(media && !isRejection(media));
		equal([media.direction, media.codec.name], [held ? "sendonly" : "sendrecv", "PCMU"]);
		equal([negotiation.waiting, negotiation.heldTold], [false, held]);
		// A second answer to one offer says nothing.
		equal(negotiation.read(answer.text), undefined);
	}
	side.heldHere = true;
	negotiation.offer();
	negotiation.withdraw();
	equal([negotiation.waiting, negotiation.heldTold], [false, false]);
	const answered = negotiation.answer(new Negotiation({ ...options, side: { ...side, heldHere: false } }).offer());
	ok(!isRejection(answered));
	texts.push(answered.text);
	equal(negotiation.heldTold, true);
	const ids = new Set(texts.map((text) => session(text)[0]));
	equal(ids.size, 1);
	const versions = texts.map((text) => Number(session(text)[1]));
	for (let index = 1; index < versions.length; index++)
		ok((versions[index] ?? 0) > (versions[index - 1] ?? 0), versions.join(" "));
	equal(
		texts.every((text) => text.match(/^m=/gm)?.length === 1),
		true,
	);
	const local = { address: "192.0.2.1", codecs: ["PCMA"] } as const;
	equal(refusalOf(texts[0] ?? "", local), undefined);
	equal(refusalOf((texts[0] ?? "").replace(/PCM/g, "XYZ").replace(/AVP 0 8/, "AVP 96 97"), local)?.reject, 488);
	equal(refusalOf("nonsense", local)?.reject, 400);
	equal(
		refusalOf(texts[0] ?? "", { ...local, address: "::1" })?.reason,
		"media over IPv4 is not supported where this phone has IPv6",
	);
});
