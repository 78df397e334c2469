/**
 * Long calls over a session refresh (RFC 4028), with an interval of 90 s, the shortest there is: all at the same time, since each
 * waits 45 s. baresip knows no session timers and is refreshed all the same (sip.sessionAlways); linphonec, SIPp and two Sottos behind
 * kamailio agree on them.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { serveConfigs } from "../../scripts/simulator/config-server";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { BaresipCall } from "./peers/baresip-call";
import { Echo } from "./peers/echo";
import { Meeting } from "./peers/meeting";
import { Exchange, Office } from "./peers/office";
import { freeRtpPorts } from "./peers/rtp-ports";
import { Sipp } from "./peers/sipp";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "long-calls");
/** Half of 90 s, and time for a machine with much else to do. */
const REFRESH_TIMEOUT_MS = 80_000;

let program: string;
let echo: Echo;
let exchange: Exchange;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	echo = await Echo.open();
	exchange = await Exchange.open(FOLDER);
});

after(async () => {
	echo?.close();
	await exchange?.close();
});

const noZrtp = { zrtp: { enabled: false } };
const always = { sip: { sessionExpiresSec: 90, sessionAlways: true } };
const sdes = (policy: string) => ({ ...noZrtp, ...always, srtp: { policy, sdesInClear: true } });
const dtls = { ...noZrtp, ...always, srtp: { policy: "mandatory", offer: "dtls" } };

describe("a call over a session refresh", { concurrency: 12 }, () => {
	const withBaresip = [
		["without keys", { ...noZrtp, ...always }, {}, "outgoing", "none"],
		["srtp", sdes("best-effort"), { mediaEncryption: "srtp" }, "incoming", "sdes"],
		["srtp-mand", sdes("mandatory"), { mediaEncryption: "srtp-mand" }, "outgoing", "sdes"],
		["dtls_srtp", dtls, { mediaEncryption: "dtls_srtp" }, "incoming", "dtls"],
	] as const;
	for (const [name, config, baresip, direction, keying] of withBaresip)
		test(`baresip, ${name}, ${direction}: by a re-INVITE of Sotto`, { timeout: 200_000 }, () => {
			const folder = path.join(FOLDER, `baresip-${name.replace(/\W+/g, "-")}`);
			return BaresipCall.hold({ folder, program, config, baresip }, async (pair) => {
				await pair.connect(direction);
				await pair.bothHear();
				const id = pair.sotto.call?.id;
				await pair.baresip.until(/call: got re-INVITE \(SDP Offer\)/g, REFRESH_TIMEOUT_MS);
				await pair.bothHear();
				const { call } = pair.sotto;
				assert.deepEqual([call?.id, call?.state, call?.keying], [id, "connected", keying]);
				assert.deepEqual([call?.stats?.rejected, call?.stats?.replayed], [0, 0], "the keys go on");
				await pair.hangUp("baresip");
			});
		});

	const timers = ["session_expires_enabled=1", "session_expires_value=90", "session_expires_min_value=90"];
	const withLinphonec = [
		["its refresh, called", "outgoing", {}, timers, "received"],
		["its refresh, calling", "incoming", {}, timers, "received"],
		["it knows no timers, and is refreshed by Sotto", "outgoing", always, [], "sent"],
	] as const;
	for (const [number, [name, direction, config, sip, refresh]] of withLinphonec.entries())
		test(`linphonec, ZRTP, ${name}`, { timeout: 200_000 }, async () => {
			const sipPorts = { sotto: 15160 + number, linphone: 15170 + number };
			const folder = path.join(FOLDER, `linphone-${number}`);
			await Meeting.hold({ folder, name: "call", program, config, linphone: { sip }, sipPorts }, async (each) => {
				const { sotto, linphone } = each;
				await each.connect(direction);
				const { sas } = await each.secure();
				await each.bothHear();
				linphone.mark();
				// The refresh, and then its answer.
				await linphone.until(
					refresh === "sent"
						? /received \[\d+\] new bytes[^\n]*\nUPDATE sip:[\s\S]*message sent[^\n]*\nSIP\/2\.0 200 /
						: /message sent[^\n]*\nUPDATE sip:[\s\S]*new bytes[^\n]*\nSIP\/2\.0 200 /,
					REFRESH_TIMEOUT_MS,
				);
				await each.bothHear();
				const { call } = sotto;
				assert.deepEqual([call?.state, call?.sas, call?.lock], ["connected", sas, "closed"]);
				await each.hangUp();
			});
		});

	for (const transport of ["udp", "tcp", "tls"] as const)
		test(`through kamailio over ${transport}`, { timeout: 200_000 }, () =>
			Office.with({ exchange, program, transport, names: ["alice", "bob"] }, async (office) => {
				await office.call("alice", "bob");
				const refreshed = (): boolean => office.phone("bob").lines.some((line) => / in .* UPDATE sip:/.test(line));
				for (const end = Date.now() + REFRESH_TIMEOUT_MS; !refreshed(); ) {
					assert.ok(Date.now() < end, `no refresh; ${office.phone("alice").lines.slice(-40).join("\n")}`);
					await new Promise((resolve) => setTimeout(resolve, 200));
				}
				await office.together("alice", "bob");
				office.phone("bob").send({ hangup: true });
				await office.idle("alice", "bob");
			}),
		);

	for (const scenario of ["uas-session", "uas-session-reinvite"])
		test(`SIPp, ${scenario}`, { timeout: 200_000 }, async () => {
			const [port = 0, own = 0] = await freeUdpPorts(2);
			const [mediaPort = 0] = await freeRtpPorts(1);
			const folder = path.join(FOLDER, scenario);
			const config = { account: { aor: `sip:own@127.0.0.1:${own}` }, sip: { port: own }, log: TRACE_ALL, ...noZrtp };
			const configs = await serveConfigs({ own: config });
			const sotto = await startSotto({ name: "own", state: folder, config: configs.url("own"), program });
			try {
				await sotto.until("ready", () => true);
				const options = { scenario, folder, port, mediaPort, voicePort: echo.port, timeoutSec: 120 };
				const called = new Sipp(options);
				await called.listening();
				sotto.send({ dial: `sip:sipp@127.0.0.1:${port}` });
				await sotto.until("an answer", ({ calls }) => calls.some((call) => call.state === "connected"));
				assert.equal(await called.done, "", sotto.lines.slice(-40).join("\n"));
				await sotto.until("the end", ({ calls }) => calls.every((call) => call.state === "ended"));
			} finally {
				await sotto.stop();
				configs.close();
			}
		});
});
