/**
 * Digest with kamailio over UDP, TCP and TLS: MD5 and SHA-256 (all that it knows), without qop and with auth, asked of REGISTER and of
 * an INVITE. kamailio 5.6 can ask for auth-int, but nobody can answer it: auth_check_response in its auth/api.c takes an array that
 * it never wrote for the digest of the body. That is checked by SIPp, which knows MD5 alone.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { serveConfigs } from "../../scripts/simulator/config-server";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { Authority } from "./peers/certificates";
import { Kamailio } from "./peers/kamailio";
import { freeRtpPorts } from "./peers/rtp-ports";
import { Sipp } from "./peers/sipp";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "digest");
const ALGORITHMS = ["", "MD5", "SHA-256"] as const;
const TRANSPORTS = ["udp", "tcp", "tls"] as const;
const QOPS = { "": "old", auth: "new" } as const;

interface Server {
	readonly kamailio: Kamailio;
	readonly port: number;
	readonly tlsPort: number;
}

let program: string;
let authority: Authority;
const servers = new Map<string, Server>();

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	authority = new Authority(FOLDER, "Test Authority");
	const identity = authority.issue("kamailio");
	for (const algorithm of ALGORITHMS) {
		const [port = 0, tlsPort = 0] = await freeUdpPorts(2);
		const tls = { port: tlsPort, certificate: identity.certificate, key: identity.key };
		const folder = path.join(FOLDER, `kamailio-${algorithm}`);
		const kamailio = await Kamailio.start(folder, port, tls, undefined, undefined, algorithm);
		servers.set(algorithm, { kamailio, port, tlsPort });
	}
});

after(async () => {
	for (const { kamailio } of servers.values()) await kamailio.stop();
});

/** The registrar's own lines for the transport. */
function registrarAt({ port, tlsPort }: Server, transport: string): string {
	return transport === "tls" ? `sip:localhost:${tlsPort};transport=tls` : `127.0.0.1:${port};transport=${transport}`;
}

describe("digest with kamailio", { concurrency: 6 }, () => {
	for (const algorithm of ALGORITHMS)
		for (const [qop, prefix] of Object.entries(QOPS))
			for (const transport of TRANSPORTS) {
				const asked = `${algorithm || "no algorithm"}, ${qop || "no qop"}`;
				test(`${asked}, ${transport}: registered, and an INVITE that only a user may send`, async () => {
					const server = servers.get(algorithm);
					assert.ok(server);
					// Short: a password begins with it, and test/logs looks for every part of that.
					const user = `${prefix}-${TRANSPORTS.indexOf(transport)}`;
					const registrar = registrarAt(server, transport);
					const configs = await serveConfigs({
						phone: {
							account: {
								aor: `sip:${user}@phones.example`,
								registrar,
								outboundProxy: registrar,
								username: user,
								password: secretPassword(`${user}-Kx7pQ2mV`),
							},
							sip: { port: 0, tls: { authorities: authority.pem, shippedAuthorities: false } },
							log: TRACE_ALL,
						},
					});
					const state = path.join(FOLDER, `${algorithm}-${user}`);
					const phone = await startSotto({ name: user, state, config: configs.url("phone"), program });
					try {
						const { registered } = await phone.until("registered", (now) => now.registered.some(({ ok }) => ok));
						assert.equal(registered[0]?.transport, transport);
						// Who may not call hears 407 again and no more.
						phone.send({ dial: "nobody" });
						const {
							calls: [call],
						} = await phone.until("the end", ({ calls: [each] }) => each?.state === "ended");
						assert.match(call?.reason ?? "", /nobody has this address/, phone.lines.slice(-20).join("\n"));
					} finally {
						await phone.stop();
						configs.close();
					}
					const heard = phone.lines.filter((line) => / sip debug: in .* 40[17] /.test(line));
					assert.equal(heard.length, 2, `one challenge for each: ${heard.join("\n")}`);
				});
			}
});

test("auth-int, checked by SIPp: registered, and an INVITE whose body is part of the answer", async () => {
	const [port = 0, own = 0] = await freeUdpPorts(2);
	const [mediaPort = 0] = await freeRtpPorts(1);
	const password = secretPassword("alice-Kx7pQ2mV");
	const options = { scenario: "uas-auth-int", folder: FOLDER, port, mediaPort, voicePort: 9, calls: 2 };
	const server = new Sipp({ ...options, keys: { password } });
	await server.listening();
	const registrar = `127.0.0.1:${port}`;
	const configs = await serveConfigs({
		alice: {
			account: { aor: "sip:alice@phones.example", registrar, outboundProxy: registrar, username: "alice", password },
			sip: { port: own },
			log: TRACE_ALL,
		},
	});
	const state = path.join(FOLDER, "alice");
	const phone = await startSotto({ name: "alice", state, config: configs.url("alice"), program });
	try {
		await phone.until("registered", ({ registered }) => registered.some(({ ok }) => ok));
		phone.send({ dial: "anybody" });
		await phone.until("an answer", ({ calls: [call] }) => call?.state === "connected");
		phone.send({ hangup: true });
		assert.equal(await server.done, "", phone.lines.slice(-30).join("\n"));
	} finally {
		await phone.stop();
		configs.close();
		server.stop();
	}
});
