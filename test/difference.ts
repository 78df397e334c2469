/** Finds the first place where two values differ, in words. */

/** Undefined: they are equal. */
export function difference(actual: unknown, expected: unknown, path = ""): string | undefined {
	if (Object.is(actual, expected)) return undefined;
	const at = path === "" ? "" : `at ${path}: `;
	const differ = () => `${at}${shown(actual)} instead of ${shown(expected)}`;
	if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null)
		return differ();
	if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return differ();
	if (ArrayBuffer.isView(actual) && ArrayBuffer.isView(expected)) {
		const a = bytesOf(actual);
		const b = bytesOf(expected);
		for (let index = 0; index < Math.max(a.length, b.length); index++)
			if (a[index] !== b[index]) return `${differ()} (from byte ${index})`;
		return undefined;
	}
	if (actual instanceof ArrayBuffer && expected instanceof ArrayBuffer)
		return difference(new Uint8Array(actual), new Uint8Array(expected), path);
	if (actual instanceof Map && expected instanceof Map)
		return difference([...actual.entries()], [...expected.entries()], path);
	if (actual instanceof Set && expected instanceof Set)
		return difference([...actual.values()], [...expected.values()], path);
	if (actual instanceof Date && expected instanceof Date) return difference(actual.getTime(), expected.getTime(), path);
	if (actual instanceof Error && expected instanceof Error) return difference(String(actual), String(expected), path);
	return membersDiffer(actual, expected, path);
}

function membersDiffer(actual: object, expected: object, path: string): string | undefined {
	if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length)
		return `${path === "" ? "" : `at ${path}: `}${actual.length} elements instead of ${expected.length}: ${shown(actual)} instead of ${shown(expected)}`;
	const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
	for (const key of keys) {
		const place = Array.isArray(actual) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
		if (!Object.prototype.propertyIsEnumerable.call(actual, key)) return `at ${place}: missing`;
		if (!Object.prototype.propertyIsEnumerable.call(expected, key)) return `at ${place}: not expected`;
		const found = difference(
			(actual as Record<string, unknown>)[key],
			(expected as Record<string, unknown>)[key],
			place,
		);
		if (found !== undefined) return found;
	}
	return undefined;
}

function bytesOf(view: ArrayBufferView): Uint8Array {
	return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function shown(value: unknown): string {
	if (ArrayBuffer.isView(value)) {
		const bytes = bytesOf(value);
		const hex = [...bytes.subarray(0, 64)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
		return `${bytes.length} bytes ${hex}${bytes.length > 64 ? "..." : ""}`;
	}
	if (typeof value === "bigint") return `${value}n`;
	if (typeof value === "function") return "a function";
	if (value instanceof Error) return String(value);
	try {
		return JSON.stringify(value, (_, member) => (typeof member === "bigint" ? `${member}n` : member)) ?? String(value);
	} catch {
		return String(value);
	}
}
