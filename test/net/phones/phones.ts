/** Whole phones in a world: everything of theirs is real but the sockets, the voice and the clock. */
import { VolatileStore } from "app/volatile-store";
import { utf8Encode } from "bytes/text";
import { Phone } from "call/phone";
import type { CallState } from "call/state";
import { nativeProvider } from "crypto/native";
import type Audio from "hal/audio/audio";
import { Log } from "log/log";
import { seededBytes } from "test/net/seeded";
import type { Server } from "test/net/sip/world";
import type { PhoneWorld, Place, StreamEnd } from "./world";

export interface VirtualOptions {
	readonly world: PhoneWorld;
	readonly name: string;
	readonly address: string;
	readonly seed: number;
	readonly registrar: Place & { readonly transport: "udp" | "tcp" };
	/** One for all: it makes tones that nobody hears. */
	readonly audio: Audio;
}

const SIP_PORT = 5060;

/** A phone with its account. */
export class VirtualPhone {
	readonly name: string;
	readonly address: string;
	readonly lines: string[] = [];
	/** Called at every change. */
	watch: () => void = () => {};
	readonly #world: PhoneWorld;
	readonly #phone: Phone;
	readonly #store: VolatileStore;

	constructor({ world, name, address, seed, registrar, audio }: VirtualOptions) {
		this.name = name;
		this.address = address;
		this.#world = world;
		const random = seededBytes(seed);
		this.#store = new VolatileStore(random);
		const now = (): number => world.now;
		const log = new Log({ now, levels: { sip: "info", call: "info", zrtp: "info", media: "info" } });
		log.listen(({ time, area, text }) => this.lines.push(`${time} ${area}: ${text}`));
		let phone: Phone | undefined;
		world.as(address, () => {
			phone = new Phone({
				name,
				address,
				sipPort: SIP_PORT,
				rtpPort: 0,
				agent: {
					provider: nativeProvider,
					random,
					userAgent: "Sotto/test",
					accounts: [
						{
							id: "1",
							aor: `sip:${name}@example.org`,
							registrar: { host: registrar.address, port: registrar.port, transport: registrar.transport },
							password: utf8Encode("secret"),
							expiresSec: 600,
						},
					],
				},
				zrtp: {
					provider: nativeProvider,
					random,
					zid: this.#store.zid,
					clientId: "Sotto test",
					suites: {
						keyAgreements: ["X255"],
						hashes: ["S256"],
						ciphers: ["AES1"],
						authTags: ["HS80"],
						sasTypes: ["B32"],
					},
				},
				mandatory: false,
				codecs: ["PCMA"],
				autoAnswer: false,
				audio,
				store: this.#store,
				log,
				now,
				nameOf: () => undefined,
				onChange: () => this.watch(),
			});
		});
		if (phone === undefined) throw new Error("no phone");
		this.#phone = phone;
	}

	get call(): CallState | undefined {
		return this.#phone.state.calls[0];
	}

	get isRegistered(): boolean {
		return this.#phone.state.registered.every(({ ok }) => ok);
	}

	/** What its owner does. */
	do(command: (phone: Phone) => void): void {
		this.#world.as(this.address, () => command(this.#phone));
	}

	uri(transport: "udp" | "tcp"): string {
		return `sip:${this.name}@${this.address}:${SIP_PORT};transport=${transport}`;
	}

	/** Says goodbye, and is gone at once. */
	close(): void {
		this.do((phone) => phone.close());
		this.#store.close();
	}
}

/** Something that serves SIP by UDP and TCP alike, and is no phone. */
export function serve(world: PhoneWorld, place: Place, server: Server): void {
	world.bind(place.address, place.port, {
		receive(packet, from) {
			if (!("bytes" in packet)) return;
			server(packet.bytes, from, (bytes, to) => world.send({ bytes }, place, to));
		},
	});
	world.listen(place, (end: StreamEnd) => {
		end.onBytes = (bytes) => {
			if (isPing(bytes)) end.write(utf8Encode("\r\n"));
			else server(bytes, end.remote, (answer) => end.write(answer));
		};
	});
}

/** RFC 5626 section 4.4.1 */
function isPing(bytes: Uint8Array): boolean {
	return bytes.length === 4 && bytes[0] === 13;
}
