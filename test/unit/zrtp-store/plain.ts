/** What the store's tests share and no hardware is needed for: random octets, and the state of a store as plain data. */
import { toHex } from "bytes/hex";
import type { RandomSource } from "crypto/types";
import type { Store } from "zrtp-store/store";

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
