/**
 * Numbers and codes of RFC 6189. Nothing enters here; every file of the room reads it.
 */

import { ERROR_CODE } from "./error-codes";
import type { FailCode, WarnCode } from "./types";

/** Packet frame, section 5: 12 bytes before the message, 4 of CRC after it. */
export const PACKET_COOKIE = 0x5a525450;
export const PACKET_HEADER_BYTE_LENGTH = 12;
export const PACKET_CRC_BYTE_LENGTH = 4;

/** Message frame, section 5.1: preamble, length in words, type block. */
export const MESSAGE_PREAMBLE = 0x505a;
export const MESSAGE_HEADER_BYTE_LENGTH = 12;

/** Highest number our sequence starts from: far from rollover, and never 0, which some peers take for old (section 5). */
export const SEQUENCE_START_MAXIMUM = 0x0fff;

export const VERSION = "1.10"; // section 5.2
/** Only these characters of a version count (section 4.1.1). */
export const VERSION_SIGNIFICANT_LENGTH = 3;

export const ZID_BYTE_LENGTH = 12; // section 4.9
export const HASH_IMAGE_BYTE_LENGTH = 32; // section 9
export const MAC_BYTE_LENGTH = 8; // section 8.1.1
export const SECRET_ID_BYTE_LENGTH = 8; // section 4.3.1
export const HVI_BYTE_LENGTH = 32; // section 4.4.1.1
export const RETAINED_SECRET_BYTE_LENGTH = 32; // section 4.6.1
export const CFB_IV_BYTE_LENGTH = 16; // section 5.7
export const SRTP_SALT_BYTE_LENGTH = 14; // section 4.5.3
export const AEAD_SALT_BYTE_LENGTH = 12; // RFC 7714 section 12
export const SASHASH_BYTE_LENGTH = 32; // section 4.5.2
export const CLIENT_ID_BYTE_LENGTH = 16; // section 5.2
export const ENDPOINT_HASH_BYTE_LENGTH = 8; // section 5.15
export const ALGORITHM_COUNT_MAXIMUM = 7; // section 5.2

/** Cache expiry that means for ever (section 4.9). */
export const EXPIRY_INDEFINITE_SEC = 0xffffffff;

/** A retransmission schedule of section 6: the first interval doubles up to the cap. */
export interface Schedule {
	readonly firstMs: number;
	readonly capMs: number;
	readonly retransmissions: number;
}
/** Hello: 3.75 s in all. */
export const T1: Schedule = Object.freeze({ firstMs: 50, capMs: 200, retransmissions: 20 });
/** Every other message that is retransmitted: 9.45 s in all. */
export const T2: Schedule = Object.freeze({ firstMs: 150, capMs: 1200, retransmissions: 10 });
/** Hello, once there is evidence that the peer speaks ZRTP: retries go on for at least 12 s (section 6). */
export const EXTENDED_DISCOVERY_MS = 12_000;
/** The peer's first Hello shows that it listens now: an unanswered Hello of ours goes out again this soon. */
export const PROMPT_HELLO_MS = 10;
/** A responder that hears nothing for this long gives up (section 6). */
export const RESPONDER_SILENCE_MS = 10_000;
/** A responder's wait for one message ends even if repeats of older ones keep coming: two T2 schedules and to spare. */
export const RESPONDER_WAIT_MS = 25_000;
/** How long a Hello that contradicts a=zrtp-hash is held back in favour of the right one (section 8.1). */
export const HELLO_HASH_GRACE_MS = 1_000;

/** The Error message that tells the peer of each failure; undefined: the peer is not told. */
export const FAILURES = Object.freeze({
	noPeer: undefined,
	timeout: ERROR_CODE.timeout,
	unsupportedVersion: ERROR_CODE.version,
	equalZids: ERROR_CODE.equalZids,
	ssrcCollision: ERROR_CODE.ssrcCollision,
	hashNotSupported: ERROR_CODE.hash,
	cipherNotSupported: ERROR_CODE.cipher,
	keyAgreementNotSupported: ERROR_CODE.keyAgreement,
	authTagNotSupported: ERROR_CODE.authTag,
	sasTypeNotSupported: ERROR_CODE.sasType,
	// Table 8 has no code for the MACs of the hash chain; the one authentication error it has comes nearest.
	helloMac: ERROR_CODE.confirmMac,
	commitMac: ERROR_CODE.confirmMac,
	dhPartMac: ERROR_CODE.confirmMac,
	hvi: ERROR_CODE.hvi,
	dhValue: ERROR_CODE.dhValue,
	confirmMac: ERROR_CODE.confirmMac,
	nonceReuse: ERROR_CODE.nonceReuse,
	zidChanged: ERROR_CODE.helloMismatch,
	modeMismatch: ERROR_CODE.software,
	peerError: undefined,
} as const satisfies Record<FailCode, number | undefined>);

/** The codes that mean somebody may be in the middle: the lock turns to a warning, loudly. The others are for the log. */
export const ALARMS: readonly (WarnCode | FailCode)[] = Object.freeze([
	"helloHashMismatch",
	"secretMismatch",
	"goClear",
	"goClearRefused",
	"helloMac",
	"commitMac",
	"dhPartMac",
	"hvi",
	"dhValue",
	"confirmMac",
]);
