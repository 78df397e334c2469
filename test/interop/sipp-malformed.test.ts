/** What no standard has: SIPp sends it to a whole phone, which answers as RFC 3261 asks or not at all, and then answers an OPTIONS. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { writeMalformed } from "./peers/malformed";
import { freeRtpPorts } from "./peers/rtp-ports";
import { Sipp } from "./peers/sipp";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "sipp-malformed");

let configs: ConfigServer;
let phone: PhoneProcess;
let target: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = await buildRecorded();
	const [port = 0] = await freeUdpPorts(1);
	target = `127.0.0.1:${port}`;
	const config = { account: { aor: `sip:alice@${target}` }, sip: { port, autoAnswer: true }, log: TRACE_ALL };
	configs = await serveConfigs({ alice: config });
	const state = path.join(FOLDER, "alice");
	phone = await startSotto({ name: "alice", state, config: configs.url("alice"), program });
	await phone.until("ready", () => true);
});

after(async () => {
	await phone?.stop();
	configs?.close();
});

for (const transport of ["UDP", "TCP"] as const)
	test(`wrong messages over ${transport}`, async () => {
		const scenario = path.join(FOLDER, `${transport}.xml`);
		const count = writeMalformed(scenario, transport);
		const [port = 0] = await freeUdpPorts(1);
		const [mediaPort = 0] = await freeRtpPorts(1);
		const more = transport === "TCP" ? ["-t", "t1"] : [];
		const options = { scenario, folder: FOLDER, port, mediaPort, voicePort: 9, target, service: "alice", more };
		const wrong = await new Sipp(options).done;
		assert.equal(wrong, "", phone.lines.slice(-20).join("\n"));
		assert.ok(count > 25);
		// None of them was a call, and none is kept as one.
		assert.deepEqual(phone.state?.calls, []);
	});
