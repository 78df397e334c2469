/**
 * Sotto and linphonec of Debian call each other, both ways: the same SAS at both ends, a tone heard at both ends, a second
 * call that matches the retained secrets, secrets that were tampered with at either end, and tshark as the witness of each.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { assertEncrypted, assertHeard, assertSameSas } from "./peers/judge";
import { forgetSecrets, retainedSecrets, tamperSecrets } from "./peers/linphonec-secrets";
import { Meeting, pause } from "./peers/meeting";
import { buildRecorded, recordingFile } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "linphone");
const SOTTO_STATE = path.join(FOLDER, "sotto");
const LINPHONE_FOLDER = path.join(FOLDER, "linphone");
const TALK_MS = 1500;

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

interface Ended {
	readonly meeting: Meeting;
	readonly call: CallState;
	readonly linphoneSas: { readonly text: string; readonly verified: boolean };
}

/** One whole secure call, judged. @param verify the people compare the words, at both ends */
async function callOnce(name: string, direction: "incoming" | "outgoing", verify = false): Promise<Ended> {
	const [meeting, { call, linphoneSas }] = await Meeting.hold({ folder: FOLDER, name, program }, async (each) => {
		await each.connect(direction);
		const secure = await each.secure();
		const sas = await each.linphone.sas();
		if (verify) {
			each.sotto.send({ verify: true, name: "Linphone" });
			each.linphone.command("zrtp-set-verified");
			await each.sotto.until("verified", ({ calls: [call] }) => call?.lock === "verified");
		}
		await pause(TALK_MS);
		await each.hangUp();
		return { call: secure, linphoneSas: sas };
	});
	assertSameSas(call, linphoneSas);
	assertEncrypted(meeting, [call.authTag ?? ""]);
	assertHeard(meeting);
	return { meeting, call, linphoneSas };
}

describe("linphonec", { concurrency: false }, () => {
	test("first call, from Sotto: closed, nothing retained, the Hello is the announced one", async () => {
		const { call, linphoneSas, meeting } = await callOnce("first-out", "outgoing");
		assert.equal(call.retained, "none");
		assert.equal(call.lock, "closed");
		assert.equal(call.verified, false);
		assert.equal(linphoneSas.verified, false);
		const hello = meeting.capture
			.zrtp()
			.find((each) => each.sourcePort === meeting.sottoRtpPort && each.type === "Hello");
		assert.ok(hello);
		// Twelve octets of packet header before the message, four of CRC after it (RFC 6189 section 5).
		const hash = createHash("sha256").update(hello.bytes.subarray(12, -4)).digest("hex");
		assert.ok(
			meeting.linphone.log.includes(`a=zrtp-hash:1.10 ${hash}`),
			"the offer has the hash of the Hello that was sent",
		);
		assert.doesNotMatch(meeting.linphone.log, /hello hash|zrtp-hash.*mismatch/i);
	});

	test("second call, from linphonec: the retained secrets match, and the words are compared", async () => {
		const { call, meeting } = await callOnce("second-in", "incoming", true);
		assert.equal(call.retained, "match");
		assert.equal(call.lock, "closed");
		assert.doesNotMatch(meeting.linphone.log, /cache mismatch/i);
	});

	test("third call, from Sotto: verified from the start, at both ends", async () => {
		// For the last test: Sotto's memory as it is now.
		cpSync(SOTTO_STATE, `${SOTTO_STATE}-old`, { recursive: true });
		const { call, linphoneSas } = await callOnce("third-out", "outgoing");
		assert.equal(call.retained, "match");
		assert.equal(call.lock, "verified");
		assert.equal(call.peerName, "Linphone");
		assert.equal(linphoneSas.verified, true);
	});

	test("linphonec's secrets are tampered with: Sotto warns, and so does linphonec", async () => {
		tamperSecrets(LINPHONE_FOLDER);
		const { call, linphoneSas, meeting } = await callOnce("tampered-in", "incoming");
		assert.equal(call.retained, "mismatch");
		assert.equal(call.lock, "warning");
		assert.equal(call.verified, false);
		assert.match(call.notice ?? "", /compare the words/);
		assert.equal(linphoneSas.verified, false);
		assert.match(meeting.linphone.log, /cache mismatch/i);
	});

	test("the warning comes again until the words are compared, and then the line of secrets goes on", async () => {
		const again = await callOnce("tampered-out", "outgoing", true);
		assert.ok(["warning", "closed"].includes(again.call.lock), `the lock says ${again.call.lock}`);
		const after = await callOnce("mended-in", "incoming");
		assert.equal(after.call.retained, "match");
		assert.equal(after.call.lock, "verified");
		assert.equal(after.linphoneSas.verified, true);
	});

	test("Sotto's memory is an old copy: Sotto warns, and so does linphonec", async () => {
		rmSync(SOTTO_STATE, { recursive: true });
		cpSync(`${SOTTO_STATE}-old`, SOTTO_STATE, { recursive: true });
		const { call, meeting } = await callOnce("rolled-back-out", "outgoing");
		assert.equal(call.retained, "mismatch");
		assert.equal(call.lock, "warning");
		assert.match(meeting.linphone.log, /cache mismatch/i);
	});

	test("linphonec forgets everything and is somebody new: no warning", async () => {
		forgetSecrets(LINPHONE_FOLDER);
		const { call } = await callOnce("new-in", "incoming");
		assert.equal(call.retained, "none");
		assert.equal(call.lock, "closed");
		assert.equal(call.notice, undefined);
	});

	test("the secret that both kept is the same one, and nobody reads it in Sotto's flash", () => {
		const secrets = retainedSecrets(LINPHONE_FOLDER);
		assert.equal(secrets.length, 1);
		const recorded = readFileSync(recordingFile(), "latin1");
		for (const secret of secrets) {
			assert.equal(secret.length, 32);
			assert.ok(recorded.includes(secret.toString("hex")), "Sotto computed what linphonec keeps");
			for (const file of readdirSync(SOTTO_STATE))
				assert.ok(!readFileSync(path.join(SOTTO_STATE, file)).includes(secret), `${file} holds it in the clear`);
		}
	});
});
