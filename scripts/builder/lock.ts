/** One build at a time in one tree: two would write the same objects. The lock is a file that tells who holds it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildFolder } from "./paths";
import { say } from "./process";

const file = join(buildFolder, "lock");

export async function withBuildLock<T>(work: () => Promise<T>): Promise<T> {
	mkdirSync(buildFolder, { recursive: true });
	let told = false;
	while (!take()) {
		if (!told) say("Another build is running; waiting for it ...");
		told = true;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	try {
		return await work();
	} finally {
		rmSync(file, { force: true });
	}
}

function take(): boolean {
	try {
		writeFileSync(file, `${process.pid}`, { flag: "wx" });
		return true;
	} catch {
		if (!holderIsAlive()) rmSync(file, { force: true });
		return false;
	}
}

function holderIsAlive(): boolean {
	try {
		const pid = Number(readFileSync(file, "utf8"));
		/* Empty: it is just being written. */
		if (pid > 0) process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
