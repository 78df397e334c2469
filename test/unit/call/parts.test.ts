/** The small parts of a phone, each alone: what is dialled, what registrars said, the tones, the peer's name. */
import { now } from "board/clock";
import { accountFor, dialTarget } from "call/dial-target";
import { PeerName } from "call/peer-name";
import { Registrations } from "call/registrations";
import { type TonePlayer, Tones } from "call/tones";
import { type Entry, Log } from "log/log";
import { equal, ok, test } from "test/harness";
import { sleep } from "test/unit/call/pair";
import { numbered, Rig } from "test/unit/zrtp-store/rig";

function logged(): { log: Log; entries: Entry[] } {
	const entries: Entry[] = [];
	return { log: new Log({ now, onEntry: (entry) => entries.push(entry) }), entries };
}

test("what is dialled becomes a SIP URI, or nothing", () => {
	const aor = "sip:alice@example.org";
	for (const [text, uri] of [
		["sip:bob@example.net", "sip:bob@example.net"],
		["SIPS:bob@example.net:5061;transport=tls", "SIPS:bob@example.net:5061;transport=tls"],
		[" bob@example.net ", "sip:bob@example.net"],
		["bob", "sip:bob@example.org"],
		["+4930123", "sip:+4930123@example.org"],
		["*98#", "sip:*98%23@example.org"],
		["", undefined],
		["bob smith", undefined],
		["bob@", undefined],
		["@example.net", undefined],
		["a@b@c", undefined],
		["http://example.net/", undefined],
		["tel:+4930123", undefined],
		["bob?x=y", undefined],
	] as const)
		equal(dialTarget(text, aor), uri, text);
	equal(dialTarget("bob", undefined), undefined);
	equal(dialTarget("bob@example.net", undefined), "sip:bob@example.net");
});

test("registrations: each account's own state, with the reason where there is none", () => {
	const { log, entries } = logged();
	const registrar = { host: "pbx", port: 5060, transport: "udp" } as const;
	const account = { password: undefined, expiresSec: 60 };
	const registrations = new Registrations(
		[
			{ id: "1", aor: "sip:a@b", registrar, ...account },
			{ id: "2", aor: "sip:c@d", ...account },
			{ id: "3", aor: "sip:e@f", registrar, ...account },
		],
		log.area("sip"),
	);
	equal(registrations.accounts, ["1", "3"]);
	const other = { aor: "sip:e@f", ok: false, transport: "udp", reason: "registering" };
	equal(registrations.states, [{ ...other, aor: "sip:a@b" }, other]);
	registrations.note({ type: "registered", account: "1", expiresSec: 60 });
	equal(registrations.states, [{ aor: "sip:a@b", ok: true, transport: "udp" }, other]);
	registrations.note({ type: "registrationFailed", account: "1", status: 403, reason: "wrong password" });
	equal(registrations.states[0], { aor: "sip:a@b", ok: false, transport: "udp", reason: "wrong password" });
	registrations.note({ type: "registered", account: "1", expiresSec: 0 });
	equal(registrations.states[0]?.ok, false);
	registrations.note({ type: "registered", account: "2", expiresSec: 60 });
	registrations.note({ type: "registered", account: "9", expiresSec: 60 });
	equal(registrations.states.length, 2);
	equal(
		entries.map(({ level, text }) => `${level}: ${text}`),
		[
			"info: registered sip:a@b for 60 s",
			"warn: sip:a@b is not registered: wrong password",
			"info: no longer registered: sip:a@b",
		],
	);
});

test("one tone at a time; busy ends by itself, and not in the midst of another", async () => {
	const heard: string[] = [];
	const player: TonePlayer = { play: (tone) => void heard.push(tone), stop: () => void heard.push("-") };
	const tones = new Tones(player);
	tones.busy();
	await sleep(4800);
	tones.last("ring");
	await sleep(400);
	equal(heard, ["-", "busy", "-", "ring"]);
	tones.stop();
	tones.stop();
	heard.length = 0;
	tones.last("ringback");
	tones.busy();
	equal(heard, ["-", "ringback", "-", "busy"]);
	await sleep(5100);
	equal(heard, ["-", "ringback", "-", "busy", "-"]);
});

test("the owner's name for a peer: sought once, given at once, kept where it can be", () => {
	const rig = new Rig();
	const store = rig.open();
	const { log, entries } = logged();
	const [known, unknown] = [numbered(12, 1), numbered(12, 2)];
	store.commit(known, { rs1: new Uint8Array(32).fill(5), verified: true, name: "Bob" });
	const name = new PeerName(store, log.area("zrtp"));
	equal(name.given, undefined);
	name.learn(known);
	equal(name.given, "Bob");
	store.rename(known, "Robert");
	name.learn(known);
	equal(name.given, "Bob");
	name.give(known, "Rob");
	equal([name.given, store.lookup(known)?.name], ["Rob", "Rob"]);
	const stranger = new PeerName(store, log.area("zrtp"));
	stranger.learn(unknown);
	equal(stranger.given, undefined);
	stranger.give(unknown, "Eve");
	equal([stranger.given, store.list().length, entries.length], ["Eve", 1, 1]);
	rig.flash.close();
	const broken = new PeerName(store, log.area("zrtp"));
	broken.learn(known);
	equal(broken.given, undefined);
	broken.give(known, "Bob");
	equal(broken.given, "Bob");
	ok(entries.length === 3 && entries.every(({ level }) => level === "warn"));
});

test("a call leaves by the line whose domain it goes to, else by the first", () => {
	const lines = [{ aor: "sip:alice@Example.org" }, { aor: "sip:a@example.net;transport=tls" }];
	equal(accountFor("sip:bob@example.net", lines), lines[1]);
	equal(accountFor("sips:bob@EXAMPLE.ORG;user=phone", lines), lines[0]);
	equal(accountFor("sip:bob@192.0.2.7", lines), lines[0]);
	equal(accountFor("sip:bob@example.net", []), undefined);
});
