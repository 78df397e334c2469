/**
 * The bare board over TLS: it finds its registrar by SRV, checks the certificate, calls and is called with keys that only
 * TLS or DTLS protect, and says what is wrong with a certificate, a clock or a server that dawdles.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import type { PhoneState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { buildVirtPhone } from "../../scripts/builder/phone";
import { serveConfigs } from "../../scripts/simulator/config-server";
import { PhoneProcess } from "../../scripts/simulator/phone-process";
import { buildProgram, programPath } from "../../scripts/simulator/program";
import { heard, readWav } from "../../scripts/simulator/tone";
import { type BoardPhoneOptions, startBoardPhone } from "../../scripts/virt/board-phone";
import { figuresOf, ramByOwner } from "../../scripts/virt/figures";
import { makeTap, tap } from "../../scripts/virt/network";
import { boardHears } from "../../scripts/virt/pair";
import { Authority } from "../interop/peers/certificates";
import { Kamailio } from "../interop/peers/kamailio";
import { pause } from "../interop/peers/meeting";
import { NameServer } from "../interop/peers/name-server";

const FOLDER = path.join(buildFolder, "test", "board-tls");
const DOMAIN = "phones.example";
const PORTS = { udp: 5070, tls: 5071, slow: [5080, 5081, 5082] };
const TONES = { board: 440, simulator: 880 };
const REGISTER_MS = 40_000;
/** Of the 512 KB that the chip has (docs/boards.md). */
const RAM_MOST_BYTES = 448 * 1024;

let executable = "";
let authority: Authority;
let kamailio: Kamailio;
let names: NameServer;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	makeTap();
	({ executable } = await buildVirtPhone());
	await buildProgram();
	authority = new Authority(FOLDER, "Test Authority");
	const identity = authority.issue("kamailio", { names: `DNS:${DOMAIN}`, commonName: DOMAIN });
	kamailio = await Kamailio.start(
		path.join(FOLDER, "kamailio"),
		PORTS.udp,
		{ port: PORTS.tls, certificate: identity.certificate, key: identity.key },
		undefined,
		tap.host,
	);
	names = await NameServer.start(
		{
			[`_sips._tcp.${DOMAIN} SRV`]: [`10 5 ${PORTS.tls} proxy.${DOMAIN}`],
			[`proxy.${DOMAIN} A`]: [tap.host],
			[`${DOMAIN} A`]: [tap.host],
		},
		tap.host,
	);
});

after(async () => {
	await kamailio?.stop();
	names?.close();
});

function configOf(user: string, tls: object, more: object = {}): object {
	return {
		account: {
			aor: `sip:${user}@${DOMAIN}`,
			registrar: `sip:${DOMAIN};transport=tls`,
			outboundProxy: `sip:${DOMAIN};transport=tls`,
			username: user,
			password: `${user}-Kx7pQ2mV`,
			expiresSec: 60,
		},
		sip: { port: 5060, tls },
		...more,
	};
}

/** The board with one configuration, until `run` has ended. */
async function withBoard(
	name: string,
	config: object,
	more: Partial<BoardPhoneOptions>,
	run: (board: PhoneProcess) => Promise<void>,
): Promise<void> {
	const configs = await serveConfigs({ board: config }, tap.host);
	const state = path.join(FOLDER, name);
	mkdirSync(state, { recursive: true });
	const board = await startBoardPhone({
		executable,
		state,
		name: "Board",
		config: configs.url("board"),
		network: tap.options,
		fixedAddress: tap.setting,
		...more,
	});
	try {
		await run(board);
	} finally {
		await board.stop("SIGKILL");
		configs.close();
	}
}

/** The most that each owner ever had, and the stacks; the VM's heap has a region of its own. */
function ramOf(board: PhoneProcess): number {
	const figures = board.lines.map(figuresOf).filter((each) => each !== undefined);
	const last = figures.at(-1);
	assert.ok(last);
	return ramByOwner(last)
		.filter(([owner]) => owner !== "VM, its heap")
		.reduce((sum, [, byteLength]) => sum + byteLength, 0);
}

const registered = (phone: PhoneProcess) =>
	phone.until("registered", (state) => state.registered.some(({ ok }) => ok), REGISTER_MS);

async function refusal(phone: PhoneProcess): Promise<string> {
	const state = await phone.until(
		"a reason",
		({ registered: [first] }) => first?.ok === false && first.reason !== undefined && first.reason !== "registering",
		REGISTER_MS,
	);
	return state.registered[0]?.reason ?? "";
}

const trusted = () => ({ authorities: authority.pem, shippedAuthorities: false });

for (const [name, keying, more] of [
	["SDES inside TLS", "sdes", { zrtp: { enabled: false }, srtp: { policy: "mandatory" } }],
	["DTLS-SRTP", "dtls", { zrtp: { enabled: false }, srtp: { policy: "mandatory", offer: "dtls" } }],
	["ZRTP", "zrtp", {}],
] as const)
	test(`registered over TLS by SRV, a call keyed by ${name}`, { timeout: 120_000 }, async () => {
		const folder = path.join(FOLDER, keying);
		mkdirSync(folder, { recursive: true });
		const audio = (toneHz: number) => ({ audio: { microphone: `tone:${toneHz}` }, ...more });
		await withBoard(
			`board-${keying}`,
			configOf("alice", trusted(), audio(TONES.board)),
			{ machineArguments: ["--figures=1000"] },
			async (board) => {
				const configs = await serveConfigs({ bob: configOf("bob", trusted(), audio(TONES.simulator)) }, tap.host);
				const bob = await PhoneProcess.start({
					name: "Bob",
					state: path.join(folder, "bob"),
					config: configs.url("bob"),
					program: names.wrap(folder, programPath("release")),
				});
				try {
					assert.equal((await registered(board)).registered[0]?.transport, "tls");
					assert.ok(names.asked.includes(`_sips._tcp.${DOMAIN} SRV`));
					await registered(bob);
					const recording = path.join(folder, "bob.wav");
					bob.send({ speaker: recording });
					const hears = boardHears(board);
					for (const caller of [board, bob]) {
						const callee = caller === board ? bob : board;
						const before = callee.call?.id;
						caller.send({ dial: caller === board ? `sip:bob@${DOMAIN}` : `sip:alice@${DOMAIN}` });
						await callee.until("ringing", ({ calls: [call] }) => call?.state === "ringing" && call.id !== before);
						callee.send({ answer: true });
						for (const phone of [board, bob])
							await phone.until(
								"keys",
								({ calls: [call] }) =>
									call?.state === "connected" && call.keying === keying && (call.stats?.encryptedReceived ?? 0) > 0,
								30_000,
							);
						await pause(2000);
						for (const phone of [board, bob]) {
							const { lock, stats } = phone.call ?? {};
							assert.deepEqual([lock, stats?.clearSent], [keying === "zrtp" ? "closed" : "server", 0]);
							assert.ok((stats?.encryptedReceived ?? 0) > 40, `${stats?.encryptedReceived} packets`);
						}
						caller.send({ hangup: true });
						for (const phone of [board, bob])
							await phone.until("the end", ({ calls: [call] }) => call?.state === "ended");
					}
					bob.send({ speaker: "panel" });
					const ram = ramOf(board);
					console.log(`RAM without the VM's heap: ${ram} bytes`);
					assert.ok(ram <= RAM_MOST_BYTES, `${ram} bytes`);
					assert.ok(heard(hears.stop(), TONES.simulator), "the board heard Bob");
					assert.ok(heard(readWav(recording), TONES.board), "Bob heard the board");
				} finally {
					await bob.stop();
					configs.close();
				}
			},
		);
	});

test("a certificate that is not to be trusted is refused, with the reason on the panel", {
	timeout: 60_000,
}, async () => {
	const other = new Authority(FOLDER, "Other Authority");
	await withBoard(
		"stranger",
		configOf("alice", { authorities: other.pem, shippedAuthorities: false }),
		{},
		async (board) => {
			assert.match(
				await refusal(board),
				/certificate is from an authority this phone does not trust \(CN=Test Authority\)/,
			);
		},
	);
});

test("without any authority nobody is trusted", { timeout: 60_000 }, async () => {
	await withBoard("nobody", configOf("alice", {}), {}, async (board) => {
		assert.match(await refusal(board), /this device comes with no authorities to check certificates by/);
	});
});

test("a clock that was never set: the certificate is refused, and the clock is named", {
	timeout: 60_000,
}, async () => {
	await withBoard("clock", configOf("alice", trusted()), { clock: "1970-01-01T00:00:00" }, async (board) => {
		assert.match(
			await refusal(board),
			/the phone does not know what time it is, so it cannot check the server's certificate/,
		);
	});
});

test("lines at servers that dawdle: the first line registers and calls, one is given up, the others find no room", {
	timeout: 60_000,
}, async () => {
	const sockets: Socket[] = [];
	const pumps: NodeJS.Timeout[] = [];
	/* A handshake record of 16 KB, of which one byte comes each second. */
	const servers = PORTS.slow.map((port) =>
		createServer((socket) => {
			sockets.push(socket);
			socket.on("error", () => {});
			socket.write(Buffer.from([22, 3, 3, 0x40, 0]));
			pumps.push(setInterval(() => socket.write(Buffer.from([2])), 1000));
		}).listen(port, tap.host),
	);
	const config = configOf("alice", trusted()) as { account: Record<string, unknown> };
	/* By its port, so that it does not ask for service records while the others connect. */
	const at = `sip:${DOMAIN}:${PORTS.tls};transport=tls`;
	const account = { ...config.account, registrar: at, outboundProxy: at };
	const moreAccounts = PORTS.slow.map((port, index) => ({
		...config.account,
		aor: `sip:line${index}@slow${index}.example`,
		registrar: `sip:${DOMAIN}:${port};transport=tls`,
		outboundProxy: `sip:${DOMAIN}:${port};transport=tls`,
	}));
	try {
		await withBoard("slow", { ...config, account, moreAccounts }, {}, async (board) => {
			const start = performance.now();
			await registered(board);
			while (sockets.length === 0) await pause(50);
			board.send({ dial: `sip:nobody@${DOMAIN}` });
			const { calls } = await board.until("the end", ({ calls: [call] }) => call?.state === "ended");
			assert.match(calls[0]?.reason ?? "", /nobody has this address/);
			const of = (pattern: RegExp, state: PhoneState) =>
				state.registered.slice(1).filter(({ reason }) => pattern.test(reason ?? "")).length;
			const given = await board.until("reasons", (state) => of(/no connection within 10 s/, state) === 1, 30_000);
			assert.equal(of(/there are 2 TLS connections already, which is all this device has room for/, given), 2);
			assert.ok(performance.now() - start < 25_000);
			assert.equal(given.registered[0]?.ok, true);
			assert.ok(!board.lines.some((line) => line.includes("started again")));
		});
	} finally {
		for (const pump of pumps) clearInterval(pump);
		for (const socket of sockets) socket.destroy();
		for (const server of servers) server.close();
	}
});
