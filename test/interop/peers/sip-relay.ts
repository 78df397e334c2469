/** A box in the signalling path, as providers have them: passes SIP on over UDP and may change the descriptions in it. */
import dgram from "node:dgram";

export interface SipRelay {
	readonly port: number;
	close(): void;
}

/**
 * Everything that comes from the target goes to who wrote last, everything else to the target; answers find the way
 * back by rport (RFC 3581).
 * @param change given each message's body, where it has one
 * @param port where it listens; 0: any
 */
export async function relaySip(targetPort: number, change: (body: string) => string, port = 0): Promise<SipRelay> {
	const socket = dgram.createSocket("udp4");
	let client: dgram.RemoteInfo | undefined;
	socket.on("message", (bytes, from) => {
		if (from.port !== targetPort) client = from;
		const port = from.port === targetPort ? client?.port : targetPort;
		if (port !== undefined) socket.send(changed(bytes.toString("latin1"), change), port, "127.0.0.1");
	});
	await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(port, "127.0.0.1", resolve));
	return { port: socket.address().port, close: () => socket.close() };
}

function changed(message: string, change: (body: string) => string): Buffer {
	const end = message.indexOf("\r\n\r\n") + 4;
	const body = message.slice(end);
	if (end < 4 || body === "") return Buffer.from(message, "latin1");
	const fresh = change(body);
	const head = message.slice(0, end).replace(/^(Content-Length|l)(\s*:\s*)\d+/im, `$1$2${fresh.length}`);
	return Buffer.from(head + fresh, "latin1");
}
