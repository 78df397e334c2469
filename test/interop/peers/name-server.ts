/**
 * A name server for tests, on port 53 of the loopback-only network they run in: answers NAPTR, SRV, A and AAAA from a
 * table, and "no such name" for all else; over TCP as well. `wrap` makes a program that asks it and nobody else.
 */
import dgram from "node:dgram";
import { chmodSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";

/** `name TYPE` to the data of its records, as zone files write them. */
export type Zone = Readonly<Record<string, readonly string[]>>;

const TYPES: Readonly<Record<number, string>> = { 1: "A", 28: "AAAA", 33: "SRV", 35: "NAPTR" };
const TTL_SEC = 30;

function encodeName(name: string): Buffer {
	const labels = name === "." ? [] : name.split(".");
	return Buffer.concat([
		...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
		Buffer.from([0]),
	]);
}

function encodeString(text: string): Buffer {
	return Buffer.from([text.length, ...Buffer.from(text)]);
}

function numbers(...values: readonly (string | undefined)[]): Buffer {
	const buffer = Buffer.alloc(2 * values.length);
	values.forEach((value, index) => void buffer.writeUInt16BE(Number(value), 2 * index));
	return buffer;
}

function encodeData(type: string, text: string): Buffer {
	const [first, second, third = "", fourth = "", fifth = ""] = text.split(" ");
	switch (type) {
		case "A":
			return Buffer.from(text.split(".").map(Number));
		case "SRV":
			return Buffer.concat([numbers(first, second, third), encodeName(fourth)]);
		case "NAPTR":
			return Buffer.concat([
				numbers(first, second),
				encodeString(third),
				encodeString(fourth),
				encodeString(""),
				encodeName(fifth),
			]);
		default:
			throw new RangeError(type);
	}
}

export class NameServer {
	readonly #socket = dgram.createSocket("udp4");
	readonly #streams: net.Server;
	readonly #address: string;
	/** Datagrams have no room for service records: whoever wants them comes over TCP. */
	cut = false;
	/** What was asked, `name TYPE`. */
	readonly asked: string[] = [];
	zone: Zone;

	private constructor(zone: Zone, address: string) {
		this.zone = zone;
		this.#address = address;
		this.#socket.on("message", (question, from) => {
			const answer = this.#answer(question);
			if (this.cut && /(?:SRV|NAPTR)$/.test(this.asked.at(-1) ?? ""))
				answer.writeUInt16BE(answer.readUInt16BE(2) | 0x0200, 2);
			this.#socket.send(answer, from.port, from.address);
		});
		this.#streams = net.createServer((socket) => {
			socket.on("error", () => {});
			socket.on("data", (question) => {
				const answer = this.#answer(question.subarray(2), " over TCP");
				const length = Buffer.alloc(2);
				length.writeUInt16BE(answer.length);
				socket.end(Buffer.concat([length, answer]));
			});
		});
	}

	static async start(zone: Zone, address = "127.0.0.1"): Promise<NameServer> {
		const server = new NameServer(zone, address);
		await new Promise<void>((resolve, reject) => {
			server.#socket.once("error", reject);
			server.#socket.bind(53, address, resolve);
		});
		await new Promise<void>((resolve, reject) => {
			server.#streams.once("error", reject);
			server.#streams.listen(53, address, resolve);
		});
		return server;
	}

	#answer(question: Buffer, way = ""): Buffer {
		const labels: string[] = [];
		let at = 12;
		for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
			labels.push(question.subarray(at + 1, at + 1 + length).toString());
			at += 1 + length;
		}
		const type = TYPES[question.readUInt16BE(at + 1)];
		const name = labels.join(".").toLowerCase();
		this.asked.push(`${name} ${type}${way}`);
		const records = type === undefined ? [] : (this.zone[`${name} ${type}`] ?? []);
		const known = Object.keys(this.zone).some((key) => key.startsWith(`${name} `));
		const head = Buffer.alloc(12);
		question.copy(head, 0, 0, 2);
		head.writeUInt16BE(known ? 0x8580 : 0x8583, 2);
		head.writeUInt16BE(1, 4);
		head.writeUInt16BE(records.length, 6);
		const answers = records.map((text) => {
			const data = encodeData(type ?? "", text);
			const fixed = Buffer.alloc(12);
			fixed.writeUInt16BE(0xc00c, 0);
			question.copy(fixed, 2, at + 1, at + 5);
			fixed.writeUInt32BE(TTL_SEC, 6);
			fixed.writeUInt16BE(data.length, 10);
			return Buffer.concat([fixed, data]);
		});
		return Buffer.concat([head, question.subarray(12, at + 5), ...answers]);
	}

	/** @returns a program that runs `program` with this server as its only one */
	wrap(folder: string, program: string): string {
		const config = path.join(folder, "resolv.conf");
		const file = path.join(folder, "with-name-server.sh");
		writeFileSync(config, `nameserver ${this.#address}\noptions timeout:1 attempts:2\n`);
		const inside = `mount --bind "${config}" /etc/resolv.conf && exec "$@"`;
		writeFileSync(file, `#!/bin/sh\nexec unshare --mount sh -c '${inside}' sh "${program}" "$@"\n`);
		chmodSync(file, 0o755);
		return file;
	}

	close(): void {
		this.#socket.close();
		this.#streams.close();
	}
}
