/**
 * Key agreement by cipher by authentication tag by hash by SAS rendering with linphonec of Debian, each with Sotto as
 * initiator and as responder: 128 calls, two at a time. In each the SAS is the same at both ends, a tone is heard at both,
 * and the secrets of the call before match at both. What came of them stands in build/test/linphone-matrix/table.md.
 * Then what the secrets say in each role: tampered with at either end, and with a hash that linphonec likes less.
 */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { tamperSecrets } from "./peers/linphonec-secrets";
import { type Lane, type MatrixCall, MatrixCalls } from "./peers/matrix-calls";
import type { Meeting } from "./peers/meeting";
import { buildRecorded } from "./peers/sotto";
import { expectedSuite, KINDS, type Lists, type Role, type Row, VALUES, wholeMatrix } from "./peers/suites";

const FOLDER = path.join(buildFolder, "test", "linphone-matrix");
/** How long each took from the first Hello to keys in both directions. */
const secureAfterMs = new Map<string, number>();
const meetings: Meeting[] = [];
let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

/** One line for each key agreement, cipher and hash. */
function tableOf(ms: ReadonlyMap<string, number>): string {
	const columns = VALUES.authTag.flatMap((authTag) =>
		VALUES.sasType.flatMap((sasType) => VALUES.role.map((role) => ({ authTag, sasType, role }))),
	);
	const head = columns.map(({ authTag, sasType, role }) => `${authTag} ${sasType} ${role.slice(0, 1).toUpperCase()}`);
	const rows = VALUES.keyAgreement.flatMap((keyAgreement) =>
		VALUES.cipher.flatMap((cipher) =>
			VALUES.hash.map((hash) => {
				const cells = columns.map((column) => {
					const row = { keyAgreement, cipher, hash, ...column };
					const aes1 = expectedSuite(row).cipher === cipher ? "" : " (AES1)";
					return `${ms.get(`${words(row)} ${row.role}`) ?? "-"}${aes1}`;
				});
				return [`${keyAgreement} ${cipher} ${hash}`, ...cells];
			}),
		),
	);
	const lines = [["", ...head], ["---", ...head.map(() => "---")], ...rows];
	return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

const words = (row: Row): string => KINDS.map((kind) => row[kind]).join(" ");
const offerOf = (row: Row): Lists => Object.fromEntries(KINDS.map((kind) => [kind, [row[kind]]])) as unknown as Lists;

/**
 * As the initiator Sotto takes of its own list what is first and in common: linphonec's narrow lists decide but for the
 * tag. N384 and GCM are there because linphonec does not know them: they must not be in its way.
 */
const SOTTO_LISTS = {
	keyAgreements: ["X255", "X448", "DH2k", "DH3k"],
	ciphers: ["AES3", "AES1"],
	hashes: ["N384", "S384", "S256"],
	sasTypes: ["B256", "B32"],
};

describe("every suite with linphonec", { concurrency: 2 }, () => {
	after(() => {
		writeFileSync(path.join(FOLDER, "table.md"), tableOf(secureAfterMs));
		assert.equal(secureAfterMs.size, 128, "calls made");
	});

	for (const [index, authTag] of VALUES.authTag.entries()) {
		let met = false;
		describe(authTag, { concurrency: false }, () => {
			for (const keyAgreement of VALUES.keyAgreement)
				test(keyAgreement, async () => {
					const rows = wholeMatrix().filter((row) => row.authTag === authTag && row.keyAgreement === keyAgreement);
					const [first] = rows;
					assert.ok(first);
					const authTags = ["GCM", ...(authTag === "HS32" ? ["HS32", "HS80"] : ["HS80", "HS32"])];
					const lane = {
						folder: path.join(FOLDER, authTag),
						name: keyAgreement,
						program,
						sipPort: 15100 + 20 * index,
						zrtp: { ...SOTTO_LISTS, authTags },
						linphone: offerOf(first),
					};
					const meeting = await MatrixCalls.hold(lane, async (calls) => {
						for (const row of rows) {
							const call = await calls.make({
								name: `${words(row).replaceAll(" ", "-")}-${row.role}`,
								role: row.role,
								offer: offerOf(row),
								expected: expectedSuite(row),
								retained: met ? "match" : "none",
							});
							met = true;
							secureAfterMs.set(`${words(row)} ${row.role}`, Math.round(call.secureAfterMs ?? Number.NaN));
						}
					});
					meetings.push(meeting);
				});
		});
	}
});

test("tshark saw nothing malformed in them, and no voice in the clear", () => {
	assert.equal(meetings.length, VALUES.authTag.length * VALUES.keyAgreement.length);
	for (const meeting of meetings) MatrixCalls.judge(meeting);
});

const PLAIN: Lists = {
	keyAgreement: ["X255"],
	cipher: ["AES1"],
	authTag: ["HS80"],
	hash: ["S256"],
	sasType: ["B32"],
};
const PLAIN_SUITE = { keyAgreement: "X255", cipher: "AES1", authTag: "HS80", hash: "S256", sasType: "B32" } as const;

describe("retained secrets with linphonec", { concurrency: false }, () => {
	const lane = (name: string, zrtp = {}): Omit<Lane, "name"> => ({
		folder: path.join(FOLDER, name),
		program,
		sipPort: 15160,
		zrtp: { keyAgreements: ["X255", "DH3k"], ...zrtp },
		linphone: PLAIN,
	});
	const hold = async (own: Lane, talk: (calls: MatrixCalls) => Promise<void>): Promise<void> =>
		MatrixCalls.judge(await MatrixCalls.hold(own, talk));
	const call = (name: string, role: Role, retained: MatrixCall["retained"]): MatrixCall => ({
		name,
		role,
		offer: PLAIN,
		expected: PLAIN_SUITE,
		retained,
	});

	for (const role of VALUES.role) {
		test(`linphonec's are tampered with: both warn, Sotto as ${role}`, async () => {
			const own = lane(`tampered-${role}`);
			await hold({ ...own, name: "before" }, async (calls) => {
				await calls.make(call("first", role, "none"));
				await calls.make(call("second", role, "match"));
			});
			tamperSecrets(path.join(own.folder, "linphone"));
			await hold({ ...own, name: "after" }, async (calls) => {
				await calls.make(call("tampered", role, "mismatch"));
			});
		});

		test(`Sotto's are an old copy: both warn, Sotto as ${role}`, async () => {
			const own = lane(`rolled-back-${role}`);
			const state = path.join(own.folder, "sotto");
			await hold({ ...own, name: "before" }, async (calls) => {
				await calls.make(call("first", role, "none"));
			});
			cpSync(state, `${state}-old`, { recursive: true });
			await hold({ ...own, name: "between" }, async (calls) => {
				// One call more, and linphonec would still know the copy's as rs2.
				for (const name of ["second", "third"]) await calls.make(call(name, role, "match"));
			});
			rmSync(state, { recursive: true });
			cpSync(`${state}-old`, state, { recursive: true });
			await hold({ ...own, name: "after" }, async (calls) => {
				await calls.make(call("rolled-back", role, "mismatch"));
			});
		});
	}

	/**
	 * bzrtp computes the IDs of its secrets with the hash of its own first choice before it hears the initiator's, and sees
	 * a mismatch where that is another one: Sotto takes the hash that its peer names first.
	 */
	for (const [own, theirs] of [
		[
			["S384", "S256"],
			["S256", "S384"],
		],
		[
			["S256", "S384"],
			["S384", "S256"],
		],
	] as const)
		test(`Sotto likes ${own[0]} better and linphonec ${theirs[0]}: nobody warns`, async () => {
			await hold({ ...lane(`order-${theirs[0]}`, { hashes: own }), name: "calls" }, async (calls) => {
				for (const [index, role] of (["initiator", "responder", "initiator"] as const).entries())
					await calls.make({
						name: `${index}-${role}`,
						role,
						offer: { ...PLAIN, hash: theirs },
						expected: { ...PLAIN_SUITE, hash: theirs[0] },
						retained: index === 0 ? "none" : "match",
					});
			});
		});
});
