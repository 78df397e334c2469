/**
 * Retained secrets: their IDs in the DHPart messages, which of them both ends share, and what is kept afterwards
 * (RFC 6189 sections 4.3, 4.6.1, 4.9). Pure functions; the store itself is behind store.ts.
 */

import { equal } from "bytes/equal";
import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import type { Mac, RandomSource } from "crypto/types";
import { EXPIRY_INDEFINITE_SEC, SECRET_ID_BYTE_LENGTH } from "./constants";
import type { RetainedSecrets } from "./store";
import type { RetainedStatus, Role } from "./types";

/** The four IDs of a DHPart message, 8 bytes each. */
export interface SecretIds {
	readonly rs1Id: Uint8Array;
	readonly rs2Id: Uint8Array;
	readonly auxsecretId: Uint8Array;
	readonly pbxsecretId: Uint8Array;
}

/** The IDs that the party of this role sends. What is not held gets a random ID, so that nobody can tell (section 4.3). */
export function secretIds(
	mac: Mac,
	random: RandomSource,
	role: Role,
	secrets: RetainedSecrets | undefined,
	aux?: Auxsecret,
): SecretIds {
	const idOrRandom = (secret: Uint8Array | undefined) =>
		secret === undefined ? random(SECRET_ID_BYTE_LENGTH) : secretId(mac, secret, role);
	return {
		rs1Id: idOrRandom(secrets?.rs1),
		rs2Id: idOrRandom(secrets?.rs2),
		auxsecretId: aux === undefined ? random(SECRET_ID_BYTE_LENGTH) : auxsecretId(mac, aux),
		pbxsecretId: idOrRandom(secrets?.pbxsecret),
	};
}

/** A secret from outside ZRTP (section 4.3), with the H3 of whoever sends its ID. */
export interface Auxsecret {
	readonly secret: Uint8Array;
	readonly h3: Uint8Array;
}

/** auxsecretID: bound to the Hello of the party that sends it (section 4.3.1). */
export function auxsecretId(mac: Mac, { secret, h3 }: Auxsecret): Uint8Array {
	const whole = mac.compute(secret, h3);
	const id = whole.slice(0, SECRET_ID_BYTE_LENGTH);
	wipe(whole);
	return id;
}

/** s2: the auxsecret, if the peer sent its ID; `aux` has the peer's H3. */
export function matchS2(mac: Mac, aux: Auxsecret | undefined, received: SecretIds): Uint8Array | undefined {
	return aux !== undefined && equal(auxsecretId(mac, aux), received.auxsecretId) ? aux.secret : undefined;
}

/** s3: the pbxsecret, if the peer sent its ID. */
export function matchS3(
	mac: Mac,
	secrets: RetainedSecrets | undefined,
	received: SecretIds,
	peerRole: Role,
): Uint8Array | undefined {
	const secret = secrets?.pbxsecret;
	return secret !== undefined && equal(secretId(mac, secret, peerRole), received.pbxsecretId) ? secret : undefined;
}

/** rs1ID or rs2ID as the party of this role computes it (section 4.3.1). */
export function secretId(mac: Mac, secret: Uint8Array, role: Role): Uint8Array {
	const label = utf8Encode(role === "initiator" ? "Initiator" : "Responder");
	const whole = mac.compute(secret, label);
	const id = whole.slice(0, SECRET_ID_BYTE_LENGTH);
	wipe(whole);
	return id;
}

/**
 * s1: the initiator's rs1 if the responder has it, else the initiator's rs2 if the responder has that, else null
 * (section 4.3). `received` are the peer's IDs, `peerRole` its role. The result is one of the arrays in `secrets`.
 */
export function matchS1(
	mac: Mac,
	secrets: RetainedSecrets | undefined,
	received: SecretIds,
	peerRole: Role,
): Uint8Array | undefined {
	const own = [secrets?.rs1, secrets?.rs2].flatMap((secret) =>
		secret === undefined ? [] : [{ secret, expectedId: secretId(mac, secret, peerRole) }],
	);
	const theirs = [received.rs1Id, received.rs2Id];
	if (peerRole === "responder") {
		// We are the initiator: our order decides.
		return own.find(({ expectedId }) => theirs.some((id) => equal(id, expectedId)))?.secret;
	}
	for (const id of theirs) {
		const found = own.find(({ expectedId }) => equal(id, expectedId));
		if (found !== undefined) return found.secret;
	}
	return undefined;
}

/** Section 4.3.2: a mismatch is only where rs1 was held, had not expired, and s1 is null. A new peer is `none`. */
export function retainedStatus(secrets: RetainedSecrets | undefined, s1: Uint8Array | undefined): RetainedStatus {
	if (s1 !== undefined) return "match";
	return secrets?.rs1 === undefined || secrets.expired === true ? "none" : "mismatch";
}

/** The cache expiry both ends use: the smaller one (section 4.9). */
export function agreedLifetimeSec(ownSec: number, peerSec: number): number {
	return Math.min(ownSec, peerSec);
}

/**
 * The record to keep after an exchange: rs1 is the new secret, rs2 the old rs1, or after a Preshared one what it was
 * (section 4.6.1). With a lifetime of 0
 * the new secret is not kept, and an existing record is kept as expired; undefined: nothing to store (section 4.9).
 */
export function rotate(
	old: RetainedSecrets | undefined,
	newSecret: Uint8Array,
	lifetimeSec: number,
	verified: boolean,
	mode: "DH" | "Preshared" = "DH",
): RetainedSecrets | undefined {
	if (lifetimeSec === 0) {
		if (old === undefined || (old.rs1 === undefined && old.rs2 === undefined)) return undefined;
		return { ...copySecrets(old), verified: old.verified, lifetimeSec: 0 };
	}
	const rs2 = mode === "DH" ? old?.rs1 : old?.rs2;
	return {
		rs1: newSecret.slice(),
		...(rs2 === undefined ? {} : { rs2: rs2.slice() }),
		verified,
		...(lifetimeSec === EXPIRY_INDEFINITE_SEC ? {} : { lifetimeSec }),
	};
}

/** A record with secrets of its own: what the engine keeps of an answer, and what it hands out. */
export function copyRecord(record: RetainedSecrets): RetainedSecrets {
	return {
		...copySecrets(record),
		...(record.pbxsecret === undefined ? {} : { pbxsecret: record.pbxsecret.slice() }),
		verified: record.verified,
		...(record.lifetimeSec === undefined ? {} : { lifetimeSec: record.lifetimeSec }),
		...(record.expired === undefined ? {} : { expired: record.expired }),
	};
}

export function wipeRecord(record: RetainedSecrets | undefined): void {
	wipe(record?.rs1, record?.rs2, record?.pbxsecret);
}

function copySecrets({ rs1, rs2 }: RetainedSecrets): Pick<RetainedSecrets, "rs1" | "rs2"> {
	return {
		...(rs1 === undefined ? {} : { rs1: rs1.slice() }),
		...(rs2 === undefined ? {} : { rs2: rs2.slice() }),
	};
}
