/**
 * Retained secrets that survive power loss: the cache of RFC 6189 section 4.9 in raw NOR flash. call/ hands over what the
 * ZRTP engine wants kept and reads what it wants back; the owner lists, renames and forgets peers. FORMAT.md says what
 * lies on flash.
 * @module
 */
import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import type { Provider, RandomSource } from "crypto/types";
import type { RetainedSecrets, SecretStore, StoredPeer } from "zrtp/store";
import { type FlashDevice, StoreError } from "./flash-device";
import { RecordType, ZID_BYTE_LENGTH } from "./format";
import { PeerIndex } from "./peer-index";
import {
	decodePeer,
	encodePeer,
	NEVER,
	type PeerRecord,
	SECRET_BYTE_LENGTH,
	type SecretTimes,
	wipePeer,
} from "./peer-record";
import { SectorLog } from "./sector-log";
import { Sectors } from "./sectors";

export type { FlashDevice, StoreErrorCode } from "./flash-device";
export { StoreError } from "./flash-device";

export interface StoreOptions {
	/** Two sectors or more of raw NOR flash, for this store alone. */
	readonly flash: FlashDevice;
	readonly provider: Provider;
	/** The device's own key, 32 bytes; not kept. */
	readonly deviceKey: Uint8Array;
	readonly random: RandomSource;
	/** Milliseconds since 1970; 0 while the clock is not set. */
	readonly now: () => number;
	/** Plain words about records that were damaged and peers that were dropped; never a secret. */
	readonly onWarning?: (text: string) => void;
	/** The owner's word that whatever else is in the partition may be erased, and a new store begun. Default false. */
	readonly format?: boolean;
}

/**
 * Opens the store in one pass over the flash. A blank partition becomes a store with a new own ZID; whatever the power
 * interrupted is put in order.
 * @throws StoreError (nothing in flash was changed) when the partition holds something else, another format, another
 * size or another device's store; whatever the flash throws
 */
export function openStore(options: StoreOptions): Store {
	return new Store(options);
}

export class Store implements SecretStore {
	readonly zid: Uint8Array;
	readonly #index = new PeerIndex();
	readonly #sectors: Sectors;
	readonly #log: SectorLog;
	readonly #now: () => number;
	readonly #warn: (text: string) => void;

	constructor(options: StoreOptions) {
		const { flash, provider, deviceKey, random, now, onWarning, format } = options;
		if (deviceKey.length !== 32) throw new RangeError(`deviceKey: ${deviceKey.length} bytes instead of 32`);
		this.#now = now;
		this.#warn = onWarning ?? (() => {});
		this.#sectors = new Sectors({ flash, provider, deviceKey, random, warn: this.#warn, format: format ?? false });
		this.#log = new SectorLog(this.#sectors, this.#index, this.#warn);
		this.zid = this.#sectors.zid;
		this.#fill();
	}

	/** Number of peers. */
	get length(): number {
		return this.#index.length;
	}

	/** What is kept about a peer; the caller wipes the secrets. Undefined: never met, forgotten, or its record went bad. */
	lookup(zid: Uint8Array): RetainedSecrets | undefined {
		const record = this.#read(zid);
		if (record === undefined) return undefined;
		const { rs1, rs2, verified, name, rs1Times } = record;
		return {
			verified,
			...(rs1 === undefined ? {} : { rs1 }),
			...(rs2 === undefined ? {} : { rs2 }),
			...(name === undefined ? {} : { name }),
			expired: this.#expired(rs1Times),
		};
	}

	/**
	 * Replaces what is kept about a peer in one step: after a power cut the old record is there or the new one.
	 * @throws StoreError "full" when there is no room and every other peer is verified; "bad-flash"
	 */
	commit(zid: Uint8Array, secrets: RetainedSecrets): void {
		checkSecret("rs1", secrets.rs1);
		checkSecret("rs2", secrets.rs2);
		const old = this.#read(zid);
		this.#put({
			zid,
			verified: secrets.verified,
			rs1: secrets.rs1,
			rs1Times: secrets.rs1 && this.#times(secrets.lifetimeSec),
			rs2: secrets.rs2,
			rs2Times: secrets.rs2 && timesOf(old, secrets.rs2),
			name: secrets.name ?? old?.name,
			rest: old?.rest ?? new Uint8Array(0),
		});
		if (old !== undefined) wipePeer(old);
	}

	/** Erases a peer: its secrets become zeros on flash. Unknown peers are no error. */
	forget(zid: Uint8Array): void {
		const entry = this.#index.get(checkZid(zid));
		if (entry === undefined) return;
		this.#log.cross(entry.offset);
		this.#index.delete(zid);
		if (this.#log.read(entry.offset)?.body !== undefined)
			throw new StoreError("bad-flash", "the flash does not let go of a peer that is to be forgotten");
	}

	/** Every peer in the order of their ZIDs, without secrets. */
	list(): readonly StoredPeer[] {
		const peers: StoredPeer[] = [];
		for (let at = 0; at < this.#index.length; at++) {
			const zid = this.#index.zidAt(at);
			const record = this.#read(zid);
			if (record === undefined) continue;
			const { verified, name } = record;
			wipePeer(record);
			peers.push(name === undefined ? { zid, verified } : { zid, verified, name });
		}
		return peers;
	}

	/** The owner compared the SAS with a peer, or takes that back. False: the peer is not known. */
	setVerified(zid: Uint8Array, verified: boolean): boolean {
		return this.#change(zid, (record) => ({ ...record, verified }));
	}

	/** Gives a peer a name, up to 64 octets of UTF-8; undefined takes it away. False: the peer is not known. */
	rename(zid: Uint8Array, name: string | undefined): boolean {
		return this.#change(zid, (record) => ({ ...record, name }));
	}

	/** Wipes the keys. The store cannot be used after it; the flash stays open. */
	close(): void {
		this.#sectors.sealer.wipe();
	}

	/** Finds the newest record of each peer; what those replaced is crossed out. */
	#fill(): void {
		const superseded: number[] = [];
		this.#log.scan(({ offset, byteLength, type, sequence, body }) => {
			const record = type === RecordType.peer && body !== undefined ? decodePeer(body) : undefined;
			wipe(body);
			if (record === undefined) {
				this.#warn(`a record of a kind this version does not know (${type}) is ignored`);
				return;
			}
			const { zid, verified } = record;
			wipePeer(record);
			const known = this.#index.get(zid);
			if (known !== undefined && known.sequence > sequence) {
				superseded.push(offset);
				return;
			}
			if (known !== undefined) superseded.push(known.offset);
			this.#index.set(zid, { offset, byteLength, sequence, verified });
		});
		for (const offset of superseded) this.#log.cross(offset);
	}

	#read(zid: Uint8Array): PeerRecord | undefined {
		const entry = this.#index.get(checkZid(zid));
		if (entry === undefined) return undefined;
		const body = this.#log.read(entry.offset)?.body;
		const record = body && decodePeer(body);
		wipe(body);
		if (record === undefined) this.#warn("the record of a peer went bad");
		return record;
	}

	#change(zid: Uint8Array, change: (record: PeerRecord) => PeerRecord): boolean {
		const record = this.#read(zid);
		if (record === undefined) return false;
		this.#put(change(record));
		wipePeer(record);
		return true;
	}

	/** Writes the new record, then crosses the old one out. */
	#put(record: PeerRecord): void {
		const body = encodePeer(record);
		try {
			const { offset, byteLength, sequence } = this.#append(record.zid, body);
			// Where the old one lies now: making room may have moved it.
			const old = this.#index.get(record.zid);
			this.#index.set(record.zid, { offset, byteLength, sequence, verified: record.verified });
			if (old !== undefined) this.#log.cross(old.offset);
		} finally {
			wipe(body);
		}
	}

	/** Appends; a full partition drops the unverified peer that has not been met for the longest time, and says so. */
	#append(zid: Uint8Array, body: Uint8Array) {
		for (;;) {
			try {
				return this.#log.append(RecordType.peer, body, this.#index.get(zid) === undefined);
			} catch (error) {
				if (!(error instanceof StoreError) || error.code !== "full") throw error;
				const dropped = this.#index.oldestUnverified(zid);
				if (dropped === undefined)
					throw new StoreError("full", `no room is left for another peer, and all ${this.length} are verified`);
				this.forget(dropped);
				this.#warn("the store is full: an unverified peer that was not met for the longest time was dropped");
			}
		}
	}

	#times(lifetimeSec: number | undefined): SecretTimes {
		const storedAtSec = Math.min(Math.floor(this.#now() / 1000), NEVER - 1);
		if (lifetimeSec === undefined || lifetimeSec >= NEVER) return { storedAtSec, expiresAtSec: NEVER };
		return { storedAtSec, expiresAtSec: Math.min(storedAtSec + lifetimeSec, NEVER - 1) };
	}

	#expired(times: SecretTimes | undefined): boolean {
		if (times === undefined || times.expiresAtSec === NEVER) return false;
		if (times.expiresAtSec <= times.storedAtSec) return true;
		// Without a clock nothing has expired: a mismatch is then shown rather than passed over.
		return this.#now() > 0 && this.#now() / 1000 >= times.expiresAtSec;
	}
}

/** The times of a secret that was rs1 or rs2 before. */
function timesOf(old: PeerRecord | undefined, secret: Uint8Array): SecretTimes | undefined {
	if (old?.rs1 !== undefined && equal(old.rs1, secret)) return old.rs1Times;
	if (old?.rs2 !== undefined && equal(old.rs2, secret)) return old.rs2Times;
	return undefined;
}

function checkZid(zid: Uint8Array): Uint8Array {
	if (zid.length !== ZID_BYTE_LENGTH) throw new RangeError(`zid: ${zid.length} bytes instead of ${ZID_BYTE_LENGTH}`);
	return zid;
}

function checkSecret(name: string, secret: Uint8Array | undefined): void {
	if (secret !== undefined && secret.length !== SECRET_BYTE_LENGTH)
		throw new RangeError(`${name}: ${secret.length} bytes instead of ${SECRET_BYTE_LENGTH}`);
}
