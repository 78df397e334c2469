/**
 * Looks for secrets in text and bytes: as they are, in hexadecimal, in base64, and as the list of decimal numbers that a
 * careless `${bytes}` writes; whole or any eight octets in a row of them.
 */

const WINDOW = 8;
/** Windows with fewer different octets (zeros, padding) stand anywhere by chance. */
const FEWEST_DIFFERENT = 5;

export interface Leak {
	readonly form: "bytes" | "hexadecimal" | "base64" | "decimal" | "text";
	/** What kind of secret, as the recording calls it. */
	readonly kind: string;
	/** Where the octets begin. */
	readonly offset: number;
}

export class LeakFinder {
	readonly #kinds = new Map<string, string>();
	/** One bit for each value of a window's first three octets: most places are passed by this alone. */
	readonly #first = new Uint8Array(1 << 21);
	readonly #texts: string[] = [];

	add(kind: string, secret: Buffer): void {
		for (let at = 0; at + WINDOW <= secret.length; at++) {
			const window = secret.subarray(at, at + WINDOW);
			if (new Set(window).size < FEWEST_DIFFERENT) continue;
			this.#kinds.set(window.toString("latin1"), kind);
			const bit = prefix(window, 0);
			this.#first[bit >> 3] = (this.#first[bit >> 3] ?? 0) | (1 << (bit & 7));
		}
	}

	/** A password: looked for as it is written, and as secrets are. */
	addText(secret: string): void {
		this.#texts.push(secret);
		this.add("password", Buffer.from(secret));
	}

	get windows(): number {
		return this.#kinds.size;
	}

	/** Every secret in a file's octets; of each form the first. */
	find(bytes: Buffer): Leak[] {
		const text = bytes.toString("latin1");
		return [
			...this.#texts.flatMap((secret): Leak[] => {
				const offset = text.indexOf(secret);
				return offset < 0 ? [] : [{ form: "text", kind: "password", offset }];
			}),
			...this.#in("bytes", bytes, 0),
			...this.#decoded("hexadecimal", text, /[0-9A-Fa-f]{16,}/g, (run) =>
				[0, 1].map((shift) => Buffer.from(run.slice(shift, run.length - ((run.length - shift) % 2)), "hex")),
			),
			...this.#decoded("base64", text, /[A-Za-z0-9+/_-]{11,}/g, (run) =>
				[0, 1, 2, 3].map((shift) => Buffer.from(run.slice(shift), "base64")),
			),
			...this.#decoded("decimal", text, /\d{1,3}(?:\s*,\s*\d{1,3}){7,}/g, (run) => [
				Buffer.from(run.split(",").map((number) => Number(number) & 0xff)),
			]),
		];
	}

	#decoded(form: Leak["form"], text: string, pattern: RegExp, decode: (run: string) => Buffer[]): Leak[] {
		for (const match of text.matchAll(pattern))
			for (const octets of decode(match[0])) {
				const [leak] = this.#in(form, octets, match.index);
				if (leak) return [leak];
			}
		return [];
	}

	#in(form: Leak["form"], bytes: Buffer, offset: number): Leak[] {
		for (let at = 0; at + WINDOW <= bytes.length; at++) {
			const bit = prefix(bytes, at);
			if (((this.#first[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) continue;
			const kind = this.#kinds.get(bytes.toString("latin1", at, at + WINDOW));
			if (kind !== undefined) return [{ form, kind, offset: form === "bytes" ? at : offset }];
		}
		return [];
	}
}

function prefix(bytes: Buffer, at: number): number {
	return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}
