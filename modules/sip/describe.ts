/**
 * One line for the log about one SIP packet: what it is, not what it hides. Credentials, challenges and bodies are
 * never shown; of SDP only addresses, ports and payload types are.
 * @module
 */

import { sdpOf } from "./call";
import { header, type Message } from "./message";
import { isKeepAlive, parse } from "./parse";
import { parseUri, schemeOf } from "./uri";

/** For example `INVITE sip:bob@127.0.0.1 cseq 7 call 1f2e3d4c, audio 127.0.0.1:4000 RTP/AVP 0 8 101 zrtp-hash`. */
export function describe(bytes: Uint8Array): string {
	if (isKeepAlive(bytes)) return "keep-alive";
	const message = parse(bytes);
	if (message.type === "malformed") return `malformed SIP (${message.reason}), ${bytes.length} bytes`;
	const what =
		message.type === "request"
			? `${message.method} ${uriWithoutSecrets(message.uri)}`
			: `${message.status} ${plain(message.reason)} to ${message.method}`;
	const authorized = ["authorization", "proxy-authorization"].some((name) => header(message, name) !== undefined);
	const expires = header(message, "expires");
	return [
		what,
		`cseq ${message.cseq}`,
		`call ${plain(message.callId).slice(0, 8)}`,
		...(authorized ? ["with credentials"] : []),
		...(expires === undefined ? [] : [`expires ${plain(expires)}`]),
	]
		.join(" ")
		.concat(media(message));
}

/** A user part may carry a password (section 19.1.1); parameters and headers are left out with it. */
function uriWithoutSecrets(text: string): string {
	const uri = parseUri(text);
	if (uri === undefined) return `${schemeOf(text) ?? "?"}:...`;
	const port = uri.port === undefined ? "" : `:${uri.port}`;
	return plain(`${uri.scheme}:${uri.user === undefined ? "" : `${uri.user}@`}${uri.host}${port}`);
}

function media(message: Message): string {
	if (message.body.length === 0) return "";
	const sdp = sdpOf(message);
	if (sdp === undefined) return `, ${message.body.length} bytes of ${plain(header(message, "content-type") ?? "?")}`;
	const lines = sdp.split(/\r?\n/);
	const address = lines.find((line) => line.startsWith("c="))?.split(" ")[2] ?? "?";
	let text = "";
	for (const line of lines) {
		const match = /^m=(\S+) ([0-9]+)\S* (\S+) (.*)$/.exec(line);
		if (match !== null) text += `, ${match[1]} ${address}:${match[2]} ${match[3]} ${match[4]}`;
		else if (/^a=(sendonly|recvonly|inactive)\s*$/.test(line)) text += ` ${line.slice(2).trim()}`;
		else if (line.startsWith("a=zrtp-hash:")) text += " zrtp-hash";
		else if (line.startsWith("a=crypto:")) text += " crypto";
	}
	return plain(text);
}

/** One line of printable ASCII, of bounded length. */
function plain(text: string): string {
	return text.replace(/[^ -~]/g, "?").slice(0, 240);
}
