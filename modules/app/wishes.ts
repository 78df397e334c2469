/**
 * What the owner changed on the phone itself: not to be disturbed, and where callers are sent. It outlives a restart and
 * counts until the settings say something else than they did when it was changed: then they are the newer word. Pure
 * functions; handset.ts keeps the text beside the last good config (last-good.ts).
 */
import type { Features, Forwarding } from "call/features";

/** What was wished, and what the settings said at that time; null: nothing. */
type Wish = readonly [wished: boolean | string | null, instead: boolean | string | null];
type Name = "doNotDisturb" | "always" | "busy" | "noAnswer";

const FORWARDS: readonly (keyof Forwarding & Name)[] = Object.freeze(["always", "busy", "noAnswer"] as const);

/** The text to keep; "": everything is as the settings have it. */
export function wishesOf(features: Features, settings: Features): string {
	const wishes: Partial<Record<Name, Wish>> = {};
	if (features.doNotDisturb !== settings.doNotDisturb)
		wishes.doNotDisturb = [features.doNotDisturb, settings.doNotDisturb];
	for (const when of FORWARDS) {
		const [wished, instead] = [features.forward[when] ?? null, settings.forward[when] ?? null];
		if (wished !== instead) wishes[when] = [wished, instead];
	}
	return Object.keys(wishes).length === 0 ? "" : JSON.stringify(wishes);
}

/** @param text from wishesOf, or anything else that lay in the flash: what is no wish is none */
export function withWishes(settings: Features, text: string): Features {
	const wishes = parsed(text);
	const doNotDisturb = wishes("doNotDisturb", settings.doNotDisturb);
	const forward: { -readonly [K in keyof Forwarding]: Forwarding[K] } = { ...settings.forward };
	for (const when of FORWARDS) {
		const wished = wishes(when, settings.forward[when] ?? null);
		if (typeof wished === "string") forward[when] = wished;
		else if (wished === null) forward[when] = undefined;
	}
	return { ...settings, forward, ...(typeof doNotDisturb === "boolean" && { doNotDisturb }) };
}

/** A wish by its name, where the settings still say what they did; undefined: there is none. */
function parsed(text: string): (name: Name, present: boolean | string | null) => unknown {
	let wishes: Record<string, unknown>;
	try {
		const value: unknown = text === "" ? {} : JSON.parse(text);
		wishes = typeof value === "object" && value !== null ? { ...value } : {};
	} catch {
		wishes = {};
	}
	return (name, present) => {
		const wish = wishes[name];
		return Array.isArray(wish) && wish[1] === present ? wish[0] : undefined;
	};
}
