/**
 * The cache of retained secrets as the ZRTP engine sees it (RFC 6189 section 4.9). The engine asks for a record by the
 * peer's ZID (action `loadSecrets`) and hands back the next one (action `saveSecrets`); call/ carries both between the
 * engine and whatever implements SecretStore. This room never imports an implementation.
 */

/** What is kept about one peer. The arrays belong to whoever received the record: copy to keep, wipe when done. */
export interface RetainedSecrets {
	/** Newest retained secret, 32 bytes. A record with neither rs1 nor rs2 says that nothing secret is held. */
	readonly rs1?: Uint8Array;
	/** The one before it, 32 bytes: recovers the pair when a call broke between the two updates (section 4.6.1). */
	readonly rs2?: Uint8Array;
	/** The owner compared the SAS with this peer, and the line of secrets is unbroken since (section 7.1). */
	readonly verified: boolean;
	/**
	 * Going in: the cache expiry both ends agreed to, in seconds from now; absent: keep indefinitely; 0: already expired.
	 * Coming out: ignored.
	 */
	readonly lifetimeSec?: number;
	/**
	 * Coming out: true once the lifetime has passed. The record may still match, but its failing to match is no event
	 * (section 4.9). Going in: ignored.
	 */
	readonly expired?: boolean;
	/** The owner's name for this peer. Going in: absent leaves the stored name as it is. */
	readonly name?: string;
}

export interface SecretStore {
	/** Own ZID, 12 bytes, made once for this phone. */
	readonly zid: Uint8Array;
	/** Number of peers; costs nothing. */
	readonly length: number;
	/** The record of a peer; undefined: never met, or forgotten. `zid` is 12 bytes. */
	lookup(zid: Uint8Array): RetainedSecrets | undefined;
	/** Replaces the record of a peer: secrets absent from `record` are erased. Throws when it could not be made durable. */
	commit(zid: Uint8Array, record: RetainedSecrets): void;
	/** Gives a peer the owner's name for it; undefined takes it away. False: the peer is not known. */
	rename(zid: Uint8Array, name: string | undefined): boolean;
	/** Erases a peer, its secrets and its name. Unknown peers are no error. */
	forget(zid: Uint8Array): void;
	/** Every peer, without its secrets. */
	list(): readonly StoredPeer[];
}

export interface StoredPeer {
	readonly zid: Uint8Array;
	readonly verified: boolean;
	readonly name?: string;
}
