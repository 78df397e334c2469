/**
 * Messages that an office phone really sees in a day, after the flows of RFC 3665 and RFC 5359: what the parsers are
 * measured with. Every parser in the comparison reads all of them.
 */

const OFFER = [
	"v=0",
	"o=- 3907126893 3907126893 IN IP4 192.0.2.101",
	"s=-",
	"c=IN IP4 192.0.2.101",
	"t=0 0",
	"m=audio 49172 RTP/AVP 9 0 8 101",
	"a=rtpmap:9 G722/8000",
	"a=rtpmap:0 PCMU/8000",
	"a=rtpmap:8 PCMA/8000",
	"a=rtpmap:101 telephone-event/8000",
	"a=fmtp:101 0-15",
	"a=zrtp-hash:1.10 fe30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df",
	"a=ptime:20",
	"a=sendrecv",
	"",
].join("\r\n");

interface Parts {
	readonly first: string;
	readonly vias?: readonly string[];
	readonly from?: string;
	readonly to?: string;
	readonly cseq: string;
	readonly more?: readonly string[];
	readonly body?: string;
	readonly contentType?: string;
}

const VIA = "SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK74bf98f1e2a0c3d4;rport";
const FROM = '"Alice Liddell" <sip:alice@atlanta.example.com>;tag=9fxced76sl';
const TO = "Bob <sip:bob@biloxi.example.com>";
const TAGGED = `${TO};tag=314159`;
const CONTACT = "Contact: <sip:bob@192.0.2.201:5060>";
const ROUTES = ["Record-Route: <sip:ss2.biloxi.example.com;lr>", "Record-Route: <sip:ss1.atlanta.example.com;lr>"];
const PROXIED = [
	"SIP/2.0/UDP ss2.biloxi.example.com:5060;branch=z9hG4bK721e4.1;received=192.0.2.222",
	"SIP/2.0/UDP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1;received=192.0.2.111",
	`${VIA.replace(";rport", ";rport=5060")};received=192.0.2.101`,
];
const ABLE = [
	"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, REFER, NOTIFY, UPDATE, PRACK, INFO",
	"Supported: replaces, 100rel, timer",
];

function message(parts: Parts): string {
	const { body = "" } = parts;
	return [
		parts.first,
		...(parts.vias ?? [VIA]).map((via) => `Via: ${via}`),
		...(parts.first.startsWith("SIP/") ? [] : ["Max-Forwards: 70"]),
		`From: ${parts.from ?? FROM}`,
		`To: ${parts.to ?? TO}`,
		"Call-ID: 2xTb9vxSit55XU7p8@atlanta.example.com",
		`CSeq: ${parts.cseq}`,
		...(parts.more ?? []),
		...(body === "" ? [] : [`Content-Type: ${parts.contentType ?? "application/sdp"}`]),
		`Content-Length: ${body.length}`,
		"",
		body,
	].join("\r\n");
}

const AOR = "sip:alice@atlanta.example.com";
const REGISTER = "REGISTER sip:atlanta.example.com SIP/2.0";
const BINDING = "Contact: <sip:alice@192.0.2.101:5060>";
const SUMMARY =
	"Messages-Waiting: yes\r\nMessage-Account: sip:alice@atlanta.example.com\r\nVoice-Message: 2/8 (0/2)\r\n";

/** Texts, CRLF and all; 7-bit. */
export const CORPUS: readonly string[] = Object.freeze([
	message({
		first: REGISTER,
		to: `Alice <${AOR}>`,
		cseq: "1 REGISTER",
		more: [BINDING, "Expires: 3600", "User-Agent: Sotto/0.1"],
	}),
	message({
		first: "SIP/2.0 401 Unauthorized",
		to: `Alice <${AOR}>;tag=1410948204`,
		cseq: "1 REGISTER",
		more: [
			'WWW-Authenticate: Digest realm="atlanta.example.com", qop="auth", nonce="ea9c8e88df84f1cec4341ae6cbe5a359", opaque="", stale=FALSE, algorithm=MD5',
			"Server: registrar/2.1",
		],
	}),
	message({
		first: REGISTER,
		to: `Alice <${AOR}>`,
		cseq: "2 REGISTER",
		more: [
			BINDING,
			"Expires: 3600",
			'Authorization: Digest username="alice", realm="atlanta.example.com", nonce="ea9c8e88df84f1cec4341ae6cbe5a359", opaque="", uri="sip:atlanta.example.com", response="dfe56131d1958046689d83306477ecc9", algorithm=MD5, qop=auth, nc=00000001, cnonce="0a4f113b"',
			"User-Agent: Sotto/0.1",
		],
	}),
	message({
		first: "SIP/2.0 200 OK",
		to: `Alice <${AOR}>;tag=1410948204`,
		cseq: "2 REGISTER",
		more: [
			`${BINDING};expires=3600`,
			"Contact: <sip:alice@198.51.100.7:5080>;expires=1200;q=0.5",
			"Date: Thu, 19 Nov 2026 10:00:00 GMT",
		],
	}),
	message({
		first: "OPTIONS sip:alice@192.0.2.101:5060 SIP/2.0",
		from: "<sip:ping@atlanta.example.com>;tag=as58f4",
		to: "<sip:alice@192.0.2.101:5060>",
		cseq: "102 OPTIONS",
		more: ["Contact: <sip:ping@192.0.2.111:5060>", "Accept: application/sdp", "User-Agent: PBX"],
	}),
	message({
		first: "INVITE sip:bob@biloxi.example.com SIP/2.0",
		cseq: "1 INVITE",
		more: [BINDING, ...ABLE, "User-Agent: Sotto/0.1"],
		body: OFFER,
	}),
	message({ first: "SIP/2.0 100 Trying", cseq: "1 INVITE" }),
	message({ first: "SIP/2.0 180 Ringing", vias: PROXIED, to: TAGGED, cseq: "1 INVITE", more: [...ROUTES, CONTACT] }),
	message({
		first: "SIP/2.0 183 Session Progress",
		vias: PROXIED,
		to: TAGGED,
		cseq: "1 INVITE",
		more: [...ROUTES, CONTACT, "Require: 100rel", "RSeq: 813520"],
		body: OFFER,
	}),
	message({
		first: "SIP/2.0 200 OK",
		vias: PROXIED,
		to: TAGGED,
		cseq: "1 INVITE",
		more: [...ROUTES, CONTACT, ...ABLE],
		body: OFFER,
	}),
	message({
		first: "ACK sip:bob@192.0.2.201:5060 SIP/2.0",
		to: TAGGED,
		cseq: "1 ACK",
		more: ["Route: <sip:ss1.atlanta.example.com;lr>", "Route: <sip:ss2.biloxi.example.com;lr>"],
	}),
	message({
		first: "INVITE sip:alice@192.0.2.101:5060 SIP/2.0",
		vias: PROXIED,
		from: TAGGED,
		to: FROM,
		cseq: "14 INVITE",
		more: [...ROUTES, CONTACT, ...ABLE, 'P-Asserted-Identity: "Bob" <sip:bob@biloxi.example.com>'],
		body: OFFER.replace("sendrecv", "sendonly"),
	}),
	message({ first: "SIP/2.0 491 Request Pending", to: TAGGED, cseq: "2 INVITE" }),
	message({
		first: "CANCEL sip:bob@biloxi.example.com SIP/2.0",
		cseq: "1 CANCEL",
		more: ['Reason: SIP;cause=200;text="Call completed elsewhere"'],
	}),
	message({ first: "SIP/2.0 487 Request Terminated", to: TAGGED, cseq: "1 INVITE" }),
	message({
		first: "BYE sip:bob@192.0.2.201:5060 SIP/2.0",
		to: TAGGED,
		cseq: "2 BYE",
		more: ["Route: <sip:ss1.atlanta.example.com;lr>", "User-Agent: Sotto/0.1"],
	}),
	message({ first: "SIP/2.0 200 OK", to: TAGGED, cseq: "2 BYE" }),
	message({
		first: "REFER sip:alice@192.0.2.101:5060 SIP/2.0",
		from: TAGGED,
		to: FROM,
		cseq: "93809823 REFER",
		more: [CONTACT, "Refer-To: <sip:carol@cleveland.example.org>", "Referred-By: <sip:bob@biloxi.example.com>"],
	}),
	message({
		first: "NOTIFY sip:alice@192.0.2.101:5060 SIP/2.0",
		from: "<sip:alice@atlanta.example.com>;tag=4442",
		to: "<sip:alice@atlanta.example.com>;tag=78923",
		cseq: "20 NOTIFY",
		more: [CONTACT, "Event: message-summary", "Subscription-State: active;expires=3000"],
		body: SUMMARY,
		contentType: "application/simple-message-summary",
	}),
	message({
		first: "SIP/2.0 302 Moved Temporarily",
		to: TAGGED,
		cseq: "1 INVITE",
		more: ["Contact: <sip:bob@chicago.example.com>;q=0.7, <sip:bob@voicemail.example.com>;q=0.1"],
	}),
]);
