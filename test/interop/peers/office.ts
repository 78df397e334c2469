/**
 * Phones of Sotto behind kamailio, registered with digest over one transport: for tests of calls through a proxy. Each waits for the
 * other's tone, and for its own words to be the other's.
 */
import assert from "node:assert/strict";
import path from "node:path";
import type { CallState } from "../../../modules/call/state";
import { serveConfigs } from "../../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../../scripts/simulator/ports";
import { Authority } from "./certificates";
import { Kamailio } from "./kamailio";
import { hears, hearsNothingOf, type Listener, listenTo } from "./listening";
import { secretPassword, startSotto, TRACE_ALL, withLogs } from "./sotto";

const TONES = { alice: 440, bob: 620, carol: 1200 } as const;
export type Name = keyof typeof TONES;
const TRANSPORTS = ["udp", "tcp", "tls"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A kamailio, and what its certificate is checked against. */
export class Exchange {
	readonly folder: string;
	/** PEM */
	readonly authority: string;
	readonly #kamailio: Kamailio;
	readonly #ports: { readonly sip: number; readonly tls: number };

	private constructor(folder: string, authority: string, kamailio: Kamailio, ports: { sip: number; tls: number }) {
		this.folder = folder;
		this.authority = authority;
		this.#kamailio = kamailio;
		this.#ports = ports;
	}

	static async open(folder: string): Promise<Exchange> {
		const authority = new Authority(folder, "Test Authority");
		const { certificate, key } = authority.issue("kamailio");
		const [sip = 0, tls = 0] = await freeUdpPorts(2);
		const kamailio = await Kamailio.start(path.join(folder, "kamailio"), sip, { port: tls, certificate, key });
		return new Exchange(folder, authority.pem, kamailio, { sip, tls });
	}

	registrar(transport: Transport): string {
		const { sip, tls } = this.#ports;
		return transport === "tls" ? `sip:localhost:${tls};transport=tls` : `127.0.0.1:${sip};transport=${transport}`;
	}

	close(): Promise<void> {
		return this.#kamailio.stop();
	}
}

export interface OfficeOptions {
	readonly exchange: Exchange;
	readonly program: string;
	readonly transport: Transport;
	readonly names: readonly Name[];
}

const live = (phone: PhoneProcess): readonly CallState[] =>
	(phone.state?.calls ?? []).filter(({ state }) => state !== "ended");

/** Phones that are registered over a transport, under names of its own. */
export class Office {
	readonly phones = new Map<Name, PhoneProcess>();
	readonly #ears = new Map<Name, Listener>();
	readonly #ends: (() => unknown)[] = [];
	readonly #options: OfficeOptions;

	private constructor(options: OfficeOptions) {
		this.#options = options;
	}

	/** Runs `talk` among them; all are stopped when it has ended. */
	static async with(options: OfficeOptions, talk: (office: Office) => Promise<void>): Promise<void> {
		const office = new Office(options);
		try {
			for (const name of options.names) await office.#add(name);
			await talk(office);
		} catch (error) {
			throw withLogs(error, office.phones.values());
		} finally {
			for (const end of office.#ends.reverse()) await end();
		}
	}

	async #add(name: Name): Promise<void> {
		const user = this.user(name);
		const { exchange, program, transport } = this.#options;
		const registrar = exchange.registrar(transport);
		const configs = await serveConfigs({
			[name]: {
				account: {
					aor: `sip:${user}@phones.example`,
					registrar,
					outboundProxy: registrar,
					username: user,
					password: secretPassword(`${user}-Kx7pQ2mV`),
				},
				sip: { port: 0, sessionExpiresSec: 90, tls: { authorities: exchange.authority, shippedAuthorities: false } },
				audio: { microphone: `tone:${TONES[name]}` },
				log: TRACE_ALL,
			},
		});
		this.#ends.push(() => configs.close());
		const folder = path.join(exchange.folder, user);
		const phone = await startSotto({ name: user, state: folder, config: configs.url(name), program });
		this.#ends.push(() => phone.stop());
		this.phones.set(name, phone);
		await phone.until("registered", ({ registered }) =>
			registered.some((each) => each.ok && each.transport === transport),
		);
		this.#ears.set(name, listenTo(phone, folder, user));
	}

	/** Short, since every password begins with the user's name, and no part of a password may stand in a log. */
	user(name: Name): string {
		return name + TRANSPORTS.indexOf(this.#options.transport);
	}

	phone(name: Name): PhoneProcess {
		const found = this.phones.get(name);
		assert.ok(found);
		return found;
	}

	#ear(name: Name): Listener {
		const found = this.#ears.get(name);
		assert.ok(found);
		return found;
	}

	async call(from: Name, to: Name): Promise<void> {
		this.phone(from).send({ dial: this.user(to) });
		await this.phone(to).until("ringing", ({ calls }) => calls.some(({ state }) => state === "ringing"));
		this.phone(to).send({ answer: true });
		await this.together(from, to);
	}

	/** Each has one call, with the other, and hears the other's tone. */
	async together(one: Name, other: Name): Promise<void> {
		for (const [name, peer] of [
			[one, other],
			[other, one],
		] as const)
			await this.phone(name).until(
				`a secure call with ${peer} in front`,
				({ calls: [call] }) =>
					call?.state === "connected" && call.lock === "closed" && call.peer.includes(this.user(peer)),
				30_000,
			);
		await Promise.all([hears(this.#ear(one), TONES[other]), hears(this.#ear(other), TONES[one])]);
		assert.equal(live(this.phone(one))[0]?.sas, live(this.phone(other))[0]?.sas);
	}

	async holdAndResume(by: Name, other: Name): Promise<void> {
		this.phone(by).send({ hold: true });
		await this.phone(other).until("held", ({ calls: [call] }) => call?.state === "held");
		await Promise.all([hearsNothingOf(this.#ear(by), TONES[other]), hearsNothingOf(this.#ear(other), TONES[by])]);
		this.phone(by).send({ hold: false });
		await this.together(by, other);
	}

	async idle(...names: Name[]): Promise<void> {
		for (const name of names)
			await this.phone(name).until("no call", ({ calls }) => calls.every(({ state }) => state === "ended"), 20_000);
	}
}
