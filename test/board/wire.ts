/**
 * The other end of the board's network cable: Ethernet frames, one to a datagram, as QEMU's socket netdev carries them. Here
 * stand one host and a DHCP server whose every answer a test decides.
 */
import dgram from "node:dgram";
import type { AddressInfo } from "node:net";

const HOST_MAC = Buffer.from("020000000001", "hex");
/** Whoever has an address already that is offered. */
const STRANGER_MAC = Buffer.from("020000000099", "hex");
const BROADCAST_MAC = Buffer.alloc(6, 0xff);
const ETHER = { ipv4: 0x0800, arp: 0x0806 };
const UDP = 17;
const COOKIE = 0x63825363;

/** RFC 2132 section 9.6. */
export const DHCP = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6 } as const;

/** What the board asks. */
export interface DhcpMessage {
	readonly type: number;
	readonly xid: number;
	readonly mac: Buffer;
	readonly requested: string | undefined;
}

/** What it is told; every field can be wrong. */
export interface DhcpAnswer {
	readonly type: number;
	readonly address: string;
	readonly xid?: number;
	readonly leaseSec?: number;
	readonly op?: number;
	/** Instead of those that belong there, without the end mark. */
	readonly options?: Buffer;
	/** Octets left of the whole packet. */
	readonly byteLength?: number;
}

const octetsOf = (address: string): Buffer => Buffer.from(address.split(".").map(Number));
const addressOf = (bytes: Buffer): string => [...bytes].join(".");

function checksum(bytes: Buffer): number {
	let sum = 0;
	for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

function ethernet(to: Buffer, from: Buffer, kind: number, payload: Buffer): Buffer {
	const head = Buffer.concat([to, from, Buffer.alloc(2)]);
	head.writeUInt16BE(kind, 12);
	return Buffer.concat([head, payload]);
}

function udp(from: string, fromPort: number, to: string, toPort: number, payload: Buffer): Buffer {
	const head = Buffer.alloc(28);
	head.writeUInt16BE(0x4500, 0);
	head.writeUInt16BE(28 + payload.length, 2);
	head.writeUInt8(64, 8);
	head.writeUInt8(UDP, 9);
	octetsOf(from).copy(head, 12);
	octetsOf(to).copy(head, 16);
	head.writeUInt16BE(checksum(head.subarray(0, 20)), 10);
	head.writeUInt16BE(fromPort, 20);
	head.writeUInt16BE(toPort, 22);
	head.writeUInt16BE(8 + payload.length, 24);
	return Buffer.concat([head, payload]);
}

function dhcpOption(code: number, value: Buffer): Buffer {
	return Buffer.concat([Buffer.of(code, value.length), value]);
}

export class Wire {
	/** This end, in the network that the DHCP server stands for. */
	host = "10.9.0.1";
	/** Addresses that a stranger says are its own. */
	readonly taken = new Set<string>();
	/** Every DHCP message of the board, in order. */
	readonly asked: DhcpMessage[] = [];
	/** The test's DHCP server; nothing is answered before it is set. */
	onDhcp: (message: DhcpMessage) => readonly DhcpAnswer[] = () => [];
	readonly #socket: dgram.Socket;
	readonly #board: number;
	#boardMac = BROADCAST_MAC;
	readonly #listeners = new Set<(text: string) => void>();

	private constructor(socket: dgram.Socket, board: number) {
		this.#socket = socket;
		this.#board = board;
		socket.on("message", (frame) => this.#receive(frame));
	}

	static async open(): Promise<Wire> {
		const bound = (socket: dgram.Socket) =>
			new Promise<number>((resolve) => {
				socket.bind(0, "127.0.0.1", () => resolve((socket.address() as AddressInfo).port));
			});
		/* A port for QEMU: free now, and nobody else is in this namespace. */
		const placeholder = dgram.createSocket("udp4");
		const board = await bound(placeholder);
		await new Promise<void>((resolve) => placeholder.close(() => resolve()));
		const socket = dgram.createSocket("udp4");
		await bound(socket);
		return new Wire(socket, board);
	}

	/** QEMU's options. */
	get network(): readonly string[] {
		const own = this.#socket.address().port;
		const netdev = `socket,id=net,udp=127.0.0.1:${own},localaddr=127.0.0.1:${this.#board}`;
		return ["-netdev", netdev, "-device", "virtio-net-device,netdev=net"];
	}

	close(): void {
		this.#socket.close();
	}

	/** A SIP request from the host to that address; what comes back within the time, if anything. */
	ask(address: string, timeoutMs: number): Promise<string | undefined> {
		const branch = Math.random().toString(36).slice(2);
		const text = [
			`OPTIONS sip:board@${address} SIP/2.0`,
			`Via: SIP/2.0/UDP ${this.host}:5060;branch=z9hG4bK${branch}`,
			`From: <sip:wire@${this.host}>;tag=${branch}`,
			`To: <sip:board@${address}>`,
			`Call-ID: ${branch}`,
			"CSeq: 1 OPTIONS",
			"Max-Forwards: 70",
			"Content-Length: 0",
			"\r\n",
		].join("\r\n");
		const frame = ethernet(
			this.#boardMac,
			HOST_MAC,
			ETHER.ipv4,
			udp(this.host, 5060, address, 5060, Buffer.from(text)),
		);
		return new Promise((resolve) => {
			const done = (answer: string | undefined): void => {
				clearTimeout(late);
				clearInterval(again);
				this.#listeners.delete(listen);
				resolve(answer);
			};
			const listen = (answer: string): void => {
				if (answer.includes(branch)) done(answer);
			};
			const late = setTimeout(() => done(undefined), timeoutMs);
			const again = setInterval(() => this.send(frame), 1000);
			this.#listeners.add(listen);
			this.send(frame);
		});
	}

	/** Any frame at all. */
	send(frame: Buffer): void {
		this.#socket.send(frame, this.#board, "127.0.0.1");
	}

	/** Frames as somebody sends them who means no good: to the board's address, which it has now. */
	datagramTo(address: string, port: number, payload: Buffer): Buffer {
		return ethernet(this.#boardMac, HOST_MAC, ETHER.ipv4, udp(this.host, 4000, address, port, payload));
	}

	/** The first piece of a packet whose others never come. */
	fragmentTo(address: string, id: number, payload: Buffer): Buffer {
		const frame = this.datagramTo(address, 5060, payload);
		const head = frame.subarray(14, 34);
		head.writeUInt16BE(id & 0xffff, 4);
		head.writeUInt16BE(0x2000, 6);
		head.writeUInt16BE(0, 10);
		head.writeUInt16BE(checksum(head), 10);
		return frame;
	}

	#receive(frame: Buffer): void {
		const kind = frame.readUInt16BE(12);
		this.#boardMac = Buffer.from(frame.subarray(6, 12));
		if (kind === ETHER.arp) this.#arp(frame.subarray(14));
		else if (kind === ETHER.ipv4 && frame[23] === UDP) this.#udp(frame.subarray(14));
	}

	#arp(packet: Buffer): void {
		const wanted = addressOf(packet.subarray(24, 28));
		const mac = this.taken.has(wanted) ? STRANGER_MAC : wanted === this.host ? HOST_MAC : undefined;
		if (mac === undefined || packet.readUInt16BE(6) !== 1) return;
		const answer = Buffer.concat([
			packet.subarray(0, 6),
			Buffer.of(0, 2),
			mac,
			octetsOf(wanted),
			packet.subarray(8, 18),
		]);
		this.send(ethernet(this.#boardMac, mac, ETHER.arp, answer));
	}

	#udp(packet: Buffer): void {
		const payload = packet.subarray(28, packet.readUInt16BE(2));
		const port = packet.readUInt16BE(22);
		if (port === 67) this.#dhcp(payload);
		else for (const listener of [...this.#listeners]) listener(payload.toString());
	}

	#dhcp(packet: Buffer): void {
		let type = 0;
		let requested: string | undefined;
		for (
			let at = 240;
			at + 1 < packet.length && packet[at] !== 255;
			at += packet[at] === 0 ? 1 : 2 + (packet[at + 1] ?? 0)
		) {
			const value = packet.subarray(at + 2, at + 2 + (packet[at + 1] ?? 0));
			if (packet[at] === 53) type = value[0] ?? 0;
			if (packet[at] === 50) requested = addressOf(value);
		}
		const message = { type, xid: packet.readUInt32BE(4), mac: Buffer.from(packet.subarray(28, 34)), requested };
		this.asked.push(message);
		for (const answer of this.onDhcp(message)) this.#answer(message, answer);
	}

	#answer(message: DhcpMessage, answer: DhcpAnswer): void {
		const head = Buffer.alloc(240);
		head.set([answer.op ?? 2, 1, 6, 0]);
		head.writeUInt32BE((answer.xid ?? message.xid) >>> 0, 4);
		octetsOf(answer.address).copy(head, 16);
		message.mac.copy(head, 28);
		head.writeUInt32BE(COOKIE, 236);
		const lease = Buffer.alloc(4);
		lease.writeUInt32BE(answer.leaseSec ?? 86_400);
		const options =
			answer.options ??
			Buffer.concat([
				dhcpOption(53, Buffer.of(answer.type)),
				dhcpOption(54, octetsOf(this.host)),
				dhcpOption(51, lease),
				dhcpOption(1, octetsOf("255.255.255.0")),
				dhcpOption(3, octetsOf(this.host)),
				dhcpOption(6, octetsOf(this.host)),
			]);
		const whole = Buffer.concat([head, options, Buffer.of(255)]).subarray(0, answer.byteLength);
		this.send(ethernet(BROADCAST_MAC, HOST_MAC, ETHER.ipv4, udp(this.host, 67, "255.255.255.255", 68, whole)));
	}
}
