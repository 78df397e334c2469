/**
 * A box in the media path. By itself it passes voice and nothing else, as some providers have: ZRTP does not get through
 * it. A test may say which packets get through.
 */
import dgram from "node:dgram";

export interface MediaRelay {
	/** Puts the relay in the place of whoever speaks in this SDP, and takes a=zrtp-hash out. */
	change(body: string): string;
	close(): void;
}

/** Octets 4 to 7 of a ZRTP packet (RFC 6189 section 5). */
const COOKIE = "ZRTP";

class Leg {
	readonly socket: dgram.Socket;
	/** Where the phone on this side receives. */
	port: number | undefined;

	constructor(socket: dgram.Socket) {
		this.socket = socket;
	}

	static async open(): Promise<Leg> {
		const socket = dgram.createSocket("udp4");
		await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(0, "127.0.0.1", resolve));
		return new Leg(socket);
	}

	passTo(other: Leg, passes: (bytes: Buffer) => boolean): void {
		this.socket.on("message", (bytes) => {
			if (passes(bytes) && other.port !== undefined) other.socket.send(bytes, other.port, "127.0.0.1");
		});
	}
}

/** Whether a packet gets through, by who has sent it. */
export type Passes = (bytes: Buffer, from: "caller" | "callee") => boolean;

/** The type block of a ZRTP message, trailing spaces removed (RFC 6189 sections 5 and 5.1); undefined: another packet. */
export function zrtpTypeOf(bytes: Buffer): string | undefined {
	return bytes.toString("latin1", 4, 8) === COOKIE ? bytes.toString("latin1", 16, 24).trimEnd() : undefined;
}

const voiceAlone: Passes = (bytes) => zrtpTypeOf(bytes) === undefined;

/** @param callerPort where the one who calls receives, which tells the two apart */
export async function relayMedia(callerPort: number, passes = voiceAlone): Promise<MediaRelay> {
	const caller = await Leg.open();
	const callee = await Leg.open();
	caller.passTo(callee, (bytes) => passes(bytes, "caller"));
	callee.passTo(caller, (bytes) => passes(bytes, "callee"));
	return {
		change: (body) =>
			body.replace(/^a=(zrtp-hash|rtcp):.*\r\n/gm, "").replace(/^(m=audio )(\d+)/m, (_, head: string, port: string) => {
				const [own, other] = Number(port) === callerPort ? [caller, callee] : [callee, caller];
				own.port = Number(port);
				return `${head}${other.socket.address().port}`;
			}),
		close: () => {
			for (const { socket } of [caller, callee]) socket.close();
		},
	};
}
