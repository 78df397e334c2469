/**
 * Filling the index when a store opens, and putting in order what the power interrupted. Records come in from
 * sector-log.ts, oldest first; the index goes to store.ts.
 * @module
 */
import { toHex } from "bytes/hex";
import { wipe } from "bytes/wipe";
import { StoreError } from "./flash-device";
import { RecordType } from "./format";
import type { IndexEntry, PeerIndex } from "./peer-index";
import { decodePeer, isRenewed, markRenewed, wipePeer } from "./peer-record";
import type { SectorLog } from "./sector-log";

type Found = IndexEntry & { readonly zid: Uint8Array };

/** Once, before anything is appended. `index` is empty and filled. */
export function recover(log: SectorLog, index: PeerIndex, warn: (text: string) => void): void {
	new Recovery(log, index, warn).run();
}

class Recovery {
	readonly #log: SectorLog;
	readonly #index: PeerIndex;
	readonly #warn: (text: string) => void;

	constructor(log: SectorLog, index: PeerIndex, warn: (text: string) => void) {
		this.#log = log;
		this.#index = index;
		this.#warn = warn;
	}

	/** Finds the newest record of each peer; what those replaced is crossed out. */
	run(): void {
		const superseded: Found[] = [];
		const unsettled: Map<string, Found> = new Map();
		let last: (Found & { readonly renewed: boolean }) | undefined;
		this.#log.scan(({ offset, byteLength, type, sequence, settled, body }) => {
			const record = type === RecordType.peer && body !== undefined ? decodePeer(body) : undefined;
			const renewed = body !== undefined && isRenewed(body);
			wipe(body);
			if (record === undefined) {
				this.#warn(`a record of a kind this version does not know (${type}) is ignored`);
				return;
			}
			const { zid, verified } = record;
			wipePeer(record);
			const found = { zid, offset, byteLength, sequence, verified };
			const known = this.#index.get(zid);
			if (known !== undefined && known.sequence > sequence) {
				superseded.push(found);
				return;
			}
			if (known !== undefined) superseded.push({ zid, ...known });
			if (settled) unsettled.delete(toHex(zid));
			else unsettled.set(toHex(zid), found);
			this.#index.set(zid, found);
			last = { ...found, renewed };
		});
		if (last !== undefined && !last.renewed) unsettled.set(toHex(last.zid), last);
		this.#settle(superseded, unsettled);
	}

	/**
	 * What the power may have cut short reads well now and perhaps never again: it is written anew before anything else
	 * about the same peer goes.
	 */
	#settle(superseded: readonly Found[], unsettled: Map<string, Found>): void {
		for (const older of superseded) {
			const isCopy = this.#index.get(older.zid)?.sequence === older.sequence;
			const sure = isCopy && !unsettled.has(toHex(older.zid));
			unsettled.delete(toHex(older.zid));
			if (sure || this.#renew(older.zid)) this.#log.crossIf(older.offset, older.sequence);
			else this.#index.set(older.zid, older);
		}
		for (const { zid } of unsettled.values()) if (!this.#renew(zid)) this.#index.delete(zid);
	}

	/** Writes a peer's record once more, elsewhere. False: it cannot be read any more. */
	#renew(zid: Uint8Array): boolean {
		const entry = this.#index.get(zid);
		const body = entry && this.#log.read(entry.offset)?.body;
		if (entry === undefined) return false;
		if (body === undefined) {
			this.#log.cross(entry.offset);
			return false;
		}
		markRenewed(body);
		try {
			const { offset, byteLength, sequence } = this.#log.append(RecordType.peer, body, false);
			const former = this.#index.get(zid);
			this.#index.set(zid, { offset, byteLength, sequence, verified: entry.verified });
			if (former !== undefined) this.#log.cross(former.offset);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#warn(`a peer's record was not renewed: ${error.message}`);
		} finally {
			wipe(body);
		}
		return true;
	}
}
