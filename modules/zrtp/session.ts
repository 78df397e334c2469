/**
 * What a session is between two steps: the fixed facts and one State, whose members are exactly what is known in it.
 * engine.ts owns the step; the files in states/ turn one State into the next.
 */

import type { KeyPair } from "crypto/types";
import type { Association } from "./association";
import type { HashChain } from "./hash-chain";
import type { SessionKeys, StreamKeys } from "./kdf";
import type { Commit } from "./messages/commit";
import type { Confirm } from "./messages/confirm";
import type { DhPart } from "./messages/dh-part";
import type { Hello } from "./messages/hello";
import type { Retransmission } from "./retransmission";
import type { RetainedSecrets } from "./store";
import type { FailCode, RetainedStatus, Role, Sas, SessionConfig, Suite, WarnCode } from "./types";
import type { Vault } from "./vault";

/** One media stream's ZRTP session. Made by createSession, changed by step alone. */
export interface Session {
	readonly config: SessionConfig;
	/** SHA-256 of our Hello, 32 bytes: what a=zrtp-hash carries (section 8.1). */
	readonly helloHash: Uint8Array;
	/** Our Hello message. */
	readonly hello: Uint8Array;
	readonly chain: HashChain;
	readonly vault: Vault;
	/** Shared with the other streams of the call. */
	readonly association: Association;
	/** What the owner's word on the SAS goes with; undefined: not secure yet, or an added stream, whose first one has it. */
	continuity: Continuity | undefined;
	readonly warned: Set<WarnCode>;
	/** Sequence number of the next packet. */
	sequence: number;
	peerHelloHash: Uint8Array | undefined;
	/** SRTP keys have been handed out in some direction. */
	keysInstalled: boolean;
	/** The wish last told by `wakeAt`. */
	wakeAt: number | undefined;
	state: State;
}

/** The other end, once its Hello has been taken. */
export interface Peer {
	readonly hello: Hello;
	readonly ssrc: number;
	/** Its cache record has been asked for and has come. */
	readonly secretsLoaded: boolean;
	readonly secrets: RetainedSecrets | undefined;
}

/** Roles and algorithms are settled by a Commit. */
export interface Negotiated {
	readonly role: Role;
	readonly peer: Peer;
	readonly suite: StreamSuite;
	/** The Commit message, ours or the peer's by role. */
	readonly commit: Uint8Array;
}

/** In Preshared mode there is no key agreement; in Multistream mode it is the first stream's. */
export type StreamSuite = Omit<Suite, "keyAgreement"> & Pick<Sas, "keyAgreement">;

/** The same in DH mode. */
export interface DhNegotiated extends Negotiated {
	readonly suite: Suite;
	/** Both arrays are in the vault. */
	readonly keyPair: KeyPair;
	/** hvi of the Commit. */
	readonly hvi: Uint8Array;
}

/** Keys are derived; nothing proves yet that the peer has the same. */
export interface Keyed extends Negotiated {
	/** Multistream mode has StreamKeys alone. */
	readonly keys: StreamKeys | SessionKeys;
	readonly retained: RetainedStatus;
	/** pbxsecret matched: the peer is the PBX this phone is enrolled with. */
	readonly trustedMitm: boolean;
	readonly auxsecret: RetainedStatus;
	/** The peer's DHPart, whose MAC is checked when H0 comes; undefined: a mode without. */
	readonly peerPart: DhPart | undefined;
}

export interface Idle {
	readonly name: "idle";
	/** The peer began before us: its Hello, to be taken at our start. */
	readonly early: { readonly hello: Hello; readonly ssrc: number } | undefined;
}

/** A Hello that contradicts a=zrtp-hash, kept in case the right one never comes. */
export interface HeldHello {
	readonly hello: Hello;
	readonly ssrc: number;
	readonly until: number;
}

export interface Discovery {
	readonly name: "discovery";
	readonly startedAt: number;
	/** Our Hello, until it has been answered or given up. */
	readonly retransmission: Retransmission | undefined;
	/** When discovery gives up; undefined: it has, and only listens. */
	readonly until: number | undefined;
	/** The peer has been heard or announced. */
	readonly evidence: boolean;
	/** Our Hello has been acknowledged. */
	readonly acknowledged: boolean;
	/** Why giving up is more than silence. */
	readonly obstacle: FailCode | undefined;
	readonly held: HeldHello | undefined;
	readonly peer: Peer | undefined;
}

/** Our Multistream or Preshared Commit is out. */
export interface WaitDirectConfirm1 extends Negotiated {
	readonly name: "waitDirectConfirm1";
	readonly role: "initiator";
	readonly mode: DirectMode;
	/** Of our Commit. */
	readonly nonce: Uint8Array;
	/** Undefined until a Confirm1 has come. */
	readonly keyed: Keyed | undefined;
	readonly badConfirm: boolean;
	/** This goes back to secure after a GoClear. */
	readonly returning: boolean;
	/** The Commit. */
	readonly retransmission: Retransmission;
}

/** The modes without DHPart messages. */
export type DirectMode = "Multistream" | "Preshared";

export interface WaitDhPart1 extends DhNegotiated {
	readonly name: "waitDHPart1";
	readonly role: "initiator";
	/** Ours, promised by hvi. */
	readonly dhPart2: Uint8Array;
	/** The Commit. */
	readonly retransmission: Retransmission;
}

export interface WaitConfirm1 extends DhNegotiated {
	readonly name: "waitConfirm1";
	readonly role: "initiator";
	readonly dhPart1: DhPart;
	readonly dhPart2: Uint8Array;
	/** undefined: the key agreement is still running outside. */
	readonly keyed: Keyed | undefined;
	/** A Confirm1 that came before the keys. */
	readonly held: Confirm | undefined;
	readonly badConfirm: boolean;
	/** DHPart2. */
	readonly retransmission: Retransmission;
}

export interface WaitConf2Ack extends Keyed {
	readonly name: "waitConf2ACK";
	readonly role: "initiator";
	readonly outcome: Outcome;
	/** Confirm2. */
	readonly retransmission: Retransmission;
}

/** The responder does not retransmit; it answers repeats, and gives up after a silence (section 6). */
export interface Responding {
	readonly heardAt: number;
	readonly enteredAt: number;
}

export interface WaitDhPart2 extends DhNegotiated, Responding {
	readonly name: "waitDHPart2";
	readonly role: "responder";
	/** Ours. */
	readonly dhPart1: Uint8Array;
}

export interface Agreeing extends DhNegotiated, Responding {
	readonly name: "agreeing";
	readonly role: "responder";
	readonly dhPart1: Uint8Array;
	readonly dhPart2: DhPart;
}

export interface WaitConfirm2 extends Keyed, Responding {
	readonly name: "waitConfirm2";
	readonly role: "responder";
	/** The peer's message that Confirm1 answers: DHPart2, or the Commit of a mode without. */
	readonly answers: Uint8Array;
	readonly confirm1: Uint8Array;
	readonly badConfirm: boolean;
}

/** What the Confirm messages settled. */
export interface Outcome {
	readonly sas: Sas;
	/** Seconds; the smaller of both ends' (section 4.9). */
	readonly lifetimeSec: number;
}

/** What the first stream knows of the line of secrets, kept for a late verdict on the SAS (section 4.6.1.1). */
export interface Continuity {
	/** Seconds; the smaller of both ends' (section 4.9). */
	readonly lifetimeSec: number;
	/** What the cache held before this exchange. */
	readonly before: RetainedSecrets | undefined;
	/** The next rs1. */
	readonly newSecret: Uint8Array;
	/** Of this call's own SAS; not secret. */
	readonly sashash: Uint8Array;
	/** The store holds newSecret. */
	readonly stored: boolean;
	readonly mode: "DH" | "Preshared";
}

export interface Secure {
	readonly name: "secure";
	readonly role: Role;
	readonly peer: Peer;
	readonly suite: StreamSuite;
	readonly sas: Sas;
	readonly ownMacKey: Uint8Array;
	readonly peerMacKey: Uint8Array;
	readonly peerZrtpKey: Uint8Array;
	/** Kept by a device in the middle, which encrypts SASrelay with it. */
	readonly ownZrtpKey: Uint8Array | undefined;
	/** SASrelay, until RelayACK. */
	readonly relay: Retransmission | undefined;
	/** The responder answers repeats of it. */
	readonly confirm2: Uint8Array | undefined;
}

/** What is left of a secure call after GoClear: enough to go back. */
interface Left {
	readonly peer: Peer;
}

/** Our GoClear is out. */
export interface WaitClearAck extends Left {
	readonly name: "waitClearACK";
	readonly suite: StreamSuite;
	readonly peerMacKey: Uint8Array;
	readonly retransmission: Retransmission;
}

/** Encryption has been left by GoClear. */
export interface Cleared extends Left {
	readonly name: "cleared";
	/** The peer's GoClear, to answer its repeats. */
	readonly goClear: Uint8Array | undefined;
}

export interface Failed {
	readonly name: "failed";
	/** The Error message, until ErrorACK. */
	readonly retransmission: Retransmission | undefined;
}

export interface Stopped {
	readonly name: "stopped";
}

export type State =
	| Idle
	| Discovery
	| WaitDirectConfirm1
	| WaitDhPart1
	| WaitConfirm1
	| WaitConf2Ack
	| WaitDhPart2
	| Agreeing
	| WaitConfirm2
	| Secure
	| WaitClearAck
	| Cleared
	| Failed
	| Stopped;

export type StateName = State["name"];

export type DhCommit = Extract<Commit, { mode: "DH" }>;
