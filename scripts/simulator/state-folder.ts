/** The folder of a simulated phone's flash files, made with those it lies in. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Step by step, because Node's own `recursive` never comes back where a file system says that a folder which is there
 * does not exist, as /proc does to whoever wants to make something in it.
 * @throws {Error} naming the folder and the reason
 */
export function makeStateFolder(folder: string): void {
	const missing: string[] = [];
	for (let at = resolve(folder); ; at = dirname(at)) {
		if (!existsSync(at)) missing.unshift(at);
		else if (statSync(at).isDirectory()) break;
		else throw new Error(`the state folder ${folder} cannot be made: ${at} is a file`);
	}
	for (const each of missing)
		try {
			mkdirSync(each);
		} catch (error) {
			// Another phone may have been faster.
			if (existsSync(each) && statSync(each).isDirectory()) continue;
			const code = error instanceof Error && "code" in error ? error.code : error;
			throw new Error(`the state folder ${folder} cannot be made: ${each} is refused (${code})`);
		}
}
