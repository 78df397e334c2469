/**
 * The torture messages of RFC 4475 and RFC 5118, each sent to a phone over UDP: what it answers, and what became of the
 * request, beside what the RFC asks for. The messages are data of those RFCs (test/vectors/sip-torture.json).
 */

import { print } from "board/process";
import { fromBase64 } from "bytes/base64";
import { latin1Decode } from "bytes/text";
import { parseAddress } from "sip/address";
import { type Message, tagOf } from "sip/message";
import { parse } from "sip/parse";
import { param, parseHostPort } from "sip/syntax";
import { parseUri } from "sip/uri";
import { equal, ok, test } from "test/harness";
import { World } from "test/net/sip/world";
import vectors from "test/vectors/sip-torture.json";

/** `call`: the phone rings. `dropped`: nobody is told anything. A number: the final status, and nothing else happens. */
type Outcome = "call" | "dropped" | number;

/** What the RFC asks of a user agent that is no registrar and no proxy, and which of what it allows is done here. */
const ASKED: Readonly<Record<string, readonly [outcome: Outcome, asked: string]>> = {
	wsinv: [481, "well-formed; an INVITE inside a dialog that is not known"],
	intmeth: [501, "well-formed; the method is unknown"],
	esc01: ["call", "well-formed"],
	escnull: [405, "well-formed; a phone is no registrar"],
	esc02: [501, "well-formed; the method is not REGISTER"],
	lwsdisp: [200, "well-formed"],
	longreq: ["call", "well-formed"],
	dblreq: [405, "well-formed; what follows the body is ignored; a phone is no registrar"],
	semiuri: [200, "well-formed"],
	transports: [200, "well-formed"],
	mpart01: [405, "well-formed; MESSAGE is not done here"],
	unreason: ["dropped", "well-formed; answers nothing that was asked"],
	noreason: ["dropped", "well-formed; answers nothing that was asked"],
	badinv01: [400, "400"],
	clerr: [400, "400 over UDP"],
	ncl: [400, "an error"],
	scalar02: [400, "400"],
	scalarlg: ["dropped", "discard"],
	quotbal: [400, "400"],
	ltgtruri: [400, "400"],
	lwsruri: [400, "400"],
	lwsstart: [400, "400, or be liberal"],
	trws: [400, "400, or be liberal"],
	escruri: [400, "400, or ignore the header"],
	baddate: ["call", "ignore a Date that is not used, or 400"],
	regbadct: [400, "400, or infer the brackets"],
	badaspec: [400, "400, or ignore the spaces"],
	baddn: [400, "400, or infer the quotes"],
	badvers: [505, "505"],
	mismatch01: [400, "400"],
	mismatch02: [501, "501 rather than 400"],
	bigcode: ["dropped", "drop"],
	badbranch: [200, "400, or match as RFC 2543 does"],
	insuf: [400, "400, ideally"],
	unkscm: [416, "416"],
	novelsc: [416, "416"],
	unksm2: [405, "well-formed; a phone is no registrar"],
	bext01: [420, "420 with Unsupported"],
	invut: [415, "415"],
	regaut01: [405, "405 where nobody registers"],
	multi01: [400, "400"],
	mcl01: [400, "an error"],
	bcast: ["dropped", "discard"],
	zeromf: [200, "an endpoint takes it as any other"],
	cparam01: [405, "well-formed; a phone is no registrar"],
	cparam02: [405, "well-formed; a phone is no registrar"],
	regescrt: [405, "well-formed; a phone is no registrar"],
	sdp01: [406, "406 or 400"],
	inv2543: ["call", "accept, for RFC 2543"],
	"ipv6-good": [405, "well-formed; a phone is no registrar"],
	"ipv6-bad": [400, "400"],
	"port-ambiguous": [405, "well-formed; a phone is no registrar"],
	"port-unambiguous": [405, "well-formed; a phone is no registrar"],
	"via-received-param-with-delim": [481, "read it; a BYE of no dialog"],
	"via-received-param-no-delim": [200, "well-formed"],
	"ipv6-in-sdp": ["call", "well-formed"],
	"mult-ip-in-header": [481, "well-formed; a BYE of no dialog"],
	"mult-ip-in-sdp": ["call", "well-formed"],
	"ipv4-mapped-ipv6": ["call", "well-formed"],
	"ipv6-bug-abnf-3-colons": [200, "tolerate the third colon"],
	"ipv6-correct-abnf-2-colons": [200, "well-formed"],
};

const SENDER = { address: "192.0.2.200", port: 5060 };

interface Heard {
	readonly outcome: Outcome;
	/** The final response as text. */
	readonly text: string;
}

/** A phone of its own hears the message; what it sends, wherever to, is kept. */
function hear(bytes: Uint8Array): Heard {
	const world = new World({ seed: 4475, delayMs: 1 });
	const { place } = world.add("bob", [{ id: "a", aor: "sip:bob@10.0.0.1", password: undefined, expiresSec: 60 }]);
	const finals: string[] = [];
	world.onSend = (name, sent) => {
		const text = latin1Decode(sent);
		if (name === "bob" && /^SIP\/2\.0 [2-6]/.test(text)) finals.push(text);
	};
	world.send(bytes, SENDER, place);
	world.run(10);
	const calls = world.reports("bob", "incoming").length;
	ok(calls + finals.length <= 1, "one outcome");
	const [text = ""] = finals;
	if (calls === 1) return { outcome: "call", text };
	return { outcome: text === "" ? "dropped" : Number(text.slice(8, 11)), text };
}

const messages = vectors.messages.map(({ rfc, section, name, base64 }) => {
	const bytes = fromBase64(base64);
	if (bytes === undefined) throw new RangeError(name);
	return { rfc, section, name, bytes };
});

function bytesOf(name: string): Uint8Array {
	const message = messages.find((candidate) => candidate.name === name);
	if (message === undefined) throw new RangeError(name);
	return message.bytes;
}

function messageOf(name: string): Message {
	const message = parse(bytesOf(name));
	if (message.type === "malformed") throw new Error(message.reason);
	return message;
}

test("every torture message is answered as its RFC asks", () => {
	equal(messages.length, 61);
	print("| RFC | section | message | asked | answered |");
	for (const { rfc, section, name, bytes } of messages) {
		const expected = ASKED[name];
		if (expected === undefined) throw new RangeError(`no word about ${name}`);
		const [outcome, asked] = expected;
		const heard = hear(bytes);
		print(`| ${rfc} | ${section} | ${name} | ${asked} | ${heard.outcome} |`);
		equal(heard.outcome, outcome, name);
	}
});

test("what the answers say", () => {
	const said = (name: string): string => hear(bytesOf(name)).text;
	ok(said("bext01").includes("\r\nUnsupported: nothingSupportsThis, nothingSupportsThisEither\r\n"));
	ok(said("invut").includes("\r\nAccept: application/sdp\r\n"));
	ok(/\r\nAllow: INVITE, /.test(said("regaut01")));
	// Each of the lines that a response needs once, although the request had them twice.
	for (const name of ["To", "From", "Call-ID", "CSeq"]) equal(said("multi01").split(`\r\n${name}:`).length, 2, name);
	// A Via that cannot be read comes back as it was.
	ok(said("badinv01").includes("\r\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n"), said("badinv01"));
	ok(!said("insuf").includes("\r\nTo:"));
});

test("what is read out of the well-formed ones", () => {
	const wsinv = messageOf("wsinv");
	equal(wsinv.from.displayName, 'J Rosenberg \\"');
	equal([tagOf(wsinv.from), tagOf(wsinv.to)], ["98asjd8", "1918181833n"]);
	equal([wsinv.cseq, wsinv.via.transport, wsinv.via.host], [9, "UDP", "192.0.2.2"]);
	equal(wsinv.body.length, 150);
	// 3.1.1.2: quoted control characters, and UTF-8 in a parameter.
	const intmeth = messageOf("intmeth");
	equal(intmeth.to.displayName, "BEL:\x07 NUL:\0 DEL:\x7f");
	equal(
		param(intmeth.from.params, "fromparam''~+*_!.-%"),
		"\u0440\u0430\u0431\u043e\u0442\u0430\u044e\u0449\u0438\u0439",
	);
	// 3.1.1.3, 3.1.1.4: escapes are kept as they are written.
	const esc01 = messageOf("esc01");
	equal(esc01.type === "request" && parseUri(esc01.uri)?.user, "sips%3Auser%40example.com");
	// 3.1.1.6
	equal(messageOf("lwsdisp").from.displayName, "caller");
	// 3.1.1.8
	equal(messageOf("dblreq").body.length, 0);
	// 3.1.1.9
	const semiuri = messageOf("semiuri");
	const uri = parseUri(semiuri.type === "request" ? semiuri.uri : "");
	equal([uri?.user, uri?.host, uri?.params], ["user;par=u%40example.net", "example.com", []]);
	// 3.1.1.11: binary bodies come whole.
	equal(messageOf("mpart01").body.length, 553);
	// 3.1.1.12, 3.1.1.13
	const unreason = messageOf("unreason");
	ok(unreason.type === "response" && unreason.reason.startsWith("= 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e "));
	const noreason = messageOf("noreason");
	equal(noreason.type === "response" && [noreason.status, noreason.reason], [100, ""]);
	// 3.3.12, 3.3.13: a parameter of the header is not one of the URI.
	const contact = (name: string) =>
		parseAddress(messageOf(name).headers.find((entry) => entry.name === "contact")?.value ?? "");
	equal(
		[contact("cparam01")?.uri, contact("cparam01")?.params],
		["sip:+19725552222@gw1.example.net", [{ name: "unknownparam", value: undefined }]],
	);
	equal(contact("cparam02")?.params, []);
	ok(contact("cparam02")?.uri.endsWith(";unknownparam"));
	// RFC 5118 sections 4.3 and 4.4: the port stands outside the brackets, or it is none.
	equal(parseHostPort("[2001:db8::10:5070]"), { host: "[2001:db8::10:5070]", port: undefined });
	equal(parseHostPort("[2001:db8::10]:5070"), { host: "[2001:db8::10]", port: 5070 });
	equal(param(messageOf("via-received-param-with-delim").via.params, "received"), "[2001:db8::9:255]");
	equal(param(messageOf("via-received-param-no-delim").via.params, "received"), "2001:db8::9:255");
});
