/**
 * Retained secrets that survive power loss: the cache of RFC 6189 section 4.9 in raw NOR flash. call/ hands over what the
 * ZRTP engine wants kept and reads what it wants back; the owner lists, renames and forgets peers. FORMAT.md says what
 * lies on flash.
 * @module
 */
import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import type { Provider, RandomSource } from "crypto/types";
import type { ImportOutcome, PeerTools, RetainedSecrets, SecretStore, StoredPeer } from "zrtp/store";
import { type FlashDevice, StoreError } from "./flash-device";
import { RecordType, recordByteLength, ZID_BYTE_LENGTH } from "./format";
import { hasExpired, lastSeenSec, timesAt, timesOf } from "./lifetime";
import { PeerIndex } from "./peer-index";
import { decodePeer, encodePeer, type PeerRecord, SECRET_BYTE_LENGTH, seenAt, wipePeer } from "./peer-record";
import { recover } from "./recovery";
import { type FoundRecord, SectorLog } from "./sector-log";
import { Sectors } from "./sectors";
import { seal, unseal } from "./transfer";

export type { FlashDevice, StoreErrorCode } from "./flash-device";
export { StoreError } from "./flash-device";

export interface StoreOptions {
	/** Two sectors or more of raw NOR flash, for this store alone. */
	readonly flash: FlashDevice;
	readonly provider: Provider;
	/** The device's own key, 32 bytes; a copy is kept until close(), for a new store after eraseAll(). */
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

export class Store implements SecretStore, PeerTools {
	readonly #options: StoreOptions;
	readonly #deviceKey: Uint8Array;
	readonly #index = new PeerIndex();
	readonly #warn: (text: string) => void;
	#sectors: Sectors;
	#log: SectorLog;

	constructor(options: StoreOptions) {
		const { deviceKey, onWarning, format } = options;
		if (deviceKey.length !== 32) throw new RangeError(`deviceKey: ${deviceKey.length} bytes instead of 32`);
		this.#options = options;
		this.#deviceKey = deviceKey.slice();
		this.#warn = onWarning ?? (() => {});
		this.#sectors = this.#openSectors(format ?? false);
		this.#log = new SectorLog(this.#sectors, this.#index, this.#warn);
		recover(this.#log, this.#index, this.#warn);
	}

	/** Own ZID. */
	get zid(): Uint8Array {
		return this.#sectors.zid;
	}

	/** Number of peers. */
	get length(): number {
		return this.#index.length;
	}

	/** What is kept about a peer; the caller wipes the secrets. Undefined: never met, forgotten, or its record went bad. */
	lookup(zid: Uint8Array): RetainedSecrets | undefined {
		const record = this.#read(zid);
		if (record === undefined) return undefined;
		const { rs1, rs2, verified, name, rs1Times, pbxsecret } = record;
		return {
			verified,
			...(rs1 === undefined ? {} : { rs1 }),
			...(rs2 === undefined ? {} : { rs2 }),
			...(name === undefined ? {} : { name }),
			...(pbxsecret === undefined ? {} : { pbxsecret }),
			expired: hasExpired(this.#now(), rs1Times),
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
			rs1Times: secrets.rs1 && timesAt(this.#now(), secrets.lifetimeSec),
			rs2: secrets.rs2,
			rs2Times: secrets.rs2 && timesOf(old, secrets.rs2),
			name: secrets.name ?? old?.name,
			pbxsecret: old?.pbxsecret,
			addresses: seenAt(old?.addresses ?? [], secrets.address),
			note: old?.note,
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
			peers.push(this.#shown(record));
			wipePeer(record);
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

	/** A note for the owner's eyes, up to 80 octets of UTF-8; undefined takes it away. False: the peer is not known. */
	setNote(zid: Uint8Array, note: string | undefined): boolean {
		return this.#change(zid, (record) => ({ ...record, note }));
	}

	/** The secret shared with a trusted PBX (RFC 6189 section 7.3.1), 32 bytes; the caller wipes it. */
	pbxSecret(zid: Uint8Array): Uint8Array | undefined {
		const record = this.#read(zid);
		const secret = record?.pbxsecret?.slice();
		if (record !== undefined) wipePeer(record);
		return secret;
	}

	/** Enrols this phone with a PBX, or ends that (undefined). False: the peer is not known. */
	setPbxSecret(zid: Uint8Array, pbxsecret: Uint8Array | undefined): boolean {
		checkSecret("pbxsecret", pbxsecret);
		return this.#change(zid, (record) => ({ ...record, pbxsecret }));
	}

	exportPeers(passphrase: Uint8Array): Uint8Array {
		const { provider, random } = this.#options;
		const peers: PeerRecord[] = [];
		for (let at = 0; at < this.length; at++) {
			const record = this.#read(this.#index.zidAt(at));
			if (record !== undefined) peers.push(record);
		}
		try {
			return seal(provider, random, passphrase, { zid: this.zid, peers });
		} finally {
			for (const record of peers) wipePeer(record);
		}
	}

	importPeers(bytes: Uint8Array, passphrase: Uint8Array): ImportOutcome {
		const moved = unseal(this.#options.provider, passphrase, bytes);
		if ("error" in moved) return moved;
		let ownZid: "same" | "taken" | "other" = equal(moved.zid, this.zid) ? "same" : "other";
		if (ownZid === "other" && this.length === 0) {
			this.#beginAnew(moved.zid);
			ownZid = "taken";
		}
		let [added, kept, leftOut] = [0, 0, 0];
		try {
			// The verified ones first: they are worth the room.
			for (const verified of [true, false])
				for (const record of moved.peers.filter((peer) => peer.verified === verified)) {
					if (this.#index.get(record.zid) !== undefined) kept++;
					else if (this.#adopt(ownZid === "other" ? withoutSecrets(record) : record)) added++;
					else leftOut++;
				}
		} finally {
			for (const record of moved.peers) wipePeer(record);
		}
		return { added, kept, leftOut, ownZid };
	}

	eraseAll(): void {
		this.#beginAnew(undefined);
	}

	/** Wipes the keys. The store cannot be used after it; the flash stays open. */
	close(): void {
		this.#sectors.sealer.wipe();
		wipe(this.#deviceKey);
	}

	#now(): number {
		return this.#options.now();
	}

	#openSectors(format: boolean, zid?: Uint8Array): Sectors {
		const { flash, provider, random } = this.#options;
		const deviceKey = this.#deviceKey;
		return new Sectors({ flash, provider, deviceKey, random, warn: this.#warn, format, zid });
	}

	/** Erases everything and begins a store with nobody in it. Where the flash fails the store is of no use until it is opened again. */
	#beginAnew(zid: Uint8Array | undefined): void {
		this.#sectors.sealer.wipe();
		this.#index.clear();
		this.#sectors = this.#openSectors(true, zid);
		this.#log = new SectorLog(this.#sectors, this.#index, this.#warn);
	}

	/** One imported peer; false: there is no room. */
	#adopt(record: PeerRecord): boolean {
		const body = encodePeer(record);
		try {
			this.#enter(record, this.#log.append(RecordType.peer, body, true));
			return true;
		} catch (error) {
			if (error instanceof StoreError && error.code === "full") return false;
			throw error;
		} finally {
			wipe(body);
		}
	}

	#shown(record: PeerRecord): StoredPeer {
		const { zid, verified, name, addresses, note, rs1, rs1Times, pbxsecret } = record;
		const seenSec = lastSeenSec(record);
		return {
			zid,
			verified,
			hasSecret: rs1 !== undefined,
			expired: hasExpired(this.#now(), rs1Times),
			addresses,
			hasPbxSecret: pbxsecret !== undefined,
			...(name === undefined ? {} : { name }),
			...(note === undefined ? {} : { note }),
			...(seenSec === undefined ? {} : { lastSeenSec: seenSec }),
		};
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
		const body = this.#fitting(record);
		try {
			const written = this.#append(record.zid, body);
			// Where the old one lies now: making room may have moved it.
			const old = this.#index.get(record.zid);
			this.#enter(record, written);
			if (old !== undefined) this.#log.cross(old.offset);
		} finally {
			wipe(body);
		}
	}

	/** A peer that is known can always be renewed: where room is short, its addresses go before a secret does. */
	#fitting(record: PeerRecord): Uint8Array {
		const replaced = this.#index.get(record.zid)?.byteLength;
		const body = encodePeer(record);
		if (replaced === undefined || this.#log.hasRoom(recordByteLength(body.length), replaced)) return body;
		wipe(body);
		return encodePeer({ ...record, addresses: [] });
	}

	#enter({ zid, verified }: PeerRecord, { offset, byteLength, sequence }: FoundRecord): void {
		this.#index.set(zid, { offset, byteLength, sequence, verified });
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
}

/** What is worth taking over where the own ZID is another: the peer looks for its secrets under the old one. */
function withoutSecrets(record: PeerRecord): PeerRecord {
	return {
		...record,
		verified: false,
		rs1: undefined,
		rs1Times: undefined,
		rs2: undefined,
		rs2Times: undefined,
		pbxsecret: undefined,
	};
}

function checkZid(zid: Uint8Array): Uint8Array {
	if (zid.length !== ZID_BYTE_LENGTH) throw new RangeError(`zid: ${zid.length} bytes instead of ${ZID_BYTE_LENGTH}`);
	return zid;
}

function checkSecret(name: string, secret: Uint8Array | undefined): void {
	if (secret !== undefined && secret.length !== SECRET_BYTE_LENGTH)
		throw new RangeError(`${name}: ${secret.length} bytes instead of ${SECRET_BYTE_LENGTH}`);
}
