/**
 * Networks that do not behave: DHCP answers that are late, nonsense, or for an address that somebody has; a cable that is
 * pulled; another network afterwards. The board goes on, and has the right address once there is one.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { buildVirtPhone } from "../../scripts/builder/phone";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { startBoardPhone } from "../../scripts/virt/board-phone";
import { DHCP, type DhcpAnswer, type DhcpMessage, Wire } from "./wire";

const FOLDER = path.join(buildFolder, "test", "board-dhcp");
const ADDRESS = "10.9.0.20";
const OTHER = "10.9.0.21";
/** Time for a board that shares its processor with others. */
const LONG_MS = 90_000;

let executable = "";

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	({ executable } = await buildVirtPhone());
});

after(() => rmSync(FOLDER, { recursive: true, force: true }));

interface Scene {
	readonly wire: Wire;
	readonly phone: PhoneProcess;
	/** Waits for a line of the board's console. */
	line(pattern: RegExp): Promise<string>;
	/** The cable is out, or in again. */
	plug(inside: boolean): Promise<void>;
}

async function scene(name: string, onDhcp: Wire["onDhcp"], play: (scene: Scene) => Promise<void>): Promise<void> {
	const state = path.join(FOLDER, name);
	mkdirSync(state, { recursive: true });
	const wire = await Wire.open();
	wire.onDhcp = onDhcp;
	const monitor = path.join(state, "monitor");
	const waiting = new Set<() => void>();
	const phone = await startBoardPhone({
		executable,
		name: "Board",
		state,
		network: wire.network,
		monitor,
		onLine: () => {
			for (const look of [...waiting]) look();
		},
	});
	let seen = 0;
	const line = (pattern: RegExp) =>
		new Promise<string>((resolve, reject) => {
			const look = () => {
				for (; seen < phone.lines.length; seen++) {
					const text = phone.lines[seen] ?? "";
					if (!pattern.test(text)) continue;
					seen++;
					end();
					return resolve(text);
				}
			};
			const late = setTimeout(() => {
				end();
				const asked = wire.asked.map(({ type, requested }) => `${type} ${requested ?? ""}`).join(", ");
				reject(new Error(`no line ${pattern}; asked by DHCP: ${asked};\n${phone.lines.slice(-30).join("\n")}`));
			}, LONG_MS);
			const end = () => {
				clearTimeout(late);
				waiting.delete(look);
			};
			waiting.add(look);
			look();
		});
	const plug = (inside: boolean) =>
		new Promise<void>((resolve, reject) => {
			const commands = net.connect(monitor, () => commands.end(`set_link net ${inside ? "on" : "off"}\n`));
			commands
				.on("error", reject)
				.on("close", () => resolve())
				.resume();
		});
	try {
		await play({ wire, phone, line, plug });
	} finally {
		await phone.stop("SIGKILL");
		wire.close();
	}
}

/** A server that is as it should be. */
const good = (address: string) => (message: DhcpMessage) =>
	message.type === DHCP.discover
		? [{ type: DHCP.offer, address }]
		: message.type === DHCP.request
			? [{ type: message.requested === address ? DHCP.ack : DHCP.nak, address }]
			: [];

/** Each is answered by nothing but another DISCOVER later. */
const nonsense = (xid: number): readonly DhcpAnswer[] => [
	{ type: DHCP.offer, address: ADDRESS, xid: xid + 1 },
	{ type: DHCP.offer, address: ADDRESS, op: 1 },
	{ type: DHCP.ack, address: ADDRESS },
	{ type: DHCP.nak, address: ADDRESS },
	{ type: DHCP.offer, address: ADDRESS, byteLength: 100 },
	{ type: DHCP.offer, address: ADDRESS, byteLength: 241 },
	/* An offer that does not say by whom. */
	{ type: DHCP.offer, address: ADDRESS, options: Buffer.of(53, 1, 2) },
	/* A length that runs out of the packet, options of the wrong lengths, the type twice. */
	{ type: DHCP.offer, address: ADDRESS, options: Buffer.of(53, 1, 2, 54, 255, 1) },
	{ type: DHCP.offer, address: ADDRESS, options: Buffer.of(53, 0, 51, 1, 9, 54, 2, 1, 1, 3, 3, 1, 2, 3) },
	{ type: 99, address: ADDRESS },
	/* Overload: the file and name fields are said to hold options, and are full of a length too large. */
	{ type: DHCP.offer, address: ADDRESS, options: Buffer.of(52, 1, 3, 53, 1) },
	{ type: DHCP.offer, address: ADDRESS, options: Buffer.alloc(1100, 0) },
];

test(
	"DHCP answers nonsense, then not at all, then as it should: the phone takes its address when it comes",
	{
		timeout: 4 * LONG_MS,
	},
	() =>
		scene(
			"late",
			({ xid }) => nonsense(xid),
			async ({ wire, line }) => {
				await line(/^no network address yet$/);
				await line(/ready for calls at 127\.0\.0\.1:5060/);
				assert.ok(wire.asked.length > 0, "it asked");
				assert.ok(
					wire.asked.every(({ type }) => type === DHCP.discover),
					`nonsense was believed: ${wire.asked.map(({ type }) => type)}`,
				);
				wire.onDhcp = good(ADDRESS);
				await line(new RegExp(`the address of this phone is ${ADDRESS} now`));
				await line(new RegExp(`ready for calls at ${ADDRESS}:5060`));
				assert.match((await wire.ask(ADDRESS, LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
			},
		),
);

test(
	"somebody has the address that is offered: it is declined, and the next one is taken",
	{ timeout: 4 * LONG_MS },
	() =>
		scene(
			"conflict",
			() => [],
			async ({ wire, line }) => {
				wire.taken.add(ADDRESS);
				let refused = false;
				wire.onDhcp = (message) => {
					refused ||= message.type === DHCP.decline;
					return good(refused ? OTHER : ADDRESS)(message);
				};
				await line(new RegExp(`ready for calls at ${OTHER}:5060|the address of this phone is ${OTHER} now`));
				assert.ok(wire.asked.some(({ type, requested }) => type === DHCP.decline && requested === ADDRESS));
				assert.match((await wire.ask(OTHER, LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
				assert.equal(await wire.ask(ADDRESS, 3000), undefined);
			},
		),
);

test(
	"the cable is pulled and put into another network, whose server is slow and refuses the old address",
	{
		timeout: 4 * LONG_MS,
	},
	() =>
		scene("moved", good(ADDRESS), async ({ wire, line, plug }) => {
			await line(new RegExp(`ready for calls at ${ADDRESS}:5060`));
			assert.match((await wire.ask(ADDRESS, LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
			await plug(false);
			assert.equal(await wire.ask(ADDRESS, 3000), undefined);
			/* Back in the same network: the same address, without a word. */
			await plug(true);
			assert.match((await wire.ask(ADDRESS, LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
			await plug(false);
			assert.equal(await wire.ask(ADDRESS, 3000), undefined);
			wire.host = "10.77.0.1";
			const before = wire.asked.length;
			const slow = good("10.77.0.5");
			wire.onDhcp = (message) => (wire.asked.length < before + 3 ? [] : slow(message));
			await plug(true);
			await line(/the address of this phone is 10\.77\.0\.5 now/);
			assert.match((await wire.ask("10.77.0.5", LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
		}),
);

test(
	"a lease of no time at all, and the server goes away: the address goes with it, and there is one when it returns",
	{
		timeout: 4 * LONG_MS,
	},
	() =>
		scene(
			"lease",
			() => [],
			async ({ wire, line }) => {
				wire.onDhcp = (message) => good(ADDRESS)(message).map((answer) => ({ ...answer, leaseSec: 0 }));
				await line(new RegExp(`ready for calls at ${ADDRESS}:5060`));
				wire.onDhcp = () => [];
				/* lwIP looks at leases once a minute. */
				let left = 60;
				while (left > 0 && (await wire.ask(ADDRESS, 3000)) !== undefined) {
					left--;
					await new Promise((resolve) => setTimeout(resolve, 2000));
				}
				assert.ok(left > 0, "it kept an address that nobody lets it have");
				wire.onDhcp = good(OTHER);
				await line(new RegExp(`the address of this phone is ${OTHER} now`));
				assert.match((await wire.ask(OTHER, LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
			},
		),
);

test("more packets than there are buffers for: it drops them and goes on", { timeout: 4 * LONG_MS }, () =>
	scene("flood", good(ADDRESS), async ({ wire, phone, line }) => {
		await line(new RegExp(`ready for calls at ${ADDRESS}:5060`));
		assert.match((await wire.ask(ADDRESS, LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
		/* Pieces that are kept for their others, which never come; then whole ones, faster than anybody reads. */
		for (let round = 0; round < 20; round++) {
			for (let at = 0; at < 100; at++) {
				wire.send(wire.fragmentTo(ADDRESS, round * 100 + at, Buffer.alloc(1400, 0x41)));
				wire.send(wire.datagramTo(ADDRESS, 5060, Buffer.alloc(1400, 0x42)));
				wire.send(wire.datagramTo(ADDRESS, 9, Buffer.alloc(1400, 0x43)));
			}
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		assert.match((await wire.ask(ADDRESS, LONG_MS)) ?? "no answer", /^SIP\/2\.0 200/);
		assert.ok(
			phone.lines.every((text) => !text.startsWith("reset:")),
			`it started again: ${phone.lines.filter((text) => /reset:|started again|exception|Error|warn/.test(text))}`,
		);
	}),
);
