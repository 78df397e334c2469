/**
 * One provider out of parts of several, as a board's data asks: native where there is native code, TypeScript for the rest.
 * @module
 */
import type { Provider } from "./types";

/** Some of the primitives. */
export type Primitives = Partial<Omit<Provider, "name">>;

const NAMES = Object.freeze([
	"md5",
	"sha1",
	"sha256",
	"sha384",
	"hmacSha1",
	"hmacSha256",
	"hmacSha384",
	"aesCfb",
	"aesCtr",
	"x25519",
	"p256",
	"dh3072",
] as const);
const OPTIONAL_NAMES = Object.freeze([
	"sha512_256",
	"sha3_256",
	"sha3_384",
	"hmacSha3_256",
	"hmacSha3_384",
	"x448",
	"p384",
	"p521",
	"dh2048",
] as const);

/**
 * A provider that takes every primitive from the first source that has it.
 * @throws Error that names what every provider has and no source gives: the board's list is wrong
 */
export function compose(name: string, ...sources: readonly Primitives[]): Provider {
	const found: { -readonly [K in keyof Provider]?: Provider[K] } = { name };
	for (let i = sources.length - 1; i >= 0; i--) Object.assign(found, pick(sources[i] ?? {}));
	if (!complete(found)) {
		const missing = NAMES.filter((primitive) => found[primitive] === undefined);
		throw new Error(`crypto provider "${name}" lacks ${missing.join(", ")}`);
	}
	return Object.freeze(found);
}

/** The primitives a source really has: a name of its own or an undefined entry must not hide another source's. */
function pick(source: Primitives): Primitives {
	const names = [...NAMES, ...OPTIONAL_NAMES].filter((name) => source[name] !== undefined);
	return Object.fromEntries(names.map((name) => [name, source[name]]));
}

function complete(found: Partial<Provider>): found is Provider {
	return NAMES.every((name) => found[name] !== undefined);
}
