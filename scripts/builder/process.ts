/** Runs programs for the builder: two at a time, their words shown only when they fail. */
import { execFile } from "node:child_process";

export const jobs = 2;

/** A step of the build failed in a way the reader can act on: its message is shown without a stack. */
export class BuildError extends Error {}

export function runTool(
	program: string,
	args: readonly string[],
	cwd?: string,
	env?: NodeJS.ProcessEnv,
): Promise<string> {
	return new Promise((resolve, reject) => {
		execFile(program, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
			if (error === null) resolve(stdout);
			else if (error.code === "ENOENT") reject(new BuildError(`${program} is not installed.`));
			else reject(new BuildError(`${program} ${args.slice(-3).join(" ")} failed:\n${stdout}${stderr}`.trimEnd()));
		});
	});
}

/** Runs `work` on every item, at most `limit` at a time. The first failure ends it, after what is running has ended. */
export async function inParallel<T>(
	items: readonly T[],
	work: (item: T) => Promise<void>,
	limit: number = jobs,
): Promise<void> {
	let next = 0;
	let failure: unknown;
	const lane = async () => {
		while (next < items.length && failure === undefined) {
			const item = items[next++] as T;
			try {
				await work(item);
			} catch (error) {
				failure ??= error;
			}
		}
	};
	await Promise.all(Array.from({ length: limit }, lane));
	if (failure !== undefined) throw failure;
}

/** Says a line on standard error, where progress belongs: standard output is for results. */
export function say(text: string): void {
	process.stderr.write(`${text}\n`);
}
