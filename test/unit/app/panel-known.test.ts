/** The known phones by the panel's words, over a real store: every command, every malformed one, and no passphrase in the log. */
import { Remote } from "app/remote";
import { SoundSystem } from "app/sound";
import { fromBase64 } from "bytes/base64";
import { toHex } from "bytes/hex";
import { latin1Decode } from "bytes/text";
import Audio from "hal/audio/audio";
import { Log } from "log/log";
import { equal, ok, test } from "test/harness";
import { Known, zidOf } from "test/unit/ui/known";
import { stateOf } from "test/unit/zrtp-store/rig";

const WORD = "harbour violin 7";
const BOB = toHex(zidOf(1));
const CAROL = toHex(zidOf(2));

interface Scene {
	readonly known: Known;
	/** What the panel is told about a message. */
	readonly ask: (message: unknown) => Record<string, unknown>;
	inCall: boolean;
}

function withKnown(body: (scene: Scene) => void, sectors = 4): void {
	const audio = new Audio({});
	const sent: string[] = [];
	const log = new Log({ now: () => 0 });
	const scene = { inCall: false } as { inCall: boolean };
	const known = new Known(() => scene.inCall, sectors);
	const remote = new Remote({
		phone: () => undefined,
		known: known.phones,
		sound: new SoundSystem(audio, false),
		log,
		send: (text) => void sent.push(text),
	});
	const ask = (message: unknown): Record<string, unknown> => {
		sent.length = 0;
		remote.receive(typeof message === "string" ? message : JSON.stringify(message));
		equal(sent.length, 1);
		return JSON.parse(sent[0] ?? "");
	};
	try {
		body(Object.assign(scene, { known, ask }));
		const said = [...log.entries(), ...known.log].map(({ text }) => text).join("\n");
		ok(!said.includes(WORD) && !said.includes("passphrase of mine"), said);
	} finally {
		known.close();
		audio.close();
	}
}

function two(known: Known): void {
	known.meet(2, { daysAgo: 1, verified: false });
	known.meet(1, { daysAgo: 0, verified: true, name: "Bob", address: "sip:bob@example.org" });
}

test("the list: last seen first, plain JSON without a key", () =>
	withKnown(({ known, ask }) => {
		equal(ask({ peers: true }), { peers: [] });
		two(known);
		const lastSeenSec = known.rig.time / 1000;
		const answer = ask({ peers: true });
		equal(answer.peers, [
			{ zid: BOB, verified: true, secret: "kept", addresses: ["sip:bob@example.org"], name: "Bob", lastSeenSec },
			{ zid: CAROL, verified: false, secret: "kept", addresses: [], lastSeenSec: lastSeenSec - 86_400 },
		]);
		known.store.setPbxSecret(zidOf(2), new Uint8Array(32).fill(5));
		known.store.setNote(zidOf(2), "Zimmer 4");
		const [, carol] = ask({ peers: true }).peers as Record<string, unknown>[];
		equal([carol?.gateway, carol?.note], [true, "Zimmer 4"]);
		equal(ask({ unenroll: CAROL }), { unenroll: CAROL });
		equal([known.phones.list()[1]?.gateway, known.store.pbxSecret(zidOf(2))], [undefined, undefined]);
		ok("error" in ask({ unenroll: "00" }));
		const secret = toHex(known.store.lookup(zidOf(1))?.rs1 ?? new Uint8Array(0));
		ok(secret.length === 64 && !JSON.stringify(answer).includes(secret));
	}));

test("rename, un-verify, forget", () =>
	withKnown(({ known, ask }) => {
		two(known);
		equal(ask({ rename: CAROL, name: "Carol" }), { rename: CAROL });
		equal(known.store.lookup(zidOf(2))?.name, "Carol");
		equal(ask({ rename: CAROL, name: " " }), { rename: CAROL });
		equal(known.store.lookup(zidOf(2))?.name, undefined);
		equal(ask({ unverify: BOB.toUpperCase() }), { unverify: BOB.toUpperCase() });
		equal(known.store.lookup(zidOf(1))?.verified, false);
		equal(ask({ forget: BOB }), { forget: BOB });
		equal(known.store.length, 1);
		equal(ask({ forget: BOB }), { error: "no such phone is known" });
		ok(known.events.length >= 4, "the state goes out");
	}));

test("export and import: to a new phone with its ZID, to one that knows somebody without secrets", () =>
	withKnown(({ known, ask }) => {
		two(known);
		const file = ask({ export: true, passphrase: WORD }).export;
		ok(typeof file === "string");
		const octets = fromBase64(file);
		ok(octets && !latin1Decode(octets).includes("Bob"));
		equal(ask({ import: file, passphrase: WORD }).import, { added: 0, kept: 2, leftOut: 0, ownZid: "same" });
		withKnown((fresh) => {
			equal(fresh.ask({ import: file, passphrase: WORD }).import, { added: 2, kept: 0, leftOut: 0, ownZid: "taken" });
			equal(stateOf(fresh.known.store), stateOf(known.store));
			equal(fresh.known.store.zid, known.store.zid);
		});
		withKnown((other) => {
			other.known.meet(9, { daysAgo: 3, verified: true });
			equal(other.ask({ import: file, passphrase: WORD }).import, { added: 2, kept: 0, leftOut: 0, ownZid: "other" });
			equal(other.known.store.lookup(zidOf(1))?.rs1, undefined);
		});
	}));

test("everything is erased only by its whole name", () =>
	withKnown(({ known, ask }) => {
		two(known);
		const { zid } = known.store;
		for (const erase of [true, "", "all", "Everything", null, 1, ["everything"]]) ok("error" in ask({ erase }));
		equal(known.store.length, 2);
		equal(ask({ erase: "everything" }), { erase: "everything" });
		equal([known.store.length, known.events.includes("erased")], [0, true]);
		ok(toHex(known.store.zid) !== toHex(zid));
	}));

test("in a call only looking and naming", () =>
	withKnown((scene) => {
		const { known, ask } = scene;
		two(known);
		const file = ask({ export: true, passphrase: WORD }).export;
		scene.inCall = true;
		const before = stateOf(known.store);
		for (const message of [
			{ unverify: BOB },
			{ forget: BOB },
			{ erase: "everything" },
			{ export: true, passphrase: WORD },
			{ import: file, passphrase: WORD },
		])
			equal(ask(message), { error: "not during a call: hang up first" });
		equal(stateOf(known.store), before);
		equal(ask({ rename: BOB, name: "Robert" }), { rename: BOB });
		ok(Array.isArray(ask({ peers: true }).peers));
	}));

test("what is wrong is answered in words and changes nothing", () =>
	withKnown(({ known, ask }) => {
		two(known);
		const file = String(ask({ export: true, passphrase: WORD }).export);
		const before = [toHex(known.store.zid), ...stateOf(known.store)];
		const wrong: readonly [unknown, RegExp][] = [
			[{ peers: false }, /takes true/],
			[{ peers: 1 }, /takes true/],
			[{ rename: BOB }, /^name takes text/],
			[{ rename: BOB, name: null }, /^name takes text/],
			[{ rename: BOB, name: { a: 1 } }, /^name takes text/],
			[{ rename: BOB, name: "x".repeat(65) }, /64 octets/],
			[{ rename: 7, name: "x" }, /takes a ZID/],
			[{ rename: "00".repeat(12), name: "x" }, /no such phone/],
			[{ rename: "__proto__", name: "x" }, /24 hexadecimal/],
			[{ unverify: "" }, /24 hexadecimal/],
			[{ unverify: "00".repeat(12) }, /no such phone/],
			[{ unverify: [BOB] }, /takes a ZID/],
			[{ forget: `${BOB}00` }, /24 hexadecimal/],
			[{ forget: true }, /takes a ZID/],
			[{ export: true }, /passphrase takes text/],
			[{ export: true, passphrase: 12345678 }, /passphrase takes text/],
			[{ export: false, passphrase: WORD }, /export takes true/],
			[{ export: true, passphrase: "seven77" }, /8 characters/],
			[{ import: file }, /passphrase takes text/],
			[{ import: file, passphrase: "passphrase of mine" }, /passphrase is not the one/],
			[{ import: `${file}=`, passphrase: WORD }, /base64/],
			[{ import: 1, passphrase: WORD }, /base64/],
			[{ import: "", passphrase: WORD }, /no file of peers/],
			[{ import: "AAAA", passphrase: WORD }, /no file of peers/],
			[{ import: file.slice(0, 200), passphrase: WORD }, /cut short/],
			[
				{ import: `${file.slice(0, 100)}${file[100] === "A" ? "B" : "A"}${file.slice(101)}`, passphrase: WORD },
				/damaged/,
			],
			[{ passphrase: WORD, export: true }, /no such command/],
		];
		for (const [message, reason] of wrong) {
			const answer = ask(message);
			ok(reason.test(String(answer.error)), `${JSON.stringify(message).slice(0, 60)}: ${JSON.stringify(answer)}`);
			ok(!JSON.stringify(answer).includes(WORD));
		}
		equal([toHex(known.store.zid), ...stateOf(known.store)], before);
	}));

test("1,000 phones pass the panel both ways in a moment", () =>
	withKnown(({ known, ask }) => {
		for (let number = 0; number < 1000; number += 1)
			known.meet(number, { daysAgo: 0, verified: true, name: `Phone ${number}`, address: `sip:${number}@example.org` });
		equal(known.store.length, 1000);
		const start = Date.now();
		equal((ask({ peers: true }).peers as unknown[]).length, 1000);
		const file = String(ask({ export: true, passphrase: WORD }).export);
		const message = JSON.stringify({ import: file, passphrase: WORD });
		ok(message.length < 512 * 1024, `${message.length} octets`);
		withKnown((fresh) => {
			equal(fresh.ask(message).import, { added: 1000, kept: 0, leftOut: 0, ownZid: "taken" });
		}, 64);
		ok(Date.now() - start < 20_000, `${Date.now() - start} ms`);
	}, 64));
