/**
 * Messages that are wrong, and what RFC 3261 asks for in answer, as a scenario for SIPp: after each the phone has to answer an
 * OPTIONS. What is dropped is told from what is answered by that: SIPp ends at an answer it does not expect.
 */
import { writeFileSync } from "node:fs";

export interface Malformed {
	readonly name: string;
	/** The status it is answered with; undefined: it is dropped. */
	readonly status: number | undefined;
	/** The message, with SIPp's words in brackets. */
	readonly text: string;
	/** It is an INVITE that was understood well enough for a transaction: the answer wants an ACK. */
	readonly acknowledge?: true;
	/** The framing of a stream would not outlive it. */
	readonly udpOnly?: true;
}

interface Parts {
	readonly method?: string;
	readonly uri?: string;
	readonly version?: string;
	readonly body?: string;
	/** Value for the name, or no such line. */
	readonly change?: Readonly<Record<string, string | undefined>>;
	readonly more?: readonly string[];
}

const URI = "sip:[service]@[remote_ip]:[remote_port]";
const SDP = [
	...["v=0", "o=sipp 77 1 IN IP4 [local_ip]", "s=-", "c=IN IP4 [media_ip]", "t=0 0"],
	...["m=audio [voice_port] RTP/AVP 0", "a=rtpmap:0 PCMU/8000"],
].join("\n");

let count = 0;

/** Call-IDs differ, so that no message repeats another (section 8.2.2.2); what SIPp goes by stands behind the slashes. */
function message({
	method = "OPTIONS",
	uri = URI,
	version = "SIP/2.0",
	body = "",
	change = {},
	more = [],
}: Parts): string {
	const lines: Record<string, string | undefined> = {
		Via: "SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
		"Max-Forwards": "70",
		From: "<sip:sipp@[local_ip]:[local_port]>;tag=[pid]wrong[call_number]",
		To: `<${URI}>`,
		"Call-ID": `${++count}///[call_id]`,
		CSeq: `1 ${method}`,
		Contact: "<sip:sipp@[local_ip]:[local_port];transport=[transport]>",
		...(body !== "" && { "Content-Type": "application/sdp" }),
		"Content-Length": "[len]",
		...change,
	};
	const head = Object.entries(lines).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
	// SIPp leaves out what follows its [len].
	return [
		`${method} ${uri} ${version}`,
		...head.slice(0, -1),
		...more,
		...head.slice(-1),
		"",
		...(body === "" ? [] : [body]),
	].join("\n");
}

const options = (parts: Parts): string => message(parts);
const invite = (parts: Parts): string => message({ method: "INVITE", body: SDP, ...parts });
const twice = (name: string, value: string): Malformed => ({
	name: `two of ${name}`,
	status: 400,
	text: options({ more: [`${name}: ${value}`] }),
});

export const MALFORMED: readonly Malformed[] = [
	// Section 7.3.1, and 20: what may stand once.
	twice("Call-ID", "other///[call_id]"),
	twice("CSeq", "2 OPTIONS"),
	twice("From", "<sip:b@127.0.0.1>;tag=b"),
	twice("To", "<sip:b@127.0.0.1>"),
	twice("Max-Forwards", "3"),
	{ ...twice("Content-Length", "7"), udpOnly: true },
	{ name: "a header line without a name", status: 400, text: options({ more: [": nameless"] }) },
	{ name: "a header line without a colon", status: 400, text: options({ more: ["Subject here"] }) },
	// Section 8.1.1: what has to stand there. (SIPp takes no answer without To.)
	...["From", "Call-ID"].map(
		(name): Malformed => ({
			name: `no ${name}`,
			// SIPp tells calls by the Call-ID: without one it sees no answer.
			status: name === "Call-ID" ? undefined : 400,
			text: options({ change: { [name]: undefined } }),
		}),
	),
	{ name: "no CSeq", status: undefined, text: options({ change: { CSeq: undefined } }) },
	{ name: "no Via", status: undefined, text: options({ change: { Via: undefined } }) },
	{ name: "an INVITE without Contact", status: 400, text: invite({ change: { Contact: undefined } }) },
	// Section 20: values outside the grammar. (SIPp takes an answer by its own CSeq: test/vectors/sip has the wrong ones.)
	{ name: "Max-Forwards of 256", status: 400, text: options({ change: { "Max-Forwards": "256" } }) },
	{ name: "Max-Forwards that is no number", status: 400, text: options({ change: { "Max-Forwards": "many" } }) },
	{ name: "From in open brackets", status: 400, text: options({ change: { From: "<sip:a@127.0.0.1" } }) },
	{ name: "To in an open string", status: 400, text: options({ change: { To: '"Bob <sip:b@127.0.0.1>' } }) },
	{
		name: "Content-Length that is no number",
		status: 400,
		text: options({ change: { "Content-Length": "ten" } }),
		udpOnly: true,
	},
	{
		name: "Content-Length below nothing",
		status: 400,
		text: options({ change: { "Content-Length": "-1" } }),
		udpOnly: true,
	},
	{
		name: "Content-Length longer than the datagram (section 18.3)",
		status: 400,
		text: options({ change: { "Content-Length": "999999" } }),
		udpOnly: true,
	},
	// The first line.
	{ name: "another version (section 21.5.6)", status: 505, text: options({ version: "SIP/7.0" }) },
	{ name: "a URI in brackets", status: 400, text: options({ uri: `<${URI}>` }) },
	{ name: "white space in the URI", status: 400, text: options({ uri: `${URI}; user=phone` }) },
	{ name: "a URI with header fields", status: 400, text: options({ uri: `${URI}?Subject=x` }) },
	{ name: "another scheme (section 8.2.2.1)", status: 416, text: options({ uri: "http://127.0.0.1/" }) },
	{
		name: "a URI without end (section 21.4.15)",
		status: 414,
		text: options({ uri: `sip:${"a".repeat(600)}@127.0.0.1` }),
	},
	{ name: "a method of nobody (section 21.5.2)", status: 501, text: message({ method: "LEVITATE" }) },
	{ name: "a method that a phone has not (section 8.2.1)", status: 405, text: message({ method: "REGISTER" }) },
	// Sections 8.2.2.3 and 8.2.3.
	{ name: "Require", status: 420, text: options({ more: ["Require: levitate"] }) },
	{
		name: "a body of another kind",
		status: 415,
		text: invite({ change: { "Content-Type": "text/plain" } }),
		acknowledge: true,
	},
	{ name: "an encoded body", status: 415, text: invite({ more: ["Content-Encoding: gzip"] }), acknowledge: true },
	{
		name: "an Accept of something else",
		status: 406,
		text: invite({ more: ["Accept: text/plain"] }),
		acknowledge: true,
	},
	{ name: "a body that is no description", status: 400, text: invite({ body: "v=0\nnonsense" }), acknowledge: true },
	{
		name: "no voice that both speak (section 13.3.1.3)",
		status: 488,
		text: invite({ body: SDP.replace("RTP/AVP 0", "RTP/AVP 99").replace("0 PCMU", "99 OTHER") }),
		acknowledge: true,
	},
	{
		name: "a hundred lines too many",
		status: 513,
		text: options({ more: Array<string>(120).fill("X: y") }),
		udpOnly: true,
	},
	// No such call (sections 12.2.2, 9.2), and RFC 3891 section 3.
	...["BYE", "PRACK", "UPDATE", "INFO"].map(
		(method): Malformed => ({
			name: `${method} without a call`,
			status: 481,
			text: message({
				method,
				change: { To: `<${URI}>;tag=nobody` },
				...(method === "PRACK" && { more: ["RAck: 1 1 INVITE"] }),
			}),
		}),
	),
	{ name: "CANCEL of nothing", status: 481, text: message({ method: "CANCEL" }) },
	{ name: "ACK of nothing", status: undefined, text: message({ method: "ACK" }) },
	{
		name: "Replaces of no call",
		status: 481,
		text: invite({ more: ["Replaces: a;to-tag=b;from-tag=c"] }),
		acknowledge: true,
	},
	{ name: "Replaces without tags", status: 400, text: invite({ more: ["Replaces: a"] }), acknowledge: true },
	// Section 18.1.2: responses that answer nothing.
	{
		name: "a response to nothing",
		status: undefined,
		text: options({}).replace(/^.*/, "SIP/2.0 200 OK"),
	},
	{
		name: "a response with two Via (section 8.1.3.3)",
		status: undefined,
		text: options({ more: ["Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx"] }).replace(/^.*/, "SIP/2.0 200 OK"),
	},
	{ name: "no SIP at all", status: undefined, text: "GET / HTTP/1.0\nHost: [remote_ip]\n", udpOnly: true },
];

const send = (text: string): string => `<send><![CDATA[\n\n${text}\n\n]]></send>`;
const receive = (status: number): string => `<recv response="100" optional="true"/><recv response="${status}"/>`;
const ACK = ({ text }: Malformed): string =>
	send(
		text
			.replace(/^INVITE/, "ACK")
			.replace("1 INVITE", "1 ACK")
			.replace("branch=[branch]", "branch=[branch-2]")
			.replace(/^To: .*$/m, "[last_To:]")
			.replace(/\n\n[\s\S]*$/, "\n"),
	);

/** @returns how many messages are in it */
export function writeMalformed(file: string, transport: "UDP" | "TCP"): number {
	const cases = MALFORMED.filter(({ udpOnly }) => transport === "UDP" || udpOnly !== true);
	const body = cases.flatMap((each) => [
		`<!-- ${each.name} -->`,
		send(each.text),
		...(each.status === undefined ? [] : [receive(each.status)]),
		...(each.acknowledge === true ? [ACK(each)] : []),
		send(options({})),
		receive(200),
	]);
	writeFileSync(
		file,
		`<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="malformed">\n${body.join("\n")}\n</scenario>\n`,
	);
	return cases.length;
}
