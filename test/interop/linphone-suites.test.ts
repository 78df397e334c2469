/**
 * Every key agreement, authentication tag and rendering of the SAS that linphonec has in common with Sotto, each with
 * Sotto as initiator and as responder. Who is who is decided by the two Commits' hvi (RFC 6189 section 4.2), so calls
 * are made until both have come.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { assertEncrypted, assertHeard, assertSameSas } from "./peers/judge";
import { Meeting, pause } from "./peers/meeting";
import { buildRecorded } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "linphone-suites");
const TALK_MS = 800;
/** Each role comes with every second call: the chance that one has not come after so many is one in two million. */
const MOST_CALLS = 22;

const LINPHONE_NAMES = {
	X255: "MS_ZRTP_KEY_AGREEMENT_X255",
	X448: "MS_ZRTP_KEY_AGREEMENT_X448",
	DH2k: "MS_ZRTP_KEY_AGREEMENT_DH2K",
	DH3k: "MS_ZRTP_KEY_AGREEMENT_DH3K",
	HS32: "MS_ZRTP_AUTHTAG_HS32",
	HS80: "MS_ZRTP_AUTHTAG_HS80",
	S256: "MS_ZRTP_HASH_S256",
	S384: "MS_ZRTP_HASH_S384",
	AES1: "MS_ZRTP_CIPHER_AES1",
	AES3: "MS_ZRTP_CIPHER_AES3",
	B32: "MS_ZRTP_SAS_B32",
	B256: "MS_ZRTP_SAS_B256",
} as const;

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

/** What is wanted goes first; the mandatory ones must stand behind it, or a config is refused. */
function preferring(first: string, ...others: readonly string[]): string[] {
	return [first, ...others.filter((other) => other !== first)];
}

async function callUntilBothRoles(meeting: Meeting, expected: Readonly<Record<string, string>>): Promise<Set<string>> {
	const roles = new Set<string>();
	for (let calls = 0; roles.size < 2; calls++) {
		assert.ok(calls < MOST_CALLS, `after ${calls} calls Sotto was never anything but ${[...roles].join()}`);
		const before = meeting.sotto.lines.length;
		await meeting.connect(calls % 2 === 0 ? "outgoing" : "incoming");
		const call = await meeting.secure();
		for (const [field, code] of Object.entries(expected)) assert.equal(call[field as keyof typeof call], code, field);
		assertSameSas(call, await meeting.linphone.sas());
		assert.equal(call.retained, calls === 0 ? "none" : "match", `retained secrets of call ${calls + 1}`);
		const role = /keys on: .* as (initiator|responder)/.exec(meeting.sotto.lines.slice(before).join("\n"))?.[1];
		assert.ok(role, "the log tells the role");
		roles.add(role);
		await pause(TALK_MS);
		const ended = await meeting.hangUp();
		assert.equal(ended.lock, "closed", "what the lock said stays said when the call has ended");
		assert.equal(ended.notice, undefined);
	}
	return roles;
}

describe("suites with linphonec", { concurrency: false }, () => {
	for (const [keyAgreement, authTag, sasType, hash, cipher] of [
		["DH3k", "HS80", "B256", "S256", "AES1"],
		["X255", "HS32", "B32", "S256", "AES1"],
		["X255", "HS80", "B256", "S256", "AES1"],
		["DH3k", "HS32", "B32", "S256", "AES1"],
		["X255", "HS80", "B32", "S384", "AES3"],
		["DH3k", "HS80", "B32", "S256", "AES3"],
		["X448", "HS80", "B32", "S384", "AES3"],
		["DH2k", "HS32", "B256", "S256", "AES1"],
	] as const)
		test(`${keyAgreement} ${authTag} ${sasType} ${hash} ${cipher}, as initiator and as responder`, async () => {
			const name = `${keyAgreement}-${authTag}-${sasType}-${hash}-${cipher}`;
			const [meeting, roles] = await Meeting.hold(
				{
					folder: path.join(FOLDER, name),
					name: "calls",
					program,
					config: {
						zrtp: {
							keyAgreements: preferring(keyAgreement, "DH3k"),
							authTags: preferring(authTag, "HS32", "HS80"),
							sasTypes: preferring(sasType, "B32"),
							hashes: preferring(hash, "S256"),
							ciphers: preferring(cipher, "AES1"),
						},
					},
					linphone: {
						sip: [
							`zrtp_key_agreements_suites=${LINPHONE_NAMES[keyAgreement]}`,
							`zrtp_auth_suites=${LINPHONE_NAMES[authTag]}`,
							`zrtp_sas_suites=${LINPHONE_NAMES[sasType]}`,
							`zrtp_hash_suites=${LINPHONE_NAMES[hash]}`,
							`zrtp_cipher_suites=${LINPHONE_NAMES[cipher]}`,
						],
					},
				},
				(each) => callUntilBothRoles(each, { keyAgreement, authTag, sasType, hash, cipher }),
			);
			assert.deepEqual([...roles].sort(), ["initiator", "responder"]);
			assertEncrypted(meeting, [authTag]);
			assertHeard(meeting);
		});
});
