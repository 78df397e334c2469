/**
 * Retained secrets in memory alone: what the phone runs on when its flash cannot be used. Calls stay encrypted and the
 * words can be compared, but the next start knows nobody, under a new ZID, so that no peer mistakes it for the old one.
 */
import { toHex } from "bytes/hex";
import { wipe } from "bytes/wipe";
import { wipeSecrets } from "call/secret-keeper";
import type { RandomSource } from "crypto/types";
import type { RetainedSecrets, SecretStore, StoredPeer } from "zrtp/store";

const ZID_BYTE_LENGTH = 12;
const ADDRESSES_MAXIMUM = 4;

interface Held {
	readonly zid: Uint8Array;
	readonly secrets: RetainedSecrets;
	/** Where it was met, the latest first. */
	readonly addresses: readonly string[];
}

export class VolatileStore implements SecretStore {
	readonly #random: RandomSource;
	#zid: Uint8Array;
	readonly #peers: Map<string, Held> = new Map();

	constructor(random: RandomSource) {
		this.#random = random;
		this.#zid = random(ZID_BYTE_LENGTH);
	}

	get zid(): Uint8Array {
		return this.#zid;
	}

	get length(): number {
		return this.#peers.size;
	}

	lookup(zid: Uint8Array): RetainedSecrets | undefined {
		const held = this.#peers.get(toHex(zid));
		return held && copyOf(held.secrets);
	}

	commit(zid: Uint8Array, secrets: RetainedSecrets): void {
		const key = toHex(zid);
		const old = this.#peers.get(key)?.secrets;
		const name = secrets.name ?? old?.name;
		const { address, ...kept } = secrets;
		const addresses = [...(address === undefined ? [] : [address]), ...(this.#peers.get(key)?.addresses ?? [])];
		this.#peers.set(key, {
			zid: zid.slice(),
			secrets: {
				...copyOf(kept),
				...(name !== undefined && { name }),
				...(old?.pbxsecret && { pbxsecret: old.pbxsecret.slice() }),
			},
			addresses: addresses.filter((each, at) => addresses.indexOf(each) === at).slice(0, ADDRESSES_MAXIMUM),
		});
		wipeSecrets(old);
	}

	rename(zid: Uint8Array, name: string | undefined): boolean {
		const key = toHex(zid);
		const held = this.#peers.get(key);
		if (!held) return false;
		const { name: _former, ...secrets } = held.secrets;
		this.#peers.set(key, { ...held, secrets: name === undefined ? secrets : { ...secrets, name } });
		return true;
	}

	setVerified(zid: Uint8Array, verified: boolean): boolean {
		const key = toHex(zid);
		const held = this.#peers.get(key);
		if (!held) return false;
		this.#peers.set(key, { ...held, secrets: { ...held.secrets, verified } });
		return true;
	}

	setPbxSecret(zid: Uint8Array, pbxsecret: Uint8Array | undefined): boolean {
		const key = toHex(zid);
		const held = this.#peers.get(key);
		if (!held) return false;
		const { pbxsecret: former, ...secrets } = held.secrets;
		this.#peers.set(key, { ...held, secrets: pbxsecret ? { ...secrets, pbxsecret: pbxsecret.slice() } : secrets });
		wipe(former);
		return true;
	}

	forget(zid: Uint8Array): void {
		const key = toHex(zid);
		wipeSecrets(this.#peers.get(key)?.secrets);
		this.#peers.delete(key);
	}

	list(): readonly StoredPeer[] {
		return [...this.#peers.values()].map(({ zid, addresses, secrets: { verified, name, rs1, pbxsecret } }) => ({
			zid,
			verified,
			hasSecret: rs1 !== undefined,
			...(pbxsecret && { hasPbxSecret: true }),
			...(addresses.length > 0 && { addresses }),
			...(name !== undefined && { name }),
		}));
	}

	/** Nobody is known any more, and there is a new own ZID. */
	eraseAll(): void {
		this.close();
		this.#zid = this.#random(ZID_BYTE_LENGTH);
	}

	/** Wipes everything; safe to repeat. */
	close(): void {
		for (const { secrets } of this.#peers.values()) wipeSecrets(secrets);
		this.#peers.clear();
	}
}

function copyOf({ rs1, rs2, pbxsecret, ...rest }: RetainedSecrets): RetainedSecrets {
	return {
		...rest,
		...(rs1 && { rs1: rs1.slice() }),
		...(rs2 && { rs2: rs2.slice() }),
		...(pbxsecret && { pbxsecret: pbxsecret.slice() }),
	};
}
