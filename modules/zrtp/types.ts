/**
 * The public face of the ZRTP engine (RFC 6189): events go in, actions come out, nothing else happens. call/ runs the
 * actions and reports back with events. Times are milliseconds of one monotonic clock, always given by the caller.
 */

import type { KeyPair, Provider, RandomSource } from "crypto/types";
import type { Association } from "./association";
import type { RetainedSecrets } from "./store";

/**
 * Codes of RFC 6189 section 5.1 that this engine implements. X255 (X25519) and X448 are named as bzrtp names them; E255
 * is what ZRTPCPP calls X255.
 */
export type KeyAgreementCode = "DH2k" | "DH3k" | "EC25" | "EC38" | "EC52" | "X255" | "E255" | "X448";
export type HashCode = "S256" | "S384" | "N256" | "N384";
export type CipherCode = "AES1" | "AES2" | "AES3";
/** GCM is no code of RFC 6189: bzrtp names AES-GCM so (RFC 7714), where the cipher has 128 or 256 bits. */
export type AuthTagCode = "HS32" | "HS80" | "GCM";
export type SasTypeCode = "B32" | "B256";

export type Role = "initiator" | "responder";

/** What is offered in our Hello, best first, at most 7 of each. Mandatory codes left out are still accepted (section 5.2). */
export interface SuiteLists {
	readonly keyAgreements: readonly KeyAgreementCode[];
	readonly hashes: readonly HashCode[];
	readonly ciphers: readonly CipherCode[];
	readonly authTags: readonly AuthTagCode[];
	readonly sasTypes: readonly SasTypeCode[];
}

/** One of each, as the Commit fixed them. */
export interface Suite {
	readonly keyAgreement: KeyAgreementCode;
	readonly hash: HashCode;
	readonly cipher: CipherCode;
	readonly authTag: AuthTagCode;
	readonly sasType: SasTypeCode;
}

export interface SessionConfig {
	readonly provider: Provider;
	readonly random: RandomSource;
	/** Own ZID, 12 bytes. */
	readonly zid: Uint8Array;
	/** Shown in our Hello; printable ASCII, cut or padded to 16 characters. */
	readonly clientId: string;
	/** SSRC of the RTP stream this session keys. */
	readonly ssrc: number;
	readonly suites: SuiteLists;
	/** A key pair made ahead and never used; undefined: none ready, the engine generates one. The engine wipes it. */
	readonly keyPairs?: (code: KeyAgreementCode) => KeyPair | undefined;
	/** The peer's a=zrtp-hash (section 8.1), 32 bytes, when signalling has it already. */
	readonly peerHelloHash?: Uint8Array;
	/** Seconds the peer may keep the new retained secret; default 0xffffffff (indefinitely); 0: this phone keeps none. */
	readonly cacheExpirySec?: number;
	/** Sets the Allow Clear flag (A): the peer may end encryption inside the call (section 4.7.2). Default false. */
	readonly allowClear?: boolean;
	/**
	 * This is an added stream of a call whose first stream's session has this Association: no Diffie-Hellman, no SAS and
	 * no cache of its own, keys by Multistream mode (section 4.4.3). Feed `firstStreamSecure` when the first one is.
	 */
	readonly joins?: Association;
	/**
	 * Preshared mode may be used with a peer whose SAS was verified, and is accepted from it (section 4.4.2). Keys of such
	 * a call fall with the stored secret: default false.
	 */
	readonly preshared?: boolean;
	/** A secret that both ends have from elsewhere (section 4.3), 1 octet or more; it goes into s0 where the peer has it too. */
	readonly auxsecret?: Uint8Array;
	/** This end is a device in the middle: sets M in its Hello (section 7.3). A phone never does. */
	readonly mitm?: boolean;
	/** This end hands out its keys: sets D in its Confirm (section 11). A phone of ours never does. */
	readonly disclosure?: boolean;
	/** With `mitm`: asks the peer to enrol (E, section 7.3.1). */
	readonly enrollment?: boolean;
}

/** RFC 6189 section 4.5.3, one direction. The receiver of the action wipes both arrays once they are installed. */
export interface SrtpKeys {
	readonly cipher: CipherCode;
	readonly authTag: AuthTagCode;
	/** SRTP master key: 16 bytes for AES1, 24 for AES2, 32 for AES3. */
	readonly key: Uint8Array;
	/** SRTP master salt, 14 bytes; 12 for GCM. */
	readonly salt: Uint8Array;
}

/** none: no secret was expected (a new peer); match; mismatch: one was held, has not expired, and did not match (section 4.3.2). */
export type RetainedStatus = "none" | "match" | "mismatch";

export interface Sas extends Omit<Suite, "keyAgreement"> {
	/** "Prsh": no key agreement, but the secret of an earlier one (section 4.4.2). */
	readonly keyAgreement: KeyAgreementCode | "Prsh";
	/** Four base32 characters, or two PGP words with a space between. */
	readonly text: string;
	/** Our owner compared the SAS with this peer, now or in an earlier call of an unbroken line. */
	readonly verified: boolean;
	/** The peer's V flag: its owner says the same of us. Informative only. */
	readonly peerVerified: boolean;
	readonly retained: RetainedStatus;
	/** What the peer calls its software; trailing spaces removed, unprintable characters replaced. */
	readonly peerClientId: string;
	readonly peerZid: Uint8Array;
	/** The peer says that its keys may be disclosed to a third party (D flag, section 11). */
	readonly disclosure: boolean;
	/** The peer is a device in the middle (M flag of its Hello, section 7.3). */
	readonly mitm: boolean;
	/** The device in the middle is one this phone is enrolled with, and it proved that: pbxsecret matched (section 7.3). */
	readonly trustedMitm: boolean;
	/** `text` is the SAS between that device and the far party, as it relayed it (section 7.3). */
	readonly relayed: boolean;
	/** The peer is a PBX that asks to be enrolled (E flag, section 7.3.1). */
	readonly enrollment: boolean;
	/** The peer accepts GoClear (A flag). */
	readonly allowClear: boolean;
	/** none: this end has no auxsecret; mismatch: the peer has another one, or none (section 4.3.2). */
	readonly auxsecret: RetainedStatus;
}

export type Event =
	| { readonly type: "start"; readonly now: number }
	/** A whole ZRTP packet, CRC included, as it stood in the datagram. */
	| { readonly type: "packet"; readonly now: number; readonly bytes: Uint8Array }
	/** The time asked for by `wakeAt` has come; early or spurious ticks are harmless. */
	| { readonly type: "tick"; readonly now: number }
	/** The peer's a=zrtp-hash became known. */
	| { readonly type: "helloHash"; readonly now: number; readonly hash: Uint8Array }
	/** Answer to `loadSecrets`. The engine copies what it keeps. */
	| { readonly type: "secretsLoaded"; readonly now: number; readonly secrets: RetainedSecrets | undefined }
	/** Answer to `saveSecrets`. */
	| { readonly type: "secretsSaved"; readonly now: number; readonly saved: boolean }
	/** Answer to `agree`; undefined: the peer's public value is invalid. The engine wipes the array. */
	| { readonly type: "agreed"; readonly now: number; readonly sharedSecret: Uint8Array | undefined }
	/** The first SRTP packet whose authentication tag was good; counts as Conf2ACK (section 4.6). Repeats are harmless. */
	| { readonly type: "srtpReceived"; readonly now: number }
	/** true: the owner says that the SAS match; false: the owner takes that back, secrets are kept (section 7.1). */
	| { readonly type: "sasVerified"; readonly now: number; readonly verified: boolean }
	/** The owner says that the SAS differ: the secret of this session is erased (section 7.1). End the call. */
	| { readonly type: "sasMismatch"; readonly now: number }
	/** The owner wants to end encryption inside the call (GoClear, section 4.7.2). */
	| { readonly type: "clear"; readonly now: number }
	/** Of an added stream: the session it joins has become secure. */
	| { readonly type: "firstStreamSecure"; readonly now: number }
	/** After GoClear, the owner wants encryption back (section 4.7.2). */
	| { readonly type: "goSecure"; readonly now: number }
	/** The owner's answer to `enroll`: this PBX may be in the middle of calls, or not (section 7.3.1). */
	| { readonly type: "enrolled"; readonly now: number; readonly accepted: boolean }
	/** Of a device in the middle: what to relay to this peer (section 7.3); 32 zeros to one that is not enrolled. */
	| { readonly type: "relaySas"; readonly now: number; readonly sasType: SasTypeCode; readonly sashash: Uint8Array }
	/** The call is over: everything secret is wiped, nothing more is sent. */
	| { readonly type: "stop"; readonly now: number };

/** To be run in order, all of one step before the next event is fed. */
export type Action =
	| { readonly type: "send"; readonly bytes: Uint8Array }
	/** Send a `tick` at this time; replaces the earlier wish; undefined: none needed. */
	| { readonly type: "wakeAt"; readonly at: number | undefined }
	| { readonly type: "loadSecrets"; readonly zid: Uint8Array }
	/** Neither rs1 nor rs2 in `secrets`: erase what is held for this peer. The runner wipes the arrays afterwards. */
	| { readonly type: "saveSecrets"; readonly zid: Uint8Array; readonly secrets: RetainedSecrets }
	/**
	 * Run KeyAgreement.agree of this code and answer with `agreed`. Both arrays stay the engine's, and the end of the
	 * session wipes the private key: a runner that answers later copies it, and wipes its copy.
	 */
	| {
			readonly type: "agree";
			readonly keyAgreement: KeyAgreementCode;
			readonly privateKey: Uint8Array;
			readonly peerPublicKey: Uint8Array;
	  }
	| {
			readonly type: "installKeys";
			readonly direction: "send" | "receive";
			readonly role: Role;
			readonly keys: SrtpKeys;
	  }
	/** A key exchange begins: hold the microphone, if a call without ZRTP had opened it (section 4). */
	| { readonly type: "securing" }
	/** Remove the SRTP keys of both directions and keep the microphone held. */
	| { readonly type: "clearKeys" }
	/** After event `clear`: both ends have left encryption at our owner's wish; voice in the clear may begin. */
	| { readonly type: "cleared" }
	/** The SAS to show, again whenever its `verified` changes. */
	| { readonly type: "showSas"; readonly sas: Sas }
	/** The PBX asks to be trusted: put it to the owner, and answer with `enrolled`; no answer is no. */
	| { readonly type: "enroll"; readonly zid: Uint8Array; readonly peerClientId: string }
	/** Keep the trusted MiTM key of this peer; undefined: keep none. The runner wipes the array afterwards. */
	| { readonly type: "savePbxsecret"; readonly zid: Uint8Array; readonly pbxsecret: Uint8Array | undefined }
	/** Keys are on in both directions and confirmed by the peer: the microphone may open. */
	| { readonly type: "secure"; readonly role: Role; readonly retained: RetainedStatus }
	| { readonly type: "warn"; readonly code: WarnCode }
	/** The exchange is over without keys. `errorCode` is the peer's when code is `peerError` (RFC 6189 table 8). */
	| { readonly type: "failed"; readonly code: FailCode; readonly errorCode?: number };

/** Each is reported once a session. ALARMS in constants.ts says which of them turn the lock to a warning. */
export type WarnCode =
	/** The peer's Hello is not the one its signalling announced (section 8.1). */
	| "helloHashMismatch"
	/** A retained secret was held and did not match (section 4.3.2). */
	| "secretMismatch"
	/** The peer ended encryption by an authenticated GoClear; keys are gone, hold the microphone until the owner agrees. */
	| "goClear"
	/** The peer asked to end encryption, and this phone does not allow it; keys stay on. */
	| "goClearRefused"
	/** A GoClear whose MAC was wrong was ignored. */
	| "goClearMac"
	/** The owner asked for clear, and the peer does not allow it. */
	| "clearNotAllowed"
	/** The new retained secret could not be stored: the next call will mismatch or be as new. */
	| "secretsNotSaved"
	/** A packet was ignored: bad frame, CRC, length or content. */
	| "malformed"
	/** A packet was ignored: its hash image does not continue the chain of the Hello (section 9). */
	| "hashChain"
	/** A Confirm whose MAC was wrong was ignored; if no good one comes, the exchange fails with `confirmMac`. */
	| "badConfirm"
	/** A second, different Hello was ignored. */
	| "unexpectedHello"
	/** A packet was ignored: its SSRC is neither ours nor the peer's (section 5). */
	| "strangeSource"
	/** A Hello of a version other than 1.10 was ignored. */
	| "unsupportedVersion"
	/** An Error message was ignored because the call is already secure and Errors carry no MAC. */
	| "errorIgnored"
	/** A relayed SAS was answered and not shown: it came from no PBX that this phone is enrolled with (section 7.3). */
	| "sasRelayIgnored"
	/** The owner agreed to enrol, and a secret did not match: not before the SAS has been compared (section 7.3.1). */
	| "enrollmentUnsafe";

export type FailCode =
	/** Discovery ended and the other end never showed ZRTP. A Hello that comes later starts it again. */
	| "noPeer"
	/** The peer speaks ZRTP and stopped answering. */
	| "timeout"
	| "unsupportedVersion"
	| "equalZids"
	| "ssrcCollision"
	| "hashNotSupported"
	| "cipherNotSupported"
	| "keyAgreementNotSupported"
	| "authTagNotSupported"
	| "sasTypeNotSupported"
	/** Attack or broken peer: the Hello, Commit or DHPart received earlier was altered. */
	| "helloMac"
	| "commitMac"
	| "dhPartMac"
	/** Attack or broken peer: DHPart2 is not what the Commit promised. */
	| "hvi"
	/** Attack or broken peer: the public value is 1, p-1, off the curve or of low order. */
	| "dhValue"
	/** Attack or broken peer: no Confirm with a good MAC came. */
	| "confirmMac"
	/** A Commit came with a nonce of an earlier one of this call: a replay (section 4.4.3.1). */
	| "nonceReuse"
	/** An added stream came from another ZID than the first one (section 4.4.3). */
	| "zidChanged"
	/** An added stream without Multistream, or Multistream where there is no first stream (sections 4.2, 4.4.3.1). */
	| "modeMismatch"
	/** The peer sent an Error message. */
	| "peerError";
