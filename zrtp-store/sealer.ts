/**
 * Encryption at rest: what lies in flash can be read only on the device that wrote it, only where it was written, and
 * only unchanged. Plain bodies come in from sector-log.ts; sealed ones go back.
 * @module
 */
import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import type { Provider } from "crypto/types";
import { HEADER_TAGGED_BYTE_LENGTH, label, TAG_BYTE_LENGTH, u32 } from "./format";

/** Where a record lies: part of its tag and of its keystream, so that a copy elsewhere is worthless. */
export interface Place {
	/** The 8 random octets of the sector, new with every erase. */
	readonly salt: Uint8Array;
	readonly sectorIndex: number;
	/** From the start of the sector, in bytes. */
	readonly offset: number;
}

export class Sealer {
	readonly #provider: Provider;
	readonly #encryptionKey: Uint8Array;
	readonly #macKey: Uint8Array;
	#wiped = false;

	/** @param deviceKey 32 bytes; not kept, but what is derived from it is, until wipe() */
	constructor(provider: Provider, deviceKey: Uint8Array, storeId: Uint8Array) {
		this.#provider = provider;
		this.#encryptionKey = provider.hmacSha256.compute(deviceKey, label("sotto store encryption"), storeId);
		this.#macKey = provider.hmacSha256.compute(deviceKey, label("sotto store authentication"), storeId);
	}

	headerTag(tagged: Uint8Array): Uint8Array {
		return this.#tag(label("sector"), tagged);
	}

	/** What is written when everything a new sector had to take over is in it. */
	openedMark(tagged: Uint8Array): Uint8Array {
		return this.#tag(label("opened"), tagged.subarray(0, HEADER_TAGGED_BYTE_LENGTH));
	}

	/** Header, encrypted body and tag, as they go to flash. */
	seal(place: Place, header: Uint8Array, plain: Uint8Array): Uint8Array {
		this.#check();
		const body = this.#provider.aesCtr.encrypt(this.#encryptionKey, iv(place), plain);
		const tag = this.#recordTag(place, header, body);
		const sealed = new Uint8Array(header.length + body.length + tag.length);
		sealed.set(header);
		sealed.set(body, header.length);
		sealed.set(tag, header.length + body.length);
		return sealed;
	}

	/** The body of a sealed record, or undefined when it is not what was written here. The caller wipes it. */
	unseal(place: Place, header: Uint8Array, body: Uint8Array, tag: Uint8Array): Uint8Array | undefined {
		if (!equal(this.#recordTag(place, header, body), tag)) return undefined;
		return this.#provider.aesCtr.decrypt(this.#encryptionKey, iv(place), body);
	}

	/** Nothing can be sealed or read after it: every other call throws. Safe to repeat. */
	wipe(): void {
		this.#wiped = true;
		wipe(this.#encryptionKey, this.#macKey);
	}

	#recordTag(place: Place, header: Uint8Array, body: Uint8Array): Uint8Array {
		return this.#tag(label("record"), place.salt, u32(place.sectorIndex), u32(place.offset), header, body);
	}

	/** Under keys of zeros anybody could read what is sealed. */
	#check(): void {
		if (this.#wiped) throw new Error("the keys of this store are wiped: it has to be opened again");
	}

	#tag(...parts: readonly Uint8Array[]): Uint8Array {
		this.#check();
		return this.#provider.hmacSha256.compute(this.#macKey, ...parts).slice(0, TAG_BYTE_LENGTH);
	}
}

/** A place is written once between two erases and each erase brings another salt, so no keystream is used twice. */
function iv(place: Place): Uint8Array {
	const bytes = new Uint8Array(16);
	bytes.set(place.salt);
	bytes.set(u32(place.offset), 8);
	return bytes;
}
