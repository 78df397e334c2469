/**
 * SIP.js and JsSIP as parsers and builders, and Sotto's own beside them: the same messages in, the same fields out. Both
 * peers take apart Request-URI, Via, From, To, Contact and Record-Route whenever they read a message; Sotto does that when
 * somebody asks, so here it is asked.
 */
import { createRequire } from "node:module";
import { parseAddress } from "sip/address";
import { headerList } from "sip/message";
import { parse } from "sip/parse";
import { formatRequest } from "sip/request";
import { parseUri } from "sip/uri";

/** Reads and writes SIP. Each method works on everything it is given and says how much it understood. */
export interface SipLibrary {
	readonly name: string;
	/** @returns how many of them it took for well-formed */
	read(count: number): number;
	/** An INVITE from its parts to what goes to the transport, that often. @returns characters or bytes of the last one */
	write(count: number): number;
}

/** What XS gives its programs and Node has under other names; bytes/text takes the slow way where it is missing. */
function lendEngineFunctions(): void {
	const decoder = (buffer: ArrayBuffer, byteOffset: number, byteLength: number): string =>
		Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
	const encoder = new TextEncoder();
	Object.assign(String, { fromArrayBuffer: decoder });
	Object.assign(ArrayBuffer, { fromString: (text: string): ArrayBufferLike => encoder.encode(text).buffer });
}

export function sotto(corpus: readonly string[]): SipLibrary {
	lendEngineFunctions();
	const packets = corpus.map((text) => new Uint8Array(Buffer.from(text)));
	const [{ offer }] = [invite()];
	return {
		name: "sotto",
		read: (count) => {
			let good = 0;
			for (let n = 0; n < count; n++)
				for (const packet of packets) {
					const message = parse(packet);
					if (message.type === "malformed") continue;
					let whole = true;
					if (message.type === "request") whole = parseUri(message.uri) !== undefined;
					whole &&= parseUri(message.from.uri) !== undefined && parseUri(message.to.uri) !== undefined;
					for (const name of ["contact", "record-route"])
						for (const value of headerList(message, name)) {
							const address = parseAddress(value);
							whole &&= address !== undefined && parseUri(address.uri) !== undefined;
						}
					if (whole) good++;
				}
			return good;
		},
		write: (count) => {
			let length = 0;
			for (let n = 0; n < count; n++)
				length = formatRequest({
					method: "INVITE",
					uri: "sip:bob@biloxi.example.com",
					via: {
						transport: "UDP",
						host: "192.0.2.101",
						port: 5060,
						params: [
							{ name: "branch", value: `z9hG4bK74bf9${n}` },
							{ name: "rport", value: undefined },
						],
					},
					routes: ["<sip:proxy.example.com;lr>"],
					from: '"Alice" <sip:alice@atlanta.example.com>;tag=9fxced76sl',
					to: "<sip:bob@biloxi.example.com>",
					callId: "2xTb9vxSit55XU7p8",
					cseq: n,
					headers: [
						{ name: "Contact", value: "<sip:alice@192.0.2.101:5060>" },
						{ name: "Allow", value: ALLOW },
						{ name: "Supported", value: "replaces" },
						{ name: "User-Agent", value: "bench" },
					],
					body: { contentType: "application/sdp", text: offer },
				}).length;
			return length;
		},
	};
}

const ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS";

function invite(): { offer: string } {
	return {
		offer: "v=0\r\no=- 1 1 IN IP4 192.0.2.101\r\ns=-\r\nc=IN IP4 192.0.2.101\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
	};
}

interface Silence {
	error(text: string): void;
	warn(text: string): void;
}
const silence: Silence = { error: () => {}, warn: () => {} };

export async function sipJs(corpus: readonly string[]): Promise<SipLibrary> {
	const { Parser } = (await import("sip.js/lib/core/messages/parser.js")) as unknown as {
		Parser: {
			parseMessage(data: string, logger: Silence): { via?: unknown; from?: unknown; to?: unknown } | undefined;
		};
	};
	const { OutgoingRequestMessage } = (await import(
		"sip.js/lib/core/messages/outgoing-request-message.js"
	)) as unknown as {
		OutgoingRequestMessage: new (
			method: string,
			uri: unknown,
			from: unknown,
			to: unknown,
			options: object,
			extraHeaders: readonly string[],
			body: object,
		) => { setHeader(name: string, value: string): void; toString(): string };
	};
	const { Grammar } = (await import("sip.js/lib/grammar/grammar.js")) as unknown as {
		Grammar: { URIParse(text: string): unknown };
	};
	const { offer } = invite();
	const alice = Grammar.URIParse("sip:alice@atlanta.example.com");
	const bob = Grammar.URIParse("sip:bob@biloxi.example.com");
	return {
		name: "sip.js",
		read: (count) => {
			let good = 0;
			for (let n = 0; n < count; n++)
				for (const text of corpus) {
					const message = Parser.parseMessage(text, silence);
					if (message?.via !== undefined && message.from !== undefined && message.to !== undefined) good++;
				}
			return good;
		},
		write: (count) => {
			let length = 0;
			for (let n = 0; n < count; n++) {
				const request = new OutgoingRequestMessage(
					"INVITE",
					bob,
					alice,
					bob,
					{
						callId: "2xTb9vxSit55XU7p8",
						cseq: n,
						fromDisplayName: "Alice",
						fromTag: "9fxced76sl",
						routeSet: ["<sip:proxy.example.com;lr>"],
						optionTags: ["replaces"],
						userAgentString: "bench",
					},
					["Contact: <sip:alice@192.0.2.101:5060>", `Allow: ${ALLOW}`],
					{ content: offer, contentType: "application/sdp", contentDisposition: "session" },
				);
				request.setHeader("via", `SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK74bf9${n};rport`);
				length = request.toString().length;
			}
			return length;
		},
	};
}

export function jsSip(corpus: readonly string[]): SipLibrary {
	const require = createRequire(import.meta.url);
	const { parseMessage } = require("jssip/lib/Parser.js") as {
		parseMessage(data: string, ua: object): { via?: unknown; from?: unknown; to?: unknown } | undefined;
	};
	const { OutgoingRequest } = require("jssip/lib/SIPMessage.js") as {
		OutgoingRequest: new (
			method: string,
			uri: unknown,
			ua: object,
			params: object,
			extraHeaders: readonly string[],
			body: string,
		) => { setHeader(name: string, value: string): void; toString(): string };
	};
	const URI = require("jssip/lib/URI.js") as { parse(text: string): unknown };
	const alice = URI.parse("sip:alice@atlanta.example.com");
	const bob = URI.parse("sip:bob@biloxi.example.com");
	const { offer } = invite();
	const ua = { configuration: { uri: alice, user_agent: "bench", jssip_id: "x" }, contact: {} };
	return {
		name: "jssip",
		read: (count) => {
			let good = 0;
			for (let n = 0; n < count; n++)
				for (const text of corpus) {
					const message = parseMessage(text, ua);
					if (message?.via !== undefined && message.from !== undefined && message.to !== undefined) good++;
				}
			return good;
		},
		write: (count) => {
			let length = 0;
			for (let n = 0; n < count; n++) {
				const request = new OutgoingRequest(
					"INVITE",
					bob,
					ua,
					{
						call_id: "2xTb9vxSit55XU7p8",
						cseq: n + 1,
						from_display_name: "Alice",
						from_tag: "9fxced76sl",
						route_set: ["<sip:proxy.example.com;lr>"],
					},
					// It writes Allow and Supported of its own.
					["Contact: <sip:alice@192.0.2.101:5060>", "Content-Type: application/sdp"],
					offer,
				);
				request.setHeader("via", `SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK74bf9${n};rport`);
				length = request.toString().length;
			}
			return length;
		},
	};
}
