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
	/** Coming out: the trusted MiTM key, 32 bytes, of a PBX this phone is enrolled with (section 7.3.1). Going in: ignored. */
	readonly pbxsecret?: Uint8Array;
	/** Where the peer was met in this call (a SIP address). Going in: added to those it was seen at. Coming out: absent. */
	readonly address?: string;
}

export interface SecretStore {
	/** Own ZID, 12 bytes, made once for this phone; another one after PeerTools.eraseAll and after a move to this phone. */
	readonly zid: Uint8Array;
	/** Number of peers; costs nothing. */
	readonly length: number;
	/** The record of a peer; undefined: never met, or forgotten. `zid` is 12 bytes. */
	lookup(zid: Uint8Array): RetainedSecrets | undefined;
	/** Replaces the record of a peer: secrets absent from `record` are erased. Throws when it could not be made durable. */
	commit(zid: Uint8Array, record: RetainedSecrets): void;
	/** Gives a peer the owner's name for it; undefined takes it away. False: the peer is not known. */
	rename(zid: Uint8Array, name: string | undefined): boolean;
	/** The owner compared the SAS with a peer, or takes that back (section 7.1). False: the peer is not known. */
	setVerified(zid: Uint8Array, verified: boolean): boolean;
	/** Enrols this phone with a PBX (section 7.3.1), or ends that (undefined); copies the 32 bytes. False: the peer is not known. */
	setPbxSecret(zid: Uint8Array, pbxsecret: Uint8Array | undefined): boolean;
	/** Erases a peer, its secrets and its name. Unknown peers are no error. */
	forget(zid: Uint8Array): void;
	/** Every peer, without its secrets. */
	list(): readonly StoredPeer[];
}

/** What a person wants to see of a peer. */
export interface StoredPeer {
	/** 12 bytes. */
	readonly zid: Uint8Array;
	readonly verified: boolean;
	/** The owner's name for it. */
	readonly name?: string;
	/** A retained secret is held: the next call continues the line. */
	readonly hasSecret?: boolean;
	/** The secret's lifetime has passed. */
	readonly expired?: boolean;
	/** When the last call left a secret, in seconds since 1970; absent: the clock was not set, or never. */
	readonly lastSeenSec?: number;
	/** Where it was met, the latest first, a few at most. */
	readonly addresses?: readonly string[];
	/** The owner's note. */
	readonly note?: string;
	/** It is a PBX this phone is enrolled with (section 7.3.1). */
	readonly hasPbxSecret?: boolean;
}

/** What the owner can do with all that is kept; a store that outlives the power has it. */
export interface PeerTools {
	/**
	 * Every peer with its secrets, and the own ZID, sealed under a passphrase of 8 octets or more: for a move to another
	 * phone. Takes seconds on a small core. The passphrase stays the caller's to wipe. @throws RangeError: too short
	 */
	exportPeers(passphrase: Uint8Array): Uint8Array;
	/**
	 * Takes over what exportPeers made. Peers that are known here stay as they are. A phone that knows nobody takes the
	 * file's own ZID, too: restart what speaks ZRTP then. Another own ZID makes the file's secrets worthless (the peers
	 * look for them under the old one), so a phone with peers of its own takes names, addresses and notes alone.
	 */
	importPeers(bytes: Uint8Array, passphrase: Uint8Array): ImportOutcome;
	/** Factory erase: afterwards nothing of it can be read, and there is a new own ZID. A power cut does not stop it. */
	eraseAll(): void;
}

export type ImportOutcome = ImportDone | ImportRefusal;

export interface ImportDone {
	/** Peers that are new here. */
	readonly added: number;
	/** Peers that were known here and stay as they were. */
	readonly kept: number;
	/** Peers for which there was no room; nobody was dropped for them. */
	readonly leftOut: number;
	/** Of the own ZID: the phone had it, took it from the file, or has another (then no secrets came over). */
	readonly ownZid: "same" | "taken" | "other";
}

export interface ImportRefusal {
	readonly code: "foreign" | "version" | "damaged" | "wrong-passphrase";
	/** One sentence for a person. */
	readonly error: string;
}
