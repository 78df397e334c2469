/**
 * Sotto phones for tests: the program of test/recording, which is the shipped one but for writing down its secrets, at
 * log level trace in every area. Everything that a phone says is kept under build/test/logs, where test/logs looks for
 * the secrets when all is done.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { buildFolder, root } from "../../../scripts/builder/paths";
import { build } from "../../../scripts/builder/program";
import { PhoneProcess, type PhoneProcessOptions } from "../../../scripts/simulator/phone-process";

/** What phones said, and beside it in `secrets` what they must not have said. */
export const LOGS = join(buildFolder, "test", "logs");
export const SECRETS = join(LOGS, "secrets");
/** Every SIP password of the tests: they must not be said either. */
export const PASSWORDS = join(SECRETS, "passwords");

const AREAS = ["app", "call", "config", "media", "net", "sip", "store", "ui", "zrtp"];
export const TRACE_ALL = Object.fromEntries(AREAS.map((area) => [area, "trace"]));

/** Builds the recording program. @returns the executable */
export async function buildRecorded(): Promise<string> {
	const { executable } = await build({
		name: "sotto-recording",
		manifest: join(root, "test", "recording", "manifest.json"),
		variant: "release",
	});
	return executable;
}

/** Names this test file. */
const SUITE = basename(process.argv[1] ?? "test").replace(/\W+/g, "-");
let started = 0;

/** Where the phones of this test file write their secrets down, one in hexadecimal a line. */
export function recordingFile(): string {
	return join(SECRETS, `${SUITE}.hex`);
}

/** Starts a phone whose every word is kept. Its program is the one of `buildRecorded`. */
export async function startSotto(options: PhoneProcessOptions & { readonly program: string }): Promise<PhoneProcess> {
	mkdirSync(SECRETS, { recursive: true });
	process.env.SOTTO_RECORDING = recordingFile();
	const file = join(LOGS, `${SUITE}-${++started}-${options.name}`);
	const phone = await PhoneProcess.start({
		...options,
		onLine: (line) => {
			appendFileSync(`${file}.log`, `${line}\n`);
			options.onLine?.(line);
		},
	});
	phone.desk.on("message", (text) => {
		// An export is sealed and meant to be carried; the tag in it is a MAC that was computed, but no secret.
		if (!text.startsWith('{"export":')) appendFileSync(`${file}.messages`, `${text}\n`);
	});
	return phone;
}

/** @returns the password, which from now on is looked for in every log */
export function secretPassword(text: string): string {
	mkdirSync(SECRETS, { recursive: true });
	appendFileSync(PASSWORDS, `${text}\n`);
	return text;
}

/** For a `catch` around what phones do: the error, and under it the end of what each of them said. */
export function withLogs(error: unknown, phones: Iterable<PhoneProcess>): Error {
	const said = Array.from(
		phones,
		({ state, lines }) => `--- ${state?.name ?? "phone"}\n${lines.slice(-40).join("\n")}`,
	);
	const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return new Error([told, ...said].join("\n"), { cause: error });
}
