/** A peer of the tests' own: raw SIP. */
import { utf8Encode } from "bytes/text";
import type UDP from "hal/net/udp";
import { HOME, until } from "test/unit/call/pair";

/** The next datagram, as text. */
export async function received(socket: UDP): Promise<string> {
	let text = "";
	await until("a datagram", () => {
		const datagram = socket.read();
		if (datagram) text = String.fromCharCode(...new Uint8Array(datagram));
		return datagram !== undefined;
	});
	return text;
}

/** A header's value. */
export function field(message: string, name: string): string {
	return new RegExp(`^${name}: (.*)\r$`, "m").exec(message)?.[1] ?? "";
}

export function invite(port: number, branch: string, extra: readonly string[], body: string): Uint8Array {
	return utf8Encode(
		[
			"INVITE sip:bob@127.0.0.1 SIP/2.0",
			`Via: SIP/2.0/UDP ${HOME}:${port};branch=z9hG4bK${branch}`,
			"Max-Forwards: 70",
			`From: <sip:eve@${HOME}>;tag=eve${branch}`,
			"To: <sip:bob@127.0.0.1>",
			`Call-ID: ${branch}`,
			"CSeq: 1 INVITE",
			...extra,
			`Content-Length: ${body.length}`,
			"",
			body,
		].join("\r\n"),
	);
}

export function sdp(port: number, address = HOME, format = "0"): string {
	return `v=0\r\no=- 1 1 IN IP4 ${HOME}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${format}\r\n`;
}
