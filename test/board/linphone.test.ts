/**
 * The bare board and linphonec of Debian: the board calls, loses its power, and is called. Both ends read the same words,
 * each hears the other, and the second time the secrets of the first are found.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { buildVirtPhone } from "../../scripts/builder/phone";
import { virtSizes } from "../../scripts/builder/virt";
import { serveConfigs } from "../../scripts/simulator/config-server";
import { heard, readWav } from "../../scripts/simulator/tone";
import { startBoardPhone } from "../../scripts/virt/board-phone";
import { makeTap, tap } from "../../scripts/virt/network";
import { boardHears, secured } from "../../scripts/virt/pair";
import { assertSameSas } from "../interop/peers/judge";
import { Linphonec } from "../interop/peers/linphonec";
import { writeTone } from "../interop/peers/tone-file";

const FOLDER = path.join(buildFolder, "test", "board-linphone");
const BOARD_HZ = 440;
const LINPHONE_HZ = 880;
const BOARD_SIP = 5060;
const LINPHONE_SIP = 15070;
const LINPHONE_RTP = 17070;
const TALK_MS = 2500;
const BOARD_URI = `sip:board@${tap.board}:${BOARD_SIP}`;

let executable = "";

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(path.join(FOLDER, "board"), { recursive: true });
	makeTap();
	/* linphonec takes for its own address the one on the way to everywhere. */
	execFileSync("ip", ["route", "replace", "default", "dev", tap.name]);
	({ executable } = await buildVirtPhone());
});

/** One life of the board with one call in it. */
async function callOnce(direction: "incoming" | "outgoing"): Promise<CallState> {
	const tone = path.join(FOLDER, "tone.wav");
	const record = path.join(FOLDER, `${direction}.wav`);
	writeTone(tone, LINPHONE_HZ, 120);
	const ends: (() => unknown)[] = [];
	try {
		const configs = await serveConfigs(
			{
				board: {
					account: { aor: BOARD_URI, displayName: "Board" },
					sip: { port: BOARD_SIP },
					audio: { microphone: `tone:${BOARD_HZ}` },
				},
			},
			tap.host,
		);
		ends.push(() => configs.close());
		const linphone = await Linphonec.start({
			name: "linphone",
			folder: path.join(FOLDER, "linphone"),
			address: tap.host,
			sipPort: LINPHONE_SIP,
			rtpPort: LINPHONE_RTP,
			play: tone,
			record,
			autoAnswer: true,
		});
		ends.push(() => linphone.stop());
		const board = await startBoardPhone({
			executable,
			sizes: virtSizes,
			state: path.join(FOLDER, "board"),
			name: "Board",
			config: configs.url("board"),
			network: tap.options,
			fixedAddress: tap.setting,
		});
		/* No farewell: its power goes. */
		ends.push(() => board.stop("SIGKILL"));
		await board.until("the board to be ready", () => true, 60_000);
		linphone.mark();
		const hears = boardHears(board);
		if (direction === "outgoing") board.send({ dial: linphone.uri });
		else {
			linphone.command(`call ${BOARD_URI}`);
			await board.until("ringing", ({ calls: [it] }) => it?.state === "ringing", 30_000);
			board.send({ answer: true });
		}
		const call = await secured(board);
		const sas = await linphone.sas();
		assertSameSas(call, sas);
		console.log(`${direction}: ${call.keyAgreement}, "${call.sas}" at both ends, retained ${call.retained}`);
		await new Promise((resolve) => setTimeout(resolve, TALK_MS));
		board.send({ hangup: true });
		await board.until("the end of the call", ({ calls: [it] }) => it?.state === "ended");
		await linphone.until(/LinphoneCall(End|Released)/);
		assert.ok(heard(hears.stop(), LINPHONE_HZ), "the board heard linphonec");
		await linphone.stop();
		assert.ok(heard(readWav(record), BOARD_HZ), "linphonec heard the board");
		return call;
	} finally {
		for (const end of ends.reverse()) await end();
	}
}

test("it calls linphonec: same words, heard at both ends", { timeout: 120_000 }, async () => {
	const call = await callOnce("outgoing");
	assert.equal(call.retained, "none");
	assert.equal(call.lock, "closed");
});

test("after a power cut linphonec calls it: they know each other", { timeout: 120_000 }, async () => {
	const call = await callOnce("incoming");
	assert.equal(call.retained, "match");
	assert.equal(call.lock, "closed");
});
