/** The known phones on the screen, over a real store: the list, one phone, names, forgetting. */
import { toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { equal, ok, test } from "test/harness";
import { MAX_PRINTABLE_LENGTH } from "ui/printable";
import { TEXT } from "ui/text";
import { momentText } from "ui/wording";
import { type Known, zidOf } from "./known";
import { CALL, IDLE, Stage, withCall } from "./scenes";

const LIST = ["soft4", "soft1"];
const RINGING = { ...CALL, direction: "incoming", state: "ringing", durationMs: 0 } as const;
const UNPAINTED = 0xf81f;

const differ = (a: Uint16Array, b: Uint16Array) => a.some((pixel, index) => pixel !== b[index]);

/** Bob is verified and was here today; Carol yesterday; the third has no name. */
function three(known: Known): void {
	known.meet(3, { daysAgo: 2, verified: false });
	known.meet(2, { daysAgo: 1, verified: false, name: "Carol" });
	known.meet(1, { daysAgo: 0, verified: true, name: "Bob", address: "sip:bob@example.org" });
}

function names(stage: Stage): (string | undefined)[] {
	return stage.known.phones.list().map(({ name }) => name);
}

test("from the idle screen to the list, a phone, and back by the same way; the hook leaves at once", () => {
	const stage = new Stage(IDLE, { known: three });
	const way: string[] = [];
	for (const key of ["soft4", "soft1", "soft1", "soft4", "soft3", "cancel", "soft4", "soft4"]) {
		stage.press(key);
		way.push(stage.ui.screen);
	}
	equal(way, ["info", "peers", "peer", "peers", "peers-menu", "peers", "info", "home"]);
	for (const keys of [[], ["ok"], ["ok", "soft1"], ["ok", "soft3"], ["soft3"], ["soft3", "ok"]]) {
		stage.press(...LIST, ...keys, "hook");
		equal(stage.ui.screen, "home");
	}
	equal(stage.phone.commands, []);
	stage.close();
});

test("nobody is known: nothing can be opened, the menu can", () => {
	const stage = new Stage(IDLE);
	stage.press(...LIST, "ok", "soft1", "down", "up", "5", "*", "#");
	equal(stage.ui.screen, "peers");
	stage.press("soft3");
	equal(stage.ui.screen, "peers-menu");
	stage.close();
});

test("a phone gets a name, another one, and loses it", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...LIST, "down", "down", "ok", "soft1");
	equal(stage.ui.screen, "rename");
	stage.type("dora");
	stage.press("soft1");
	equal(stage.ui.screen, "peer");
	equal(stage.known.store.lookup(zidOf(3))?.name, "dora");
	stage.press("soft1", "soft3", "soft3", "soft3", "soft3", "ok");
	equal(stage.known.store.lookup(zidOf(3))?.name, undefined);
	equal(stage.known.store.lookup(zidOf(3))?.rs1?.length, 32, "a name costs no secret");
	stage.press("soft1", "3", "cancel");
	equal(stage.known.store.lookup(zidOf(3))?.name, undefined);
	stage.close();
});

test("un-verify asks once, and is not offered for a phone that is not verified", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...LIST, "ok", "soft2");
	equal(stage.ui.screen, "confirm");
	stage.press("ok", "5", "down", "soft2", "soft3");
	equal(stage.ui.screen, "confirm", "only its own key says yes");
	stage.press("soft4");
	equal(stage.known.store.lookup(zidOf(1))?.verified, true);
	stage.press("soft2", "soft1");
	equal(stage.ui.screen, "peer");
	const after = stage.known.store.lookup(zidOf(1));
	equal([after?.verified, after?.name, after?.rs1?.length], [false, "Bob", 32]);
	stage.press("soft2");
	equal(stage.ui.screen, "peer");
	stage.close();
});

test("forget asks once, says what it means, and goes back to a list without that phone", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...LIST, "down", "ok", "soft3", "cancel");
	equal(names(stage), ["Bob", "Carol", undefined]);
	stage.press("soft3", "soft1");
	equal(stage.ui.screen, "peers");
	equal(names(stage), ["Bob", undefined]);
	equal(stage.known.store.lookup(zidOf(2)), undefined);
	ok(TEXT.forget.text.startsWith("The next call will be as with a new phone"));
	// What is selected now is the one that followed.
	stage.press("ok", "soft3", "soft1", "ok", "soft3", "soft1");
	equal(names(stage), []);
	equal(stage.ui.screen, "peers");
	stage.close();
});

test("what was forgotten over the panel is gone from the page about it, and the list follows", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...LIST);
	const before = stage.pixels();
	equal(stage.known.phones.rename(toHex(zidOf(1)), "Robert"), undefined);
	stage.show(IDLE);
	ok(differ(stage.pixels(), before));
	stage.press("down", "ok");
	equal(stage.known.phones.forget(toHex(zidOf(2))), undefined);
	stage.show(IDLE);
	stage.press("soft1", "soft2", "soft3");
	equal(stage.ui.screen, "peer");
	equal(stage.known.store.length, 2);
	stage.press("soft4");
	equal(stage.ui.screen, "peers");
	stage.close();
});

test("the selected phone stays selected when another comes before it", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...LIST, "down");
	stage.known.meet(9, { daysAgo: -1, verified: true, name: "Zoë" });
	stage.press("ok", "soft1");
	stage.press("soft3", "soft3", "soft3", "soft3", "soft3", "2", "soft1");
	equal(names(stage), ["Zoë", "Bob", "a", undefined]);
	stage.close();
});

test("digits go to the next name that begins so, star and hash by a page", () => {
	const stage = new Stage(IDLE, {
		known: (known) => {
			for (const [index, name] of ["Adam", "Bert", "Carl", "Dora", "Anna", "Eve", "Zoë"].entries())
				known.meet(index, { daysAgo: index, verified: false, name });
		},
	});
	/** Opens what is selected, renames it, and says who it was by who is missing. */
	const selected = (keys: readonly string[]) => {
		stage.press(...LIST, ...keys, "ok", "soft1", "2", "soft1", "hook");
		return names(stage).find((name) => name?.endsWith("a") && name !== "Dora" && name !== "Anna");
	};
	for (const [keys, expected] of [
		[["9"], "Zoëa"],
		[["3", "3"], "Evea"],
		[["#"], "Annaa"],
		[["#", "#", "#"], "Zoëaa"],
	] as const) {
		const found = selected(keys);
		ok(found !== undefined && names(stage).includes(expected), `${keys.join()} found ${names(stage).join()}`);
		const zid = stage.known.phones.list().find(({ name }) => name === expected)?.zid ?? "";
		if (expected !== "Zoëa") stage.known.phones.rename(zid, expected.slice(0, -1));
	}
	stage.close();
});

test("a call that rings comes before it all; in a call nothing but looking and naming is done", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...LIST, "ok", "soft3");
	stage.show(withCall(RINGING));
	equal(stage.ui.screen, "incoming");
	stage.press("soft1", "soft1");
	equal(stage.known.store.length, 3, "a key meant for the question answers the call");
	stage.show(withCall(CALL));
	const zid = toHex(zidOf(1));
	const { phones } = stage.known;
	for (const refused of [phones.refusal, phones.forget(zid), phones.unverify(zid), phones.erase()])
		ok(refused?.startsWith("not during a call"), refused);
	equal(phones.rename(zid, "Robert"), undefined);
	equal(stage.known.store.lookup(zidOf(1))?.verified, true);
	stage.close();
});

test("a page that was open when a call came by itself refuses too", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...LIST, "ok");
	// Answered by itself, before the screen heard of it.
	stage.show(withCall(CALL));
	equal(stage.ui.screen, "peer");
	for (const keys of [
		["soft3", "soft4"],
		["soft2", "soft4"],
	]) {
		stage.press(keys[0] ?? "");
		equal(stage.ui.screen, "message");
		stage.press(keys[1] ?? "");
		equal(stage.ui.screen, "peer");
	}
	stage.press("soft4", "soft3", "down", "down", "down", "ok");
	equal(stage.ui.screen, "message");
	equal(stage.known.store.length, 3);
	stage.close();
});

test("hostile names and addresses break no page, and stay in their place", () => {
	const hostile = [
		" ",
		"\u0000\u0007\u001b[31mred",
		"line\r\nforged: line",
		"W".repeat(64),
		"\u202emoc.elpmaxe@bob",
		"Z\u0351\u036b\u0343a\u0301\u0301l\u0338g\u0337o",
		"漢字 かな العربية",
		"\u{1f512} Verified",
		'"><script>alert(1)</script>',
		"%s%n%d$x",
	];
	for (const name of hostile) {
		const stage = new Stage(IDLE, {
			known: (known) => {
				known.meet(1, { daysAgo: 0, verified: false, name, address: `sip:${name}@${"x".repeat(300)}` });
				known.meet(2, { daysAgo: 0, verified: true, name });
			},
		});
		for (const keys of [LIST, ["ok"], ["down", "down"], ["soft1"], ["cancel"], ["soft2"], ["cancel"], ["soft3"]]) {
			stage.press(...keys);
			ok(!stage.pixels().includes(UNPAINTED), "something was not painted");
		}
		stage.close();
	}
	ok(MAX_PRINTABLE_LENGTH > 64);
});

test("a name that says verified wins no green and no shield", () => {
	const stage = new Stage(IDLE, {
		known: (known) => void known.meet(1, { daysAgo: 0, verified: false, name: "Verified Verified" }),
	});
	stage.press(...LIST);
	const good = stage.ui.canvas.color("good");
	equal(stage.pixels().filter((pixel) => pixel === good).length, 0);
	stage.press("ok");
	equal(stage.pixels().filter((pixel) => pixel === good).length, 0);
	stage.close();
});

test("a name typed is cut nowhere; one longer than flash holds is refused over the panel", () => {
	const stage = new Stage(IDLE, { known: three });
	const zid = toHex(zidOf(1));
	const { phones } = stage.known;
	equal(phones.rename(zid, "ë".repeat(32)), undefined);
	equal(stage.known.store.lookup(zidOf(1))?.name, "ë".repeat(32));
	ok(phones.rename(zid, "ë".repeat(33))?.includes("64 octets"));
	equal(utf8Encode(stage.known.store.lookup(zidOf(1))?.name ?? "").length, 64);
	equal(phones.rename("00".repeat(12), "x"), "no such phone is known");
	for (const wrong of ["", "00", "zz".repeat(12), "00".repeat(13)]) ok(phones.forget(wrong)?.includes("24 hex"));
	stage.close();
});

test("moments as people say them", () => {
	const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime() / 1000;
	const now = at(2026, 10, 20, 14, 7);
	equal(momentText(at(2026, 10, 20, 9, 5), now), "today 9:05");
	equal(momentText(at(2026, 10, 20, 0, 0), now), "today 0:00");
	equal(momentText(at(2026, 10, 19, 23, 59), now), "yesterday 23:59");
	equal(momentText(at(2026, 10, 18, 23, 59), now), "18 Nov 2026");
	equal(momentText(at(2025, 10, 20, 14, 7), now), "20 Nov 2025");
	// A clock that was set back.
	equal(momentText(at(2026, 10, 21, 0, 0), now), "21 Nov 2026");
	equal(momentText(at(2026, 10, 20, 9, 5), undefined), "20 Nov 2026");
});

test("a phone without a clock shows no times, and its list can be used", () => {
	const stage = new Stage(IDLE, {
		known: (known) => {
			known.rig.time = 0;
			known.meet(1, { daysAgo: 0, verified: true, name: "Bob" });
		},
	});
	equal(stage.known.phones.nowSec, undefined);
	equal(stage.known.phones.list()[0]?.lastSeenSec, undefined);
	stage.press(...LIST, "ok");
	equal(stage.ui.screen, "peer");
	stage.close();
});

test("1,000 phones: the list is read once, and a key costs no more than with ten", () => {
	/** Milliseconds for one key, of 200. */
	const perKey = (count: number) => {
		const stage = new Stage(IDLE, {
			sectors: 64,
			known: (known) => {
				for (let number = 0; number < count; number += 1)
					known.meet(number, { daysAgo: number / 100, verified: number % 3 === 0, name: `Phone ${number}` });
			},
		});
		equal(stage.known.store.length, count);
		const { flash } = stage.known.rig;
		stage.press(...LIST);
		equal(stage.ui.screen, "peers");
		let read = 0;
		const { read: original } = flash;
		Object.defineProperty(flash, "read", {
			value: (offset: number, byteLength: number) => {
				read += 1;
				return original.call(flash, offset, byteLength);
			},
		});
		const start = Date.now();
		for (let step = 0; step < 100; step += 1) stage.press("down", "#");
		const each = (Date.now() - start) / 200;
		equal(read, 0, "no key reads flash");
		equal(stage.known.phones.list().length, count);
		ok(read >= count, "the list does");
		// From the last to the first and back in sight.
		stage.press(...Array<string>(Math.ceil(count / 4) + 1).fill("*"), "ok");
		equal(stage.ui.screen, "peer");
		stage.press("soft1", "2", "soft1");
		equal(stage.known.phones.list()[0]?.name, "Phone 0a");
		stage.close();
		return each;
	};
	const few = perKey(10);
	const many = perKey(1000);
	ok(many < 4 * few + 5, `${many} ms for a key with 1,000 phones, ${few} ms with ten`);
});

test("every sentence about known phones is on the screen in full", () => {
	const stage = new Stage(IDLE);
	const { canvas } = stage.ui;
	const whole = (text: string, font: "small" | "body", lines: number) =>
		equal(canvas.wrap(text, font, 296, lines).join(" "), text);
	const { known, unverify, forget, passphrase, imported, erase, menu } = TEXT;
	for (const text of [unverify.text, forget.text, `1000 added, 1000 known already. ${imported.taken}`])
		whole(text, "body", 4);
	whole(`1000 added, 1000 known already, 10 without room. ${imported.other}`, "body", 4);
	whole(known.empty, "body", 3);
	whole(erase.done, "body", 4);
	whole(erase.text, "small", 4);
	whole(passphrase.keep, "small", 2);
	for (const text of [erase.type, erase.sure, passphrase.short, passphrase.differ, passphrase.rule])
		whole(text, "small", 1);
	for (const text of [passphrase.choose, passphrase.again, passphrase.enter]) whole(text, "body", 1);
	for (const text of [known.name, known.trust, known.memory, known.lastSeen, known.address, known.note])
		equal(canvas.fit(text, "small", 94), text);
	for (const text of [...Object.values(known.secret), known.enrolled]) equal(canvas.fit(text, "small", 200), text);
	for (const text of [menu.export, menu.import, menu.erase]) equal(canvas.fit(text, "body", 130), text);
	stage.close();
});
