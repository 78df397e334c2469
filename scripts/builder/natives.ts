/**
 * Native bindings. Our TypeScript writes `native("xs_f").call(this, a)` and `class X extends Native("xs_x_destructor")`.
 * Where a body does nothing but forward its own arguments, the engine can call C directly: the `@ "xs_f"` form, which
 * the XS parser takes. What does not fit stays as it is and is found at run time; both behave the same.
 * The text that comes in has passed esbuild, so its layout is known.
 */

const forward = String.raw`\{\s*(?:return\s+)?native\("(\w+)"\)\.call\(this(?:,\s*([\w$,\s]*))?\);?\s*\}`;
const method = new RegExp(String.raw`(?<head>[\w$\]]+\s*\((?<parameters>[\w$,\s]*)\)\s*)${forward}`, "g");
const hostClass =
	/(class(?:\s+[\w$]+)?)\s+extends\s+Native\("(\w+)"\)(\s*\{\s*)constructor\(([\w$,\s]*)\)\s*\{\s*super\(\);\s*native\("(\w+)"\)\.call\(this(?:,\s*([\w$,\s]*))?\);?\s*\}/g;

export function rewriteNatives(code: string): string {
	const classes = code.replace(
		hostClass,
		(
			whole,
			head: string,
			destructor: string,
			open: string,
			parameters: string,
			name: string,
			args: string | undefined,
		) =>
			same(parameters, args)
				? sameLines(whole, `${head} @ "${destructor}"${open}constructor(${parameters}) @ "${name}";`)
				: whole,
	);
	return classes.replace(method, (whole, head: string, parameters: string, name: string, args: string | undefined) =>
		same(parameters, args) && !/^(?:if|for|while|switch|catch|with)\b/.test(head)
			? sameLines(whole, `${head}@ "${name}";`)
			: whole,
	);
}

/** The source map stays true: what follows keeps its line. */
function sameLines(before: string, after: string): string {
	return after + "\n".repeat(before.split("\n").length - after.split("\n").length);
}

function same(parameters: string, args: string | undefined): boolean {
	return parameters.replace(/\s/g, "") === (args ?? "").replace(/\s/g, "");
}

export interface NativeNames {
	readonly functions: Set<string>;
	readonly destructors: Set<string>;
}

/** Adds the C names that one rewritten module asks for. */
export function collectNatives(code: string, into: NativeNames): void {
	for (const match of code.matchAll(/\bclass\b(?:\s+[\w$]+)?\s*@\s*"(\w+)"|\bNative\("(\w+)"\)/g))
		into.destructors.add(match[1] ?? match[2] ?? "");
	for (const match of code.matchAll(/\)\s*@\s*"(\w+)"|\bnative\("(\w+)"\)/g))
		into.functions.add(match[1] ?? match[2] ?? "");
}
