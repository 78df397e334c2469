/**
 * Makes test/vectors/zrtp-linphonec.json anew from calls with linphonec of Debian: a first and a second call with each key
 * agreement in each role, with all that the engine was given and did. Run by hand when the form of the file changes, in
 * a network of its own: unshare --net sh -c 'ip link set lo up && node --import tsx test/interop/record-vectors.ts'
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildFolder, root } from "../../scripts/builder/paths";
import { MatrixCalls } from "./peers/matrix-calls";
import { buildRecorded } from "./peers/sotto";
import { expectedSuite, KINDS, type Lists, type Row, VALUES } from "./peers/suites";

const FOLDER = path.join(buildFolder, "test", "record-vectors");
const FILE = path.join(root, "test", "vectors", "zrtp-linphonec.json");

/** Other algorithms than the mandatory ones come with the curve that wants them, and with DH2k's own. */
const ROWS: readonly Omit<Row, "role">[] = [
	{ keyAgreement: "X255", cipher: "AES1", authTag: "HS80", hash: "S256", sasType: "B32" },
	{ keyAgreement: "X448", cipher: "AES3", authTag: "HS80", hash: "S384", sasType: "B256" },
	{ keyAgreement: "DH3k", cipher: "AES1", authTag: "HS32", hash: "S256", sasType: "B32" },
	{ keyAgreement: "DH2k", cipher: "AES1", authTag: "HS32", hash: "S384", sasType: "B256" },
];

interface Line {
	readonly session: number;
	readonly event?: { readonly type: string };
	readonly [member: string]: unknown;
}

async function main(): Promise<void> {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = await buildRecorded();
	const exchanges: object[] = [];
	for (const row of ROWS)
		for (const role of VALUES.role) {
			const whole: Row = { ...row, role };
			const offer = Object.fromEntries(KINDS.map((kind) => [kind, [whole[kind]]])) as unknown as Lists;
			const folder = path.join(FOLDER, `${row.keyAgreement}-${role}`);
			mkdirSync(folder, { recursive: true });
			process.env.SOTTO_EXCHANGES = path.join(folder, "exchanges");
			const shown: string[] = [];
			const lane = {
				folder,
				name: "calls",
				program,
				sipPort: 15200,
				zrtp: {
					keyAgreements: ["X255", "X448", "DH2k", "DH3k"],
					ciphers: ["AES3", "AES1"],
					hashes: ["S384", "S256"],
					authTags: row.authTag === "HS32" ? ["HS32", "HS80"] : ["HS80", "HS32"],
					sasTypes: ["B256", "B32"],
				},
				linphone: offer,
			};
			await MatrixCalls.hold(lane, async (calls) => {
				for (const retained of ["none", "match"] as const) {
					const expected = expectedSuite(whole);
					await calls.make({ name: retained, role, offer, expected, retained });
					// make() has compared it with Sotto's.
					shown.push(calls.peerSas);
				}
			});
			const lines = readFileSync(process.env.SOTTO_EXCHANGES, "utf8")
				.split("\n")
				.filter((line) => line !== "")
				.map((line) => JSON.parse(line) as Line);
			for (const [index, number] of [...new Set(lines.map(({ session }) => session))].entries()) {
				const own = lines.filter(({ session }) => session === number);
				const [created, ...steps] = own.map(({ session: _, ...members }) => members);
				exchanges.push({
					source: `linphonec 5.1.65 with bzrtp 5.1.64, ${index === 0 ? "first" : "second"} call`,
					role,
					suite: row,
					peerSas: shown[index],
					created,
					steps,
				});
			}
		}
	writeFileSync(FILE, `[\n${exchanges.map((each) => JSON.stringify(each)).join(",\n")}\n]\n`);
	console.log(`${exchanges.length} exchanges`);
}

await main();
