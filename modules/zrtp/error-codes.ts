/**
 * The Error codes of RFC 6189 section 5.9, table 8, as data: turn.ts sends them, describe.ts says what they mean. Every
 * row is here, also those that this engine never sends, since any of them may come in.
 */

/** Error codes of section 5.9, table 8. */
export const ERROR_CODE = Object.freeze({
	malformed: 0x10,
	software: 0x20,
	version: 0x30,
	helloMismatch: 0x40,
	hash: 0x51,
	cipher: 0x52,
	keyAgreement: 0x53,
	authTag: 0x54,
	sasType: 0x55,
	noSharedSecret: 0x56,
	dhValue: 0x61,
	hvi: 0x62,
	untrustedRelay: 0x63,
	confirmMac: 0x70,
	nonceReuse: 0x80,
	equalZids: 0x90,
	ssrcCollision: 0x91,
	unavailable: 0xa0,
	timeout: 0xb0,
	goClearNotAllowed: 0x100,
});

/** What table 8 says of each, for the log. */
export const ERROR_MEANINGS: Readonly<Record<number, string>> = Object.freeze({
	[ERROR_CODE.malformed]: "malformed packet",
	[ERROR_CODE.software]: "critical software error",
	[ERROR_CODE.version]: "unsupported ZRTP version",
	[ERROR_CODE.helloMismatch]: "Hello components mismatch",
	[ERROR_CODE.hash]: "hash type not supported",
	[ERROR_CODE.cipher]: "cipher type not supported",
	[ERROR_CODE.keyAgreement]: "public key exchange not supported",
	[ERROR_CODE.authTag]: "SRTP auth tag not supported",
	[ERROR_CODE.sasType]: "SAS rendering scheme not supported",
	[ERROR_CODE.noSharedSecret]: "no shared secret available",
	[ERROR_CODE.dhValue]: "bad public value",
	[ERROR_CODE.hvi]: "hvi does not match DHPart2",
	[ERROR_CODE.untrustedRelay]: "relayed SAS from an untrusted MiTM",
	[ERROR_CODE.confirmMac]: "bad Confirm MAC",
	[ERROR_CODE.nonceReuse]: "nonce reuse",
	[ERROR_CODE.equalZids]: "equal ZIDs",
	[ERROR_CODE.ssrcCollision]: "SSRC collision",
	[ERROR_CODE.unavailable]: "service unavailable",
	[ERROR_CODE.timeout]: "protocol timeout",
	[ERROR_CODE.goClearNotAllowed]: "GoClear not allowed",
});
