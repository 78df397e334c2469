/** The XML of NOTIFY bodies: what is read, and what is refused so that nothing grows. */

import { utf8Encode } from "bytes/text";
import { applyDialogInfo, type DialogState } from "sip/dialog-info";
import { parseMessageSummary } from "sip/message-summary";
import { parseSipfrag } from "sip/sipfrag";
import { MAX_XML_LENGTH, parseXml } from "sip/xml";
import { equal, ok, test } from "test/harness";

test("elements, attributes, text, comments, CDATA, prefixes, character references", () => {
	const root = parseXml(
		`<?xml version="1.0"?>\n<!-- a > b --><x:a one='1' two="&lt;2&#x20;&#65;"><b/><x:c>t&amp;u<![CDATA[<&>]]></x:c></x:a>\n`,
	);
	ok(root !== undefined);
	equal(
		[root.name, [...root.attributes]],
		[
			"a",
			[
				["one", "1"],
				["two", "<2 A"],
			],
		],
	);
	equal(
		root.children.map((element) => [element.name, element.text]),
		[
			["b", ""],
			["c", "t&u<&>"],
		],
	);
});

test("what is no XML, and what XML has that is not read", () => {
	const wrong = [
		"",
		"text",
		"<a>",
		"</a>",
		"<a></b>",
		"<a/><b/>",
		"<a/>text",
		"<a b/>",
		"<a b=1/>",
		"<a b='1' b='2'/>",
		"<a b='1/>",
		"<a <b/></a>",
		"<a>&unknown;</a>",
		"<a>&amp</a>",
		"<a>&#0;</a>",
		"<a>&#xd800;</a>",
		"<a>&#x110000;</a>",
		"<a>&#99999999999;</a>",
		"<a><?php x?></a>",
		"<!DOCTYPE a><a/>",
		'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
		'<!DOCTYPE a SYSTEM "http://10.0.0.9/x"><a/>',
		"<a><!-- open</a>",
		"<a><![CDATA[ open</a>",
		"<1/><",
		"<>",
	];
	for (const text of wrong) equal(parseXml(text), undefined, text);
});

test("size, depth and number are bounded", () => {
	const deep = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);
	ok(parseXml(deep(12)) !== undefined);
	equal(parseXml(deep(13)), undefined);
	equal(parseXml(deep(2000)), undefined);
	ok(parseXml(`<a>${"<b/>".repeat(511)}</a>`) !== undefined);
	equal(parseXml(`<a>${"<b/>".repeat(512)}</a>`), undefined);
	equal(parseXml(`<a ${Array.from({ length: 17 }, (_, i) => `b${i}=""`).join(" ")}/>`), undefined);
	equal(parseXml(`<a>${"x".repeat(MAX_XML_LENGTH)}</a>`), undefined);
});

function info(version: number, state: string, body: string): string {
	return `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${state}" entity="sip:bob@example.org">${body}</dialog-info>`;
}

const RINGS = `<dialog id="1" call-id="c1" local-tag="l1" remote-tag="r1" direction="recipient"><state>early</state>
<remote><identity display="Al &amp; Co">sip:al@example.org</identity><target uri="sip:al@10.0.0.3"/></remote></dialog>`;

test("dialogs of a watched party: full, partial, gone (RFC 4235 section 4.3)", () => {
	const state: DialogState = { version: undefined, dialogs: new Map() };
	equal(applyDialogInfo(state, info(0, "full", "")), { type: "news", entity: "sip:bob@example.org" });
	equal(applyDialogInfo(state, info(1, "partial", RINGS)).type, "news");
	equal(
		[...state.dialogs.values()],
		[
			{
				id: "1",
				direction: "recipient",
				state: "early",
				remote: { uri: "sip:al@example.org", displayName: "Al & Co" },
				replaces: "c1;to-tag=l1;from-tag=r1",
			},
		],
	);
	equal(applyDialogInfo(state, info(1, "partial", "")).type, "old");
	equal(applyDialogInfo(state, info(0, "full", "")).type, "old");
	equal(applyDialogInfo(state, info(3, "partial", "")).type, "gap", "2 is missing");
	equal(state.dialogs.size, 1);
	equal(applyDialogInfo(state, info(4, "full", RINGS.replace("early", "confirmed"))).type, "news");
	equal(state.dialogs.get("1")?.state, "confirmed");
	equal(applyDialogInfo(state, info(5, "partial", '<dialog id="1"><state>terminated</state></dialog>')).type, "news");
	equal(state.dialogs.size, 0);
});

test("documents that are none change nothing; what cannot be used is left out", () => {
	const state: DialogState = { version: undefined, dialogs: new Map() };
	equal(applyDialogInfo(state, info(1, "partial", RINGS)).type, "gap", "a part before the whole");
	for (const text of ["", "<x/>", info(1, "whole", ""), "<dialog-info version='x' state='full' entity='e'/>"])
		equal(applyDialogInfo(state, text).type, "fault", text);
	equal([state.version, state.dialogs.size], [undefined, 0]);
	const odd = `<dialog><state>early</state></dialog><dialog id="2"><state>asleep</state></dialog>
<dialog id="3" call-id="a&#13;&#10;b" local-tag="l" remote-tag="r"><state>confirmed</state></dialog>`;
	equal(applyDialogInfo(state, info(1, "full", odd)).type, "news");
	equal([...state.dialogs.values()], [{ id: "3", direction: undefined, state: "confirmed" }]);
	const many = Array.from({ length: 60 }, (_, i) => `<dialog id="${i}"><state>early</state></dialog>`).join("");
	applyDialogInfo(state, info(2, "full", many));
	equal(state.dialogs.size, 32);
});

test("message summaries (RFC 3842 section 5.2)", () => {
	equal(
		parseMessageSummary(
			"Messages-Waiting: yes\r\nMessage-Account: sip:box@example.org\r\nVoice-Message: 2/8 (1/2)\r\nX: y\r\n",
		),
		{ waiting: true, mailbox: "sip:box@example.org", voice: { fresh: 2, old: 8, urgentFresh: 1, urgentOld: 2 } },
	);
	equal(parseMessageSummary("messages-waiting:no\n"), { waiting: false });
	equal(parseMessageSummary("Messages-Waiting: yes\r\nVoice-Message: many\r\n"), { waiting: true });
	equal(parseMessageSummary("Voice-Message: 2/8\r\n"), undefined);
	equal(parseMessageSummary("Messages-Waiting: perhaps\r\n"), undefined);
});

test("sipfrag: the first line counts (RFC 3515 section 2.4.5)", () => {
	equal(parseSipfrag(utf8Encode("SIP/2.0 180 Ringing\r\nTo: x\r\n")), { status: 180, reason: "Ringing" });
	equal(parseSipfrag(utf8Encode("SIP/2.0 200")), { status: 200, reason: "" });
	equal(parseSipfrag(utf8Encode("INVITE sip:x SIP/2.0\r\n")), undefined);
	equal(parseSipfrag(utf8Encode("")), undefined);
});
