/** What linphonec keeps of its peers: an SQLite file in its home, which these functions change while it is not running. */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";

function secretsFile(folder: string): string {
	return path.join(folder, "home", ".linphone-zidcache");
}

/** Gives every peer other secrets, as somebody in the middle would have. @throws {Error} when there is none to change */
export function tamperSecrets(folder: string): void {
	const file = secretsFile(folder);
	if (!existsSync(file)) throw new Error(`${file} does not exist: linphonec has kept no secret`);
	const changed = execFileSync(
		"sqlite3",
		[file, "UPDATE zrtp SET rs1=randomblob(32), rs2=randomblob(32) WHERE rs1 IS NOT NULL; SELECT changes();"],
		{ encoding: "utf8" },
	);
	if (Number(changed.trim()) < 1) throw new Error(`${file} holds no secret to change`);
}

/** Makes it a phone that has never met anybody, with a new ZID. */
export function forgetSecrets(folder: string): void {
	for (const ending of ["", "-journal", "-wal", "-shm"]) rmSync(secretsFile(folder) + ending, { force: true });
}

/** rs1 of every peer it keeps one of. */
export function retainedSecrets(folder: string): Buffer[] {
	const rows = execFileSync("sqlite3", [secretsFile(folder), "SELECT hex(rs1) FROM zrtp WHERE rs1 IS NOT NULL;"], {
		encoding: "utf8",
	});
	return rows
		.split("\n")
		.filter((row) => row !== "")
		.map((row) => Buffer.from(row, "hex"));
}
