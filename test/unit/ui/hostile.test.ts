import { equal, ok, test } from "test/harness";
import type { Canvas } from "ui/canvas";
import { printable } from "ui/printable";
import { FONTS, type FontName } from "ui/theme";
import { CALL, IDLE, MISMATCH, SECURE, Stage, withCall } from "./scenes";

const HOSTILE: readonly string[] = [
	"",
	" ",
	"\u0000\u0001\u0007\u001b[31mred",
	"line\r\nforged: line\u2028next",
	"W".repeat(5000),
	"i".repeat(5000),
	"word ".repeat(2000),
	"\u{1f600}\u{1f512} locked \u{1f512}",
	"\u202emoc.elpmaxe@bob\u202c",
	"Z\u0351\u036b\u0343\u036a\u0302a\u0301\u0301\u0301\u0301l\u0338g\u0337o",
	"\ud800\udfff\ud83d",
	"漢字 かな العربية עברית",
	"a\u00ad\u200bb\u200dc\ufeff",
	'"><script>alert(1)</script>',
	"%s%n%d$x",
	"sip:".repeat(100),
	"👩‍👩‍👧‍👦".repeat(50),
];

const isKnown = () => false;

test("controls, marks, joiners and directions go; what the font lacks is a question mark; spaces are one kind", () => {
	equal(printable("a\u0000b\u001bc\u007fd\u009fe", isKnown), "abcde");
	equal(printable("a\tb\r\nc\u00a0d\u2003e", isKnown), "a b  c d e");
	equal(printable("\u202eabc\u2066d\u200fe\u061cf", isKnown), "abcdef");
	equal(printable("e\u0301\u200d\ufe0f\u00ad", isKnown), "e");
	equal(printable("\u{1f512}é", isKnown), "??");
	equal(
		printable("é", () => true),
		"é",
	);
	equal(printable("\ud800x\udc00", isKnown), "?x?");
	equal(printable("x".repeat(10_000), isKnown).length, 160);
});

function checkLines(canvas: Canvas, text: string, font: FontName, width: number): void {
	const fitted = canvas.fit(text, font, width);
	ok(canvas.textWidth(fitted, font) <= width, `fit ${font} ${width}: ${fitted}`);
	const end = canvas.fitEnd(text, font, Math.max(width, 20));
	ok(canvas.textWidth(end, font) <= Math.max(width, 20), `fitEnd ${font} ${width}: ${end}`);
	for (const lines of [1, 3]) {
		const wrapped = canvas.wrap(text, font, width, lines);
		ok(wrapped.length <= lines, `${wrapped.length} lines`);
		for (const line of wrapped) ok(canvas.textWidth(line, font) <= width, `wrap ${font} ${width}: ${line}`);
	}
}

test("any text fits any box: cut, cut at its beginning, or wrapped", () => {
	const stage = new Stage(IDLE);
	for (const text of HOSTILE)
		for (const font of Object.keys(FONTS) as FontName[])
			for (const width of [0, 1, 7, 40, 132, 296]) checkLines(stage.ui.canvas, text, font, width);
	stage.close();
});

test("wrapping keeps every word, and says where something is missing", () => {
	const stage = new Stage(IDLE);
	const { canvas } = stage.ui;
	const text = "The other phone cannot encrypt: this call can be overheard.";
	equal(canvas.wrap(text, "body", 296, 3).join(" "), text);
	const cut = canvas.wrap(text, "body", 140, 2);
	equal(cut.length, 2);
	ok(cut[1]?.endsWith("…"), cut[1] ?? "");
	equal(canvas.wrap("a".repeat(60), "body", 140, 9).join(""), "a".repeat(60));
	equal(canvas.wrap("", "body", 140, 9), []);
	stage.close();
});

test("no screen breaks, whatever a peer calls itself", () => {
	for (const text of HOSTILE) {
		const evil = { peer: `sip:${text}@example.org`, peerName: text, notice: text, reason: text };
		for (const state of [
			withCall({ ...CALL, ...evil, state: "ringing", direction: "incoming" }),
			withCall({ ...CALL, ...evil, state: "ringing" }),
			withCall({ ...CALL, ...evil }),
			withCall({ ...SECURE, ...evil, sas: text, sasType: "B32" }),
			withCall({ ...SECURE, ...evil, sas: text, sasType: "B256", keyAgreement: text, cipher: text, authTag: text }),
			withCall({ ...MISMATCH, ...evil }),
			withCall({ ...CALL, ...evil, lock: "warning" }),
			withCall({ ...SECURE, ...evil, state: "ended" }),
			{ ...IDLE, name: text, notice: text },
			{
				...IDLE,
				name: text,
				zid: text,
				registered: [{ aor: text, ok: false, transport: "udp" as const, reason: text }],
			},
		]) {
			const stage = new Stage(state, {
				peers: [{ name: text, uri: text }],
				log: [{ time: 1, area: text, level: text, text }],
			});
			for (const keys of [
				["soft1"],
				["soft4", "2", "soft1"],
				["wait", "cancel", "ok"],
				["down", "down", "up"],
				["cancel", "soft3", "up"],
			])
				stage.press(...keys);
			ok(!stage.pixels().includes(0xf81f), "something was not painted");
			stage.close();
		}
	}
});

test("no screen of several calls breaks either, nor one with what a server tells", () => {
	for (const text of HOSTILE) {
		const evil = { peer: `sip:${text}@example.org`, peerName: text, notice: text, via: text };
		const bob = { ...SECURE, ...evil, line: 1, identity: { uri: text, name: text } };
		const carol = { ...SECURE, ...evil, id: 2, line: 2, sas: text, state: "held" } as const;
		const rings = { ...CALL, ...evil, id: 3, line: 3, state: "ringing", direction: "incoming" } as const;
		for (const state of [
			{ ...IDLE, calls: [bob, carol], remark: text },
			{ ...IDLE, calls: [bob, carol, rings] },
			{
				...IDLE,
				calls: [
					{ ...bob, sas: text, sasType: "B256" as const },
					{ ...carol, state: "ringing" as const },
				],
			},
			{ ...IDLE, calls: [{ ...bob, transfer: { to: text, state: "asked" as const } }] },
			{
				...IDLE,
				calls: [bob, carol].map((call) => ({ ...call, joined: true as const })),
				conference: { lock: "warning" as const },
			},
			{ ...IDLE, messages: { waiting: true, fresh: 1e21, old: 0 }, mailbox: text, missed: 1e9 },
			{ ...IDLE, forward: { always: text, busy: text, noAnswer: text, noAnswerSec: 9 } },
		]) {
			const stage = new Stage(state, { peers: [{ name: text, uri: text }] });
			stage.phone.recent = [{ peer: text, name: text, direction: "incoming", missed: true, at: 0 }];
			stage.phone.refusal = text;
			for (const keys of [
				["up", "down", "soft1"],
				["transfer", "2", "down", "soft1"],
				["soft4", "soft2", "down", "ok", "2", "soft1"],
				["cancel", "soft2", "soft3"],
			])
				stage.press(...keys);
			ok(!stage.pixels().includes(0xf81f), "something was not painted");
			stage.close();
		}
	}
});

test("a name cannot leave its place: the duration beside it stays as it is", () => {
	const corner = (name: string) => {
		const stage = new Stage(withCall({ ...SECURE, peerName: name }));
		const pixels = stage.pixels();
		const found: number[] = [];
		for (let y = 0; y < 48; y += 1) for (let x = 244; x < 320; x += 1) found.push(pixels[y * 320 + x] ?? -1);
		stage.close();
		return found;
	};
	equal(corner("W".repeat(300)), corner("Bob"));
});
