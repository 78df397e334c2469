/** A telephone exchange of the tests' own: it registers a phone, takes its subscriptions, and tells it things. */
import { utf8Encode } from "bytes/text";
import UDP from "hal/net/udp";
import { HOME } from "test/unit/call/pair";
import { field, sdp } from "test/unit/call/raw-peer";

interface Subscription {
	readonly request: string;
	cseq: number;
}

export class Office {
	/** INVITEs that came, whole. */
	readonly invites: string[] = [];
	/** What the phone answers, whole. */
	readonly answers: string[] = [];
	readonly #socket: UDP;
	/** By event package and the user that was asked for. */
	readonly #subscriptions: Map<string, Subscription> = new Map();
	#phonePort = 0;

	constructor() {
		this.#socket = new UDP({ address: HOME, onReadable: (count) => this.#receive(count) });
	}

	get port(): number {
		return this.#socket.port;
	}
	get server(): { host: string; port: number; transport: "udp" } {
		return { host: HOME, port: this.port, transport: "udp" };
	}
	/** Such as `dialog carol`. */
	get subscriptions(): readonly string[] {
		return [...this.#subscriptions.keys()].sort();
	}

	/** @param name as in `subscriptions` */
	notify(name: string, contentType: string, body: string): void {
		const subscription = this.#subscriptions.get(name);
		if (!subscription) throw new Error(`nobody asked for ${name}`);
		const { request } = subscription;
		this.#send([
			`NOTIFY sip:bob@${HOME}:${this.#phonePort} SIP/2.0`,
			`Via: SIP/2.0/UDP ${HOME}:${this.port};branch=z9hG4bK${name.replace(/\W/g, "")}${subscription.cseq}`,
			"Max-Forwards: 70",
			`From: ${field(request, "To")};tag=office`,
			`To: ${field(request, "From")}`,
			`Call-ID: ${field(request, "Call-ID")}`,
			`CSeq: ${subscription.cseq++} NOTIFY`,
			`Contact: <sip:office@${HOME}:${this.port}>`,
			`Event: ${field(request, "Event")}`,
			"Subscription-State: active;expires=600",
			`Content-Type: ${contentType}`,
			`Content-Length: ${body.length}`,
			"",
			body,
		]);
	}

	/** Somebody calls the phone through the exchange. */
	call(headers: readonly string[], user = "bob"): void {
		const body = sdp(40_000);
		this.#send([
			`INVITE sip:${user}@${HOME}:${this.#phonePort} SIP/2.0`,
			`Via: SIP/2.0/UDP ${HOME}:${this.port};branch=z9hG4bKcall`,
			"Max-Forwards: 70",
			"From: <sip:anonymous@anonymous.invalid>;tag=somebody",
			`To: <sip:bob@${HOME}>`,
			"Call-ID: through-the-office",
			"CSeq: 1 INVITE",
			`Contact: <sip:office@${HOME}:${this.port}>`,
			...headers,
			"Content-Type: application/sdp",
			`Content-Length: ${body.length}`,
			"",
			body,
		]);
	}

	close(): void {
		this.#socket.close();
	}

	#receive(count: number): void {
		for (let i = 0; i < count; i++) {
			const datagram = this.#socket.read();
			if (!datagram) return;
			this.#phonePort = datagram.port;
			this.#answer(String.fromCharCode(...new Uint8Array(datagram)));
		}
	}

	#answer(message: string): void {
		const [method = "", uri = ""] = message.split(" ");
		const contact = method === "REGISTER" ? field(message, "Contact") : `<sip:office@${HOME}:${this.port}>`;
		switch (method) {
			case "SUBSCRIBE": {
				const user = /^sip:([^@]*)@/.exec(uri)?.[1] ?? "";
				const name = `${field(message, "Event")} ${user}`;
				if (!this.#subscriptions.has(name)) this.#subscriptions.set(name, { request: message, cseq: 1 });
				break;
			}
			case "INVITE":
				this.invites.push(message);
				return;
			case "REGISTER":
				break;
			default:
				if (method.startsWith("SIP/")) this.answers.push(message);
				return;
		}
		this.#send([
			"SIP/2.0 200 OK",
			`Via: ${field(message, "Via")}`,
			`From: ${field(message, "From")}`,
			`To: ${field(message, "To")};tag=office`,
			`Call-ID: ${field(message, "Call-ID")}`,
			`CSeq: ${field(message, "CSeq")}`,
			`Contact: ${contact}`,
			"Expires: 600",
			"Content-Length: 0",
			"",
			"",
		]);
	}

	#send(lines: readonly string[]): void {
		this.#socket.write(utf8Encode(lines.join("\r\n")), HOME, this.#phonePort);
	}
}
