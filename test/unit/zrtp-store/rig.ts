/** What the store's tests share: a flash file that is blank again, a store on it, and the state of a store as plain data. */
import { toHex } from "bytes/hex";
import { nativeProvider } from "crypto/native";
import type { RandomSource } from "crypto/types";
import Flash, { type FlashOptions } from "hal/flash/flash";
import { statePath } from "test/unit/flash/state-folder";
import { openStore, type Store, type StoreOptions } from "zrtp-store/store";

/** Octets that look random and are the same in every run. */
export class Seeded {
	#state: number;

	constructor(seed: number) {
		this.#state = (Math.imul(seed + 1, 0x9e3779b1) | 1) >>> 0;
	}

	/** 0..limit-1. */
	below(limit: number): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x >>> 0;
		return Math.floor((this.#state / 0x100000000) * limit);
	}

	readonly bytes: RandomSource = (byteLength) => {
		const bytes = new Uint8Array(byteLength);
		for (let i = 0; i < byteLength; i++) bytes[i] = this.below(256);
		return bytes;
	};
}

export const DEVICE_KEY_FILL = 0x42;

/** One partition of a phone that is switched off and on again. */
export class Rig {
	readonly path = statePath("store.flash");
	readonly sectorByteLength: number;
	readonly byteLength: number;
	readonly warnings: string[] = [];
	readonly random = new Seeded(7);
	/** Milliseconds since 1970 that the store is told. */
	time = 1_800_000_000_000;
	deviceKey = new Uint8Array(32).fill(DEVICE_KEY_FILL);
	flash: Flash;

	constructor(sectorCount = 4, sectorByteLength = 4096) {
		this.sectorByteLength = sectorByteLength;
		this.byteLength = sectorCount * sectorByteLength;
		this.flash = this.power();
	}

	/** Switches the flash off and on, perhaps to fail later. */
	power(options: Partial<FlashOptions> = {}): Flash {
		this.flash?.close();
		this.flash = new Flash({
			path: this.path,
			byteLength: this.byteLength,
			sectorByteLength: this.sectorByteLength,
			durable: false,
			...options,
		});
		return this.flash;
	}

	/** Opens a store on the flash as it is powered now. */
	open(options: Partial<StoreOptions> = {}): Store {
		return openStore({
			flash: this.flash,
			provider: nativeProvider,
			deviceKey: this.deviceKey,
			random: this.random.bytes,
			now: () => this.time,
			onWarning: (text) => this.warnings.push(text),
			...options,
		});
	}

	/** Off and on again. */
	reopen(options: Partial<StoreOptions> = {}): Store {
		this.power();
		return this.open(options);
	}

	/** A factory-new part. */
	blank(): void {
		this.power();
		for (let offset = 0; offset < this.byteLength; offset += this.sectorByteLength) this.flash.erase(offset);
	}

	/** Changes what lies on flash, bits set or cleared, as no driver could. */
	overwrite(offset: number, bytes: Uint8Array): void {
		this.power();
		const sector = offset - (offset % this.sectorByteLength);
		const content = this.flash.read(sector, this.sectorByteLength);
		content.set(bytes, offset - sector);
		this.flash.erase(sector);
		this.flash.program(sector, content);
	}

	contents(): Uint8Array {
		return this.flash.read(0, this.byteLength);
	}
}

/** Everything a store knows, as one line for each peer. */
export function stateOf(store: Store): string[] {
	return store.list().map(({ zid, name, verified }) => {
		const { rs1, rs2 } = store.lookup(zid) ?? {};
		return peerLine(zid, rs1, rs2, verified, name);
	});
}

export function peerLine(
	zid: Uint8Array,
	rs1: Uint8Array | undefined,
	rs2: Uint8Array | undefined,
	verified: boolean,
	name: string | undefined,
): string {
	return [toHex(zid), rs1 ? toHex(rs1) : "-", rs2 ? toHex(rs2) : "-", String(verified), name ?? "-"].join(" ");
}

/** A ZID or a secret that is different for every number. */
export function numbered(byteLength: number, number: number): Uint8Array {
	const bytes = new Uint8Array(byteLength).fill(0xa0 + (number % 7));
	bytes[0] = number & 255;
	bytes[1] = (number >> 8) & 255;
	bytes[byteLength - 1] = (number * 31) & 255;
	return bytes;
}
