/**
 * A far end that is made of its parts: SIP by hand, and beside it a ZRTP engine on a UDP socket. It calls a whole phone,
 * moves its media where it likes, and says in ZRTP what no phone of ours would say.
 */
import { now } from "board/clock";
import { toHex } from "bytes/hex";
import { utf8Decode, utf8Encode } from "bytes/text";
import UDP from "hal/net/udp";
import { ok } from "test/harness";
import { Endpoint, type EndpointOptions } from "test/net/zrtp/endpoint";
import { messageOf } from "test/unit/zrtp/exchange";
import Timer from "timer";
import { HOME, type Station, until } from "./pair";

/** A ZRTP engine with a socket. */
export class EngineMedia {
	/** Another one once it has begun anew. */
	end: Endpoint;
	readonly #socket: UDP;
	readonly #timer: Timer;
	#to: { readonly address: string; readonly port: number } | undefined;
	/** RTP packets that came. */
	heard = 0;
	/** Types of the ZRTP messages that came. */
	readonly came: string[] = [];
	/** Nothing is answered while it is set. */
	deaf = false;
	/** It takes a message of one of these types, and nothing is heard of it afterwards. */
	fallsSilentAfter: readonly string[] = [];

	constructor(name: string, options: EndpointOptions) {
		this.end = new Endpoint(name, options);
		this.#socket = new UDP({ address: HOME });
		this.#timer = Timer.repeat(() => this.#pump(), 5);
	}

	get port(): number {
		return this.#socket.port;
	}

	/** Where the phone said that it listens. */
	begin(answer: string): void {
		this.point(answer);
		this.end.start(now());
	}

	point(answer: string): void {
		this.#to = { address: HOME, port: Number(/^m=audio (\d+)/m.exec(answer)?.[1]) };
	}

	/** The phone at this address is switched off and on: another session, and another source. */
	restart(name: string, options: EndpointOptions): void {
		this.end = new Endpoint(name, options);
		this.end.start(now());
	}

	relay(sashash: Uint8Array): void {
		this.end.feed({ type: "relaySas", now: now(), sasType: "B32", sashash });
	}

	/** Its SAS with the phone, whole: what a PBX relays to the other side. */
	get sashash(): Uint8Array {
		const { continuity } = this.end.session;
		if (!continuity) throw new Error("no exchange yet");
		return continuity.sashash;
	}

	close(): void {
		Timer.clear(this.#timer);
		this.#socket.close();
	}

	#pump(): void {
		for (let datagram = this.#socket.read(); datagram; datagram = this.#socket.read()) {
			const bytes = new Uint8Array(datagram);
			if ((bytes[0] ?? 0) >> 6 === 2) this.heard++;
			if (bytes[0] !== 0x10 || this.deaf) continue;
			const { type } = messageOf(bytes);
			this.came.push(type);
			if (this.fallsSilentAfter.includes(type)) this.deaf = true;
			this.end.packet(now(), bytes);
		}
		if ((this.end.wakeAt ?? Number.POSITIVE_INFINITY) <= now()) this.end.feed({ type: "tick", now: now() });
		for (const packet of this.end.take())
			if (this.#to && !this.deaf) this.#socket.write(packet, this.#to.address, this.#to.port);
	}
}

export interface DescriptionOptions {
	readonly direction?: "sendrecv" | "sendonly" | "inactive";
	/** Default: its own. undefined: none. */
	readonly hash?: Uint8Array | undefined;
}

/** What a caller would say of this media. */
export function describe(media: EngineMedia, options: DescriptionOptions = {}): string {
	return description([section(media, options)]);
}

export function section(media: EngineMedia, options: DescriptionOptions = {}): string {
	const hash = "hash" in options ? options.hash : media.end.session.helloHash;
	return [
		`m=audio ${media.port} RTP/AVP 8 0`,
		`a=${options.direction ?? "sendrecv"}`,
		...(hash ? [`a=zrtp-hash:1.10 ${toHex(hash)}`] : []),
	].join("\r\n");
}

export function description(sections: readonly string[]): string {
	return ["v=0", `o=- 1 1 IN IP4 ${HOME}`, "s=-", `c=IN IP4 ${HOME}`, "t=0 0", ...sections, ""].join("\r\n");
}

/** Somebody who calls a phone, one request at a time. */
export class Caller {
	readonly #socket: UDP;
	readonly #phone: Station;
	readonly #user: string;
	readonly #dialog: string;
	#sequence = 0;
	#toTag = "";
	#answer: { readonly sequence: number; readonly text: string } | undefined;
	/** CSeq of the last request that was refused with 488. */
	#refusal = 0;
	/** Our last description: the answer to what the phone offers. */
	#sdp = "";
	/** Offers of the phone inside the call. */
	readonly offers: string[] = [];
	/** What it answers to them; its own last description without it. */
	answers: string | undefined;
	readonly #timer: Timer;

	constructor(phone: Station, user: string) {
		this.#socket = new UDP({ address: HOME });
		this.#phone = phone;
		this.#user = user;
		this.#dialog = `${user}${this.#socket.port}at${Math.round(now())}`;
		this.#timer = Timer.repeat(() => this.#pump(), 5);
	}

	/** Until it rings. The answer of the phone comes by `answered`. */
	async ring(sdp: string): Promise<void> {
		this.#invite(sdp);
		await until("it rings", () => this.#phone.phone.state.calls[0]?.state === "ringing");
	}

	/** Rings, is answered, and has keys agreed by this media. */
	async call(media: EngineMedia, options: DescriptionOptions = {}): Promise<void> {
		await this.ring(describe(media, options));
		this.#phone.phone.answer();
		media.begin(await this.answered());
	}

	/** A re-INVITE. @returns the phone's answer */
	reinvite(sdp: string): Promise<string> {
		this.#invite(sdp);
		return this.answered();
	}

	async answered(): Promise<string> {
		await until("200", () => this.#answer?.sequence === this.#sequence);
		return this.#answer?.text ?? "";
	}

	/** A re-INVITE that the phone does not take. */
	async refused(sdp: string): Promise<void> {
		this.#invite(sdp);
		await until("a refusal", () => this.#refusal === this.#sequence);
	}

	close(): void {
		Timer.clear(this.#timer);
		this.#socket.close();
	}

	#invite(sdp: string): void {
		this.#sdp = sdp;
		this.#sequence++;
		this.#send("INVITE", sdp);
	}

	#send(method: "INVITE" | "ACK", body: string): void {
		const branch = `${this.#dialog}${method}${this.#sequence}`;
		this.#write([
			`${method} sip:${this.#phone.name}@${HOME} SIP/2.0`,
			`Via: SIP/2.0/UDP ${HOME}:${this.#socket.port};branch=z9hG4bK${branch}`,
			"Max-Forwards: 70",
			`From: <sip:${this.#user}@${HOME}>;tag=lab`,
			`To: <sip:${this.#phone.name}@${HOME}>${this.#toTag}`,
			`Call-ID: ${this.#dialog}`,
			`CSeq: ${this.#sequence} ${method}`,
			`Contact: <sip:${this.#user}@${HOME}:${this.#socket.port}>`,
			...(body === "" ? [] : ["Content-Type: application/sdp"]),
			`Content-Length: ${body.length}`,
			"",
			body,
		]);
	}

	#write(lines: readonly string[]): void {
		this.#socket.write(utf8Encode(lines.join("\r\n")), HOME, this.#phone.phone.sipPort);
	}

	#pump(): void {
		for (let datagram = this.#socket.read(); datagram; datagram = this.#socket.read())
			this.#hear(utf8Decode(new Uint8Array(datagram)) ?? "");
	}

	#hear(text: string): void {
		const sequence = Number(/^CSeq: (\d+)/m.exec(text)?.[1]);
		const body = text.slice(text.indexOf("\r\n\r\n") + 4);
		if (text.startsWith("SIP/2.0")) {
			if (text.startsWith("SIP/2.0 1") || sequence !== this.#sequence) return;
			this.#toTag = /^To: [^;\r]*(;tag=[^\r;]*)/m.exec(text)?.[1] ?? this.#toTag;
			this.#send("ACK", "");
			if (text.startsWith("SIP/2.0 488")) {
				this.#refusal = sequence;
				return;
			}
			ok(text.startsWith("SIP/2.0 2"), text);
			this.#answer = { sequence, text: body };
			return;
		}
		if (text.startsWith("ACK")) return;
		const invited = text.startsWith("INVITE");
		if (invited) this.offers.push(body);
		const answer = invited ? (this.answers ?? this.#sdp) : "";
		const copied = text.split("\r\n").filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
		this.#write([
			"SIP/2.0 200 OK",
			...copied,
			...(invited
				? [`Contact: <sip:${this.#user}@${HOME}:${this.#socket.port}>`, "Content-Type: application/sdp"]
				: []),
			`Content-Length: ${answer.length}`,
			"",
			answer,
		]);
	}
}

/** Everything that a test opened is closed at its end. */
export async function laboratory(
	phone: Station,
	body: (open: <T extends { close(): void }>(part: T) => T) => Promise<void>,
): Promise<void> {
	const parts: { close(): void }[] = [];
	try {
		await body((part) => {
			parts.push(part);
			return part;
		});
	} catch (error) {
		throw new Error(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${phone.said}`);
	} finally {
		for (const part of parts.reverse()) part.close();
		phone.close();
	}
}
