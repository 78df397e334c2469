/** The files of the project as git would commit them: tracked and new ones, without what .gitignore names. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";

/** Paths relative to the root. */
export function projectFiles(...endings: readonly string[]): string[] {
	const text = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
		cwd: root,
		encoding: "utf8",
		maxBuffer: 1 << 26,
	});
	return text
		.split("\0")
		.filter((file) => file !== "" && (endings.length === 0 || endings.some((ending) => file.endsWith(ending))))
		.filter((file) => existsSync(join(root, file)));
}
