/**
 * Blind transfer with baresip, in the clear and under each of its ways to key SRTP, asked for by either: the two who remain hear
 * each other. baresip 1.0 knows no Replaces (RFC 3891), neither in its INVITE nor in its menu: transfer after asking is tried
 * with linphonec.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { BARESIP_HZ, BaresipCall, type BaresipCallOptions, SOTTO_HZ } from "./peers/baresip-call";
import { hears, type Listener, listenTo } from "./peers/listening";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "baresip-transfers");
const CAROL_HZ = 1200;

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

interface Third {
	readonly carol: PhoneProcess;
	readonly uri: string;
	readonly ear: Listener;
}

/** A Sotto that is set up as the other one, and answers by itself. */
async function withThird<T>(folder: string, config: object, talk: (third: Third) => Promise<T>): Promise<T> {
	const [port = 0] = await freeUdpPorts(1);
	const uri = `sip:carol@127.0.0.1:${port}`;
	mkdirSync(folder, { recursive: true });
	const configs = await serveConfigs({
		carol: {
			account: { aor: uri },
			audio: { microphone: `tone:${CAROL_HZ}` },
			sip: { port, autoAnswer: true },
			log: TRACE_ALL,
			...config,
		},
	});
	const state = path.join(folder, "carol");
	const carol = await startSotto({ name: "Carol", state, config: configs.url("carol"), program });
	try {
		await carol.until("ready", () => true);
		return await talk({ carol, uri, ear: listenTo(carol, folder, "carol") });
	} finally {
		await carol.stop();
		configs.close();
	}
}

const live = (phone: PhoneProcess): readonly CallState[] =>
	(phone.state?.calls ?? []).filter(({ state }) => state !== "ended");

const sdes = (policy: "best-effort" | "mandatory") => ({
	zrtp: { enabled: false },
	srtp: { policy, sdesInClear: true },
});

const KINDS: readonly (Required<Pick<BaresipCallOptions, "config" | "baresip">> & {
	readonly name: string;
	readonly keying: CallState["keying"];
})[] = [
	{ name: "without keys", config: { zrtp: { enabled: false } }, baresip: {}, keying: "none" },
	{ name: "srtp", config: sdes("best-effort"), baresip: { mediaEncryption: "srtp" }, keying: "sdes" },
	{ name: "srtp-mand", config: sdes("mandatory"), baresip: { mediaEncryption: "srtp-mand" }, keying: "sdes" },
	{
		name: "dtls_srtp",
		config: { zrtp: { enabled: false }, srtp: { policy: "mandatory", offer: "dtls" } },
		baresip: { mediaEncryption: "dtls_srtp" },
		keying: "dtls",
	},
];

describe("baresip", { concurrency: 4 }, () => {
	for (const { name, config, baresip: options, keying } of KINDS) {
		test(`${name}: is sent on by Sotto`, () => {
			const folder = path.join(FOLDER, `is-sent-${name.replace(/\W+/g, "-")}`);
			return withThird(folder, config, ({ carol, uri, ear }) =>
				BaresipCall.hold({ folder, program, config, baresip: options }, async (pair) => {
					await pair.connect("outgoing");
					await pair.bothHear();
					pair.sotto.send({ transfer: uri });
					await pair.sotto.until("Sotto is out", ({ calls }) => calls.every(({ state }) => state === "ended"));
					assert.match(pair.sotto.state?.remark ?? "", /is connected with/);
					await Promise.all([hears(ear, BARESIP_HZ), hears(pair.baresip, CAROL_HZ)]);
					assert.equal(live(carol)[0]?.keying, keying);
					carol.send({ hangup: true });
					await carol.until("the end", ({ calls }) => calls.every(({ state }) => state === "ended"));
				}),
			);
		});

		test(`${name}: sends Sotto on`, () => {
			const folder = path.join(FOLDER, `sends-${name.replace(/\W+/g, "-")}`);
			return withThird(folder, config, ({ carol, uri, ear }) =>
				BaresipCall.hold({ folder, program, config, baresip: options }, async (pair) => {
					await pair.connect("incoming");
					await pair.bothHear();
					await pair.baresip.command("transfer", uri);
					await pair.sotto.until("baresip is out of it", () => {
						const [one, ...more] = live(pair.sotto);
						return more.length === 0 && one?.peer === uri && one.state === "connected";
					});
					await Promise.all([hears(ear, SOTTO_HZ), hears(pair.ear, CAROL_HZ)]);
					assert.equal(live(carol)[0]?.keying, keying);
					pair.sotto.send({ hangup: true });
					await carol.until("the end", ({ calls }) => calls.every(({ state }) => state === "ended"));
				}),
			);
		});
	}
});
