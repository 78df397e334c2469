/** The known phones behind a screen: a real store on a flash file, and the class that the phone itself uses. */
import { KnownPhones, type KnownPhonesOptions } from "app/known-phones";
import { readFile, writeFile } from "board/files";
import { toHex } from "bytes/hex";
import { hardwareRandom } from "crypto/random";
import { type Entry, Log } from "log/log";
import type { PowerCut } from "test/unit/flash/power-cut";
import { numbered, Rig } from "test/unit/zrtp-store/rig";
import type { Store } from "zrtp-store/store";

const DAY_MS = 86_400_000;

export interface Meeting {
	readonly daysAgo: number;
	readonly verified: boolean;
	readonly name?: string;
	readonly address?: string;
}

export class Known {
	/** Made when it is first asked for: most screens never do. */
	#rig: Rig | undefined;
	#store: Store | undefined;
	readonly #sectors: number;
	readonly log: Entry[] = [];
	/** What happened beside the store, in order. */
	readonly events: string[] = [];
	readonly phones: KnownPhones;
	readonly #tasks: (() => void)[] = [];

	constructor(inCall: () => boolean, sectors = 4, more: Partial<KnownPhonesOptions> = {}) {
		this.#sectors = sectors;
		const log = new Log({ now: () => 0, onEntry: (entry) => this.log.push(entry) });
		const self = this;
		this.phones = new KnownPhones({
			get store() {
				return self.store;
			},
			get tools() {
				return self.store;
			},
			get file() {
				return { path: self.path, read: readFile, write: writeFile };
			},
			eraseAll: () => this.store.eraseAll(),
			onErased: () => void this.events.push("erased"),
			inCall,
			wallClock: () => this.rig.time,
			log: log.area("store"),
			later: (task) => void this.#tasks.push(task),
			onChange: () => void this.events.push("changed"),
			...more,
		});
	}

	get rig(): Rig {
		if (!this.#rig) {
			this.#rig = new Rig(this.#sectors);
			// Two in the afternoon, wherever the tests run.
			this.#rig.time = new Date(2026, 10, 20, 14, 7).getTime();
		}
		return this.#rig;
	}

	get store(): Store {
		this.#store ??= this.rig.open({ random: hardwareRandom });
		return this.#store;
	}

	/** Of the file for another phone. */
	get path(): string {
		return this.rig.path.replace("store.flash", "known-phones.sotto");
	}

	/** Off and on. */
	restart(cut: PowerCut = {}): void {
		this.rig.power(cut);
		this.#store = this.rig.open({ random: hardwareRandom });
	}

	/** A call with the phone of this number. */
	meet(number: number, { daysAgo, verified, name, address }: Meeting): string {
		const now = this.rig.time;
		this.rig.time = now - daysAgo * DAY_MS;
		const zid = zidOf(number);
		this.store.commit(zid, {
			rs1: numbered(32, number),
			verified,
			...(name !== undefined && { name }),
			...(address !== undefined && { address }),
		});
		this.rig.time = now;
		return toHex(zid);
	}

	/** Does what was put off. */
	run(): void {
		for (const task of this.#tasks.splice(0)) task();
	}

	close(): void {
		this.#store?.close();
		this.#rig?.flash.close();
	}
}

/** The ZID of the phone of this number: well mixed, as real ones are. */
export function zidOf(number: number): Uint8Array {
	const zid = new Uint8Array(12);
	let value = Math.imul(number + 1, 0x9e3779b1) >>> 0;
	for (let at = 0; at < zid.length; at += 1) {
		value = (Math.imul(value ^ (value >>> 15), 0x85ebca6b) + number) >>> 0;
		zid[at] = value >>> 24;
	}
	return zid;
}
