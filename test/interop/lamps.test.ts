/** Busy lamps and the message lamp of a whole phone, told by SIPp in the part of the server (RFC 4235, RFC 3842). */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { serveConfigs } from "../../scripts/simulator/config-server";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { freeRtpPorts } from "./peers/rtp-ports";
import { Sipp } from "./peers/sipp";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "lamps");

test("a watched person rings, talks and is free again; a part that was lost is asked for; messages wait", async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = await buildRecorded();
	const [own = 0, registrar = 0, lamp = 0, mailbox = 0] = await freeUdpPorts(4);
	// Each SIPp takes ports for media, whether it needs them or not.
	const media = await freeRtpPorts(3);
	const sipp = (scenario: string, port: number, target?: string) => {
		const mediaPort = media.pop() ?? 0;
		const called = target === undefined ? {} : { target, service: "alice" };
		return new Sipp({ scenario, folder: FOLDER, port, mediaPort, voicePort: mediaPort, ...called });
	};
	const configs = await serveConfigs({
		alice: {
			account: {
				aor: "sip:alice@127.0.0.1",
				registrar: `127.0.0.1:${registrar}`,
				password: secretPassword("lamp-Tq81xZ"),
				expiresSec: 3600,
			},
			peers: [{ name: "Lamp", uri: `sip:lamp@127.0.0.1:${lamp}`, watch: true }],
			sip: { port: own },
			log: TRACE_ALL,
		},
	});
	const servers = [sipp("uas-registrar", registrar), sipp("uas-lamp", lamp)];
	await new Promise((resolve) => setTimeout(resolve, 500));
	const phone = await startSotto({
		name: "alice",
		state: path.join(FOLDER, "alice"),
		config: configs.url("alice"),
		program,
	});
	try {
		for (const state of ["idle", "ringing", "busy", "idle"])
			await phone.until(`the lamp to be ${state}`, ({ lamps }) => lamps?.[0]?.state === state);
		for (const server of servers) assert.equal(await server.done, "");
		assert.equal(await sipp("uac-mailbox", mailbox, `127.0.0.1:${own}`).done, "");
		const { messages } = await phone.until("messages", (state) => state.messages?.waiting === true);
		assert.deepEqual([messages?.fresh, messages?.old], [3, 1]);
	} finally {
		await phone.stop();
		for (const server of servers) server.stop();
		configs.close();
	}
});
