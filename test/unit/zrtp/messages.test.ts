/** The octets of every message, both ways. Each is written out field by field from the figures of RFC 6189. */
import { concat } from "bytes/concat";
import { fromHex, toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { equal, ok, test, throws } from "test/harness";
import { ERROR_CODE, ERROR_MEANINGS } from "zrtp/error-codes";
import { encodeClearAck } from "zrtp/messages/clear-ack";
import { encodeDhCommit, encodeMultistreamCommit, encodePresharedCommit } from "zrtp/messages/commit";
import { encodeConf2Ack } from "zrtp/messages/conf2-ack";
import { decodeConfirmContent, encodeConfirm, encodeConfirmContent } from "zrtp/messages/confirm";
import { encodeDhPart } from "zrtp/messages/dh-part";
import { encodeError } from "zrtp/messages/error";
import { encodeErrorAck } from "zrtp/messages/error-ack";
import { encodeGoClear } from "zrtp/messages/go-clear";
import { encodeHello } from "zrtp/messages/hello";
import { encodeHelloAck } from "zrtp/messages/hello-ack";
import { decodeMessage, type Message } from "zrtp/messages/message";
import { encodePing } from "zrtp/messages/ping";
import { encodePingAck } from "zrtp/messages/ping-ack";
import { encodeRelayAck } from "zrtp/messages/relay-ack";
import { decodeSasRelayContent, encodeSasRelay, encodeSasRelayContent } from "zrtp/messages/sas-relay";

/** Strings are ASCII, numbers octets, arrays themselves. */
function octets(...fields: (string | number | Uint8Array)[]): Uint8Array {
	return concat(
		...fields.map((field) =>
			typeof field === "string" ? utf8Encode(field) : typeof field === "number" ? Uint8Array.of(field) : field,
		),
	);
}
const run = (first: number, byteLength: number) => Uint8Array.from({ length: byteLength }, (_, i) => first + i);
const hex = (text: string) => fromHex(text) ?? new Uint8Array(0);

const h = run(0x10, 32);
const zid = run(0x40, 12);
const mac = hex("a0a1a2a3a4a5a6a7");
const macOver = () => mac;
const ids = { rs1Id: run(0x50, 8), rs2Id: run(0x58, 8), auxsecretId: run(0x60, 8), pbxsecretId: run(0x68, 8) };
const iv = run(0x70, 16);
const codes = { hash: "S256", cipher: "AES1", authTag: "HS80", keyAgreement: "X255", sasType: "B32" };

/** Everything but the bytes, which are compared by themselves. */
function fieldsOf(message: Message | undefined): unknown {
	ok(message, "it decodes");
	const { bytes: _bytes, ...fields } = message;
	return fields;
}

function both(name: string, bytes: Uint8Array, encoded: Uint8Array, fields: object): void {
	test(`${name}: octets both ways`, () => {
		equal(toHex(encoded), toHex(bytes));
		equal(fieldsOf(decodeMessage(bytes)), fields);
		equal(decodeMessage(bytes)?.bytes, bytes);
	});
	test(`${name}: refused at every other length`, () => {
		for (let byteLength = 0; byteLength < bytes.length; byteLength++)
			equal(decodeMessage(bytes.slice(0, byteLength)), undefined, `cut to ${byteLength}`);
		equal(decodeMessage(concat(bytes, new Uint8Array(4))), undefined, "a word too many");
		const longer = concat(bytes, new Uint8Array(4));
		longer[3] = (longer[3] ?? 0) + 1;
		const open = ["DHPart1", "DHPart2", "Confirm1", "Confirm2", "SASrelay"].some((open) => name.startsWith(open));
		equal(decodeMessage(longer) === undefined, !open, "a word too many that the length admits to");
		const lying = bytes.slice();
		lying[2] = 0xff;
		equal(decodeMessage(lying), undefined, "a length beyond the packet");
		const preamble = bytes.slice();
		preamble[0] = 0x51;
		equal(decodeMessage(preamble), undefined, "another preamble");
	});
}

const lists = {
	hashes: ["S256", "S384"],
	ciphers: ["AES1"],
	authTags: ["HS32", "HS80"],
	keyAgreements: ["X255", "DH3k", "Mult"],
	sasTypes: ["B32", "B256"],
};
both(
	"Hello",
	octets(
		hex("505a 0020".replace(/ /g, "")),
		"Hello   ",
		"1.10",
		"Sotto test      ",
		h,
		zid,
		hex("70021232"),
		"S256S384AES1HS32HS80X255DH3kMultB32 B256",
		mac,
	),
	encodeHello(
		{
			version: "1.10",
			clientId: "Sotto test",
			h3: h,
			zid,
			signatureCapable: true,
			mitm: true,
			passive: true,
			...lists,
		},
		macOver,
	),
	{
		type: "Hello",
		version: "1.10",
		clientId: "Sotto test",
		h3: h,
		zid,
		signatureCapable: true,
		mitm: true,
		passive: true,
		...lists,
	},
);

const none = { hashes: [], ciphers: [], authTags: [], keyAgreements: [], sasTypes: [] };
both(
	"Hello that lists nothing",
	octets(hex("505a0016"), "Hello   ", "1.10", "                ", h, zid, hex("00000000"), mac),
	encodeHello({ version: "1.10", clientId: "", h3: h, zid, ...none }, macOver),
	{
		type: "Hello",
		version: "1.10",
		clientId: "",
		h3: h,
		zid,
		signatureCapable: false,
		mitm: false,
		passive: false,
		...none,
	},
);

test("Hello: what the peer calls itself is fit to be shown", () => {
	const bytes = octets(
		hex("505a0016"),
		"Hello   ",
		"1.10",
		hex("1b5b6d0a00ff"),
		"abcdefghij",
		h,
		zid,
		hex("00000000"),
		mac,
	);
	const message = decodeMessage(bytes);
	equal(message?.type === "Hello" && message.clientId, "?[m? ?abcdefghij");
});

test("Hello: more than seven of a kind is refused", () => {
	const bytes = octets(
		hex("505a001e"),
		"Hello   ",
		"1.10",
		"                ",
		h,
		zid,
		hex("00080000"),
		"S256".repeat(8),
		mac,
	);
	equal(decodeMessage(bytes), undefined);
	throws(
		() => encodeHello({ version: "1.10", clientId: "", h3: h, zid, ...none, hashes: "12345678".split("") }, macOver),
		RangeError,
	);
});

both(
	"DH Commit",
	octets(hex("505a001d"), "Commit  ", h, zid, "S256AES1HS80X255B32 ", run(0x80, 32), mac),
	encodeDhCommit({ h2: h, zid, codes, hvi: run(0x80, 32) }, macOver),
	{ type: "Commit", mode: "DH", h2: h, zid, codes, hvi: run(0x80, 32) },
);
both(
	"Multistream Commit",
	octets(hex("505a0019"), "Commit  ", h, zid, "S256AES1HS80MultB32 ", run(0x80, 16), mac),
	encodeMultistreamCommit({ h2: h, zid, codes, nonce: run(0x80, 16) }, macOver),
	{ type: "Commit", mode: "Multistream", h2: h, zid, codes: { ...codes, keyAgreement: "Mult" }, nonce: run(0x80, 16) },
);
both(
	"Preshared Commit",
	octets(hex("505a001b"), "Commit  ", h, zid, "S256AES1HS80PrshB32 ", run(0x80, 16), run(0x90, 8), mac),
	encodePresharedCommit({ h2: h, zid, codes, nonce: run(0x80, 16), keyId: run(0x90, 8) }, macOver),
	{
		type: "Commit",
		mode: "Preshared",
		h2: h,
		zid,
		codes: { ...codes, keyAgreement: "Prsh" },
		nonce: run(0x80, 16),
		keyId: run(0x90, 8),
	},
);

// Lengths of section 5.1.5, in words: DH3k 117, EC25 37, and X255 by the same rule 29.
for (const [type, name] of [
	["DHPart1", "DHPart1 "],
	["DHPart2", "DHPart2 "],
] as const)
	for (const [pvByteLength, words] of [
		[384, "0075"],
		[64, "0025"],
		[32, "001d"],
	] as const) {
		const pv = run(3, pvByteLength);
		both(
			`${type} with pv of ${pvByteLength} bytes`,
			octets(hex(`505a${words}`), name, h, run(0x50, 32), pv, mac),
			encodeDhPart(type, { h1: h, ids, pv }, macOver),
			{ type, h1: h, ids, pv },
		);
	}

for (const type of ["Confirm1", "Confirm2"] as const)
	both(
		type,
		octets(hex("505a0013"), type, mac, iv, run(0x90, 40)),
		encodeConfirm(type, { mac, iv, encrypted: run(0x90, 40) }),
		{ type, mac, iv, encrypted: run(0x90, 40) },
	);

test("what is inside a Confirm: octets both ways", () => {
	const flags = { enrollment: false, verified: true, allowClear: false, disclosure: true };
	const content = { h0: h, flags, cacheExpirySec: 0xfffffffe };
	const bytes = octets(h, hex("00000005fffffffe"));
	equal(toHex(encodeConfirmContent(content)), toHex(bytes));
	equal(decodeConfirmContent(bytes), content);
	const all = { enrollment: true, verified: false, allowClear: false, disclosure: false };
	equal(decodeConfirmContent(octets(h, hex("0000000a00000000")))?.flags, all, "E makes A void (section 7.3.1)");
	equal(decodeConfirmContent(octets(h, hex("fffe000200000000")))?.flags.allowClear, true, "unused bits are ignored");
});

test("what is inside a Confirm: a signature is passed over when its length fits", () => {
	const signed = octets(h, hex("0000030200000001"), "PGP ", run(0, 8));
	equal(decodeConfirmContent(signed)?.cacheExpirySec, 1);
	equal(decodeConfirmContent(signed.slice(0, -4)), undefined, "too short");
	equal(decodeConfirmContent(concat(signed, new Uint8Array(4))), undefined, "too long");
	equal(decodeConfirmContent(octets(h, hex("0001ff0000000001"))), undefined, "511 words that are not there");
});

for (const [type, encode] of [
	["HelloACK", encodeHelloAck],
	["Conf2ACK", encodeConf2Ack],
	["ErrorACK", encodeErrorAck],
	["ClearACK", encodeClearAck],
	["RelayACK", encodeRelayAck],
] as const)
	both(type, octets(hex("505a0003"), type), encode(), { type });

both("Error", octets(hex("505a0004"), "Error   ", hex("00000061")), encodeError(0x61), { type: "Error", code: 0x61 });
test("every Error code of table 8 goes both ways and has a meaning", () => {
	const table8 = [
		0x10, 0x20, 0x30, 0x40, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x61, 0x62, 0x63, 0x70, 0x80, 0x90, 0x91, 0xa0, 0xb0,
		0x100,
	];
	equal(Object.values(ERROR_CODE), table8);
	equal(Object.keys(ERROR_MEANINGS).map(Number), table8);
	for (const code of table8) {
		const bytes = octets(hex("505a0004"), "Error   ", 0, 0, code >> 8, code & 255);
		equal(toHex(encodeError(code)), toHex(bytes));
		equal(fieldsOf(decodeMessage(bytes)), { type: "Error", code });
		ok((ERROR_MEANINGS[code] ?? "").length >= 10);
	}
});
both("GoClear", octets(hex("505a0005"), "GoClear ", mac), encodeGoClear(mac), { type: "GoClear", clearMac: mac });
both("Ping", octets(hex("505a0006"), "Ping    ", "1.10", run(1, 8)), encodePing(run(1, 8)), {
	type: "Ping",
	version: "1.10",
	endpointHash: run(1, 8),
});
both(
	"PingACK",
	octets(hex("505a0009"), "PingACK ", "1.10", run(1, 8), run(9, 8), hex("fedcba98")),
	encodePingAck({ endpointHash: run(1, 8), pingEndpointHash: run(9, 8), pingSsrc: 0xfedcba98 }),
	{ type: "PingACK", version: "1.10", endpointHash: run(1, 8), pingEndpointHash: run(9, 8), pingSsrc: 0xfedcba98 },
);
both(
	"SASrelay",
	octets(hex("505a0013"), "SASrelay", mac, iv, run(0x90, 40)),
	encodeSasRelay({ mac, iv, encrypted: run(0x90, 40) }),
	{ type: "SASrelay", mac, iv, encrypted: run(0x90, 40) },
);
test("what is inside a SASrelay", () => {
	const flags = { enrollment: false, verified: true, allowClear: true, disclosure: false };
	equal(toHex(encodeSasRelayContent({ flags, sasType: "B32", sashash: h })), toHex(octets(hex("00000006"), "B32 ", h)));
	equal(decodeSasRelayContent(octets(hex("00000006"), "B32 ", h)), { flags, sasType: "B32", sashash: h });
	equal(decodeSasRelayContent(octets(hex("00000006"), "B32 ", h.slice(1))), undefined);
});

test("a type that nobody knows is refused", () => {
	for (const type of ["Fragment", "hello   ", "Hello\0\0\0", "DHPart3 ", "        "])
		equal(decodeMessage(octets(hex("505a0003"), type)), undefined, type);
});
