/**
 * Calls through kamailio with digest over UDP, TCP and TLS, in both directions: tones heard both ways, held and resumed by either end,
 * sent on blindly and after asking. The proxy stays in the path of every call.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { Exchange, Office } from "./peers/office";
import { buildRecorded } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "kamailio-calls");

let program: string;
let exchange: Exchange;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	exchange = await Exchange.open(FOLDER);
});

after(() => exchange?.close());

describe("calls through kamailio", { concurrency: 3 }, () => {
	for (const transport of ["udp", "tcp", "tls"] as const)
		test(`${transport}: both ways, hold, transfer`, () =>
			Office.with({ exchange, program, transport, names: ["alice", "bob", "carol"] }, async (office) => {
				await office.call("bob", "alice");
				await office.holdAndResume("bob", "alice");
				await office.holdAndResume("alice", "bob");
				office.phone("alice").send({ hangup: true });
				await office.idle("alice", "bob");

				await office.call("alice", "bob");
				office.phone("alice").send({ transfer: office.user("carol") });
				await office.phone("carol").until("ringing", ({ calls }) => calls.some(({ state }) => state === "ringing"));
				office.phone("carol").send({ answer: true });
				await office.idle("alice");
				await office.together("bob", "carol");
				office.phone("bob").send({ hangup: true });
				await office.idle("bob", "carol");

				await office.call("alice", "bob");
				await office.call("alice", "carol");
				office.phone("alice").send({ transfer: true });
				await office.idle("alice");
				await office.together("bob", "carol");
				office.phone("carol").send({ hangup: true });
				await office.idle("bob", "carol");
			}));
});
