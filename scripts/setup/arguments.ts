/** What a command was asked for. A command that is asked for something else says so, and begins with nothing. */
import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

export const text = { type: "string" } as const;
export const flag = { type: "boolean" } as const;

export interface Command<T extends Options> {
	/** "Usage: ..." and what each option is for. */
	readonly usage: string;
	readonly options?: T;
	/** How many words may stand beside the options; default none. */
	readonly wordsMost?: number;
}

/** Ends the process after --help (0), and after a word that the command does not know (2). */
export function readArguments<T extends Options = Record<never, never>>(command: Command<T>) {
	const { usage, options = {} as T, wordsMost = 0 } = command;
	const config = { options, allowPositionals: true, strict: true } as const;
	if (process.argv.slice(2).includes("--help")) {
		console.log(usage);
		process.exit(0);
	}
	let parsed: ReturnType<typeof parseArgs<typeof config>>;
	try {
		parsed = parseArgs(config);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		return refuse(firstSentence(error.message), usage);
	}
	const word = parsed.positionals[wordsMost];
	if (word !== undefined) return refuse(`Nothing is known of "${word}".`, usage);
	return parsed;
}

/** Says why a command cannot be carried out, and how it is written. */
export function refuse(why: string, usage: string): never {
	console.error(`${why}\n\n${usage}`);
	process.exit(2);
}

/** @returns what an option of this name says, undefined where it was not given; refuses what is no port. */
export function portOf(name: string, given: string | undefined, usage: string): number | undefined {
	if (given === undefined) return undefined;
	if (!/^\d{1,5}$/.test(given) || Number(given) > 65535)
		return refuse(`--${name} must be from 0 to 65535, not ${given}`, usage);
	return Number(given);
}

/** What Node says goes on with advice for who writes programs. */
function firstSentence(message: string): string {
	const [first = message] = message.split(/\.\s|\n/, 1);
	return first.endsWith(".") ? first : `${first}.`;
}
