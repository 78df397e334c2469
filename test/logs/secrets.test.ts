/**
 * Runs after every other test: searches all that the phones of this run said (console, log at trace, panel messages) for
 * every secret that they computed with and every password they were given. The phones wrote their secrets down only
 * because their program was built from test/recording; the one that is shipped cannot.
 *
 * Looked for are: private keys; Diffie-Hellman results; keys of MACs and ciphers (retained secrets, s0, MAC keys, ZRTP
 * keys, the device's and the store's keys, H0 to H2, which are MAC keys too); all MACs and digests (every key that is
 * derived is one, SRTP master keys and HA1 among them) and all random draws of a key's length. Some of these are public
 * once they were sent, as H1 or the digest of a Hello; no log needs them, so they are not let through either.
 * Not secret, and not looked for: public values, ZIDs, stream numbers, IVs, SIP tags and call numbers, the SAS.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { buildProgram } from "../../scripts/simulator/program";
import { LeakFinder } from "../interop/peers/leaks";
import { LOGS, PASSWORDS, SECRETS } from "../interop/peers/sotto";

const finder = new LeakFinder();
const count = new Map<string, number>();
let sample: Buffer = Buffer.alloc(0);

before(() => {
	for (const name of readdirSync(SECRETS)) {
		const lines = readFileSync(join(SECRETS, name), "utf8")
			.split("\n")
			.filter((line) => line !== "");
		for (const line of lines)
			if (join(SECRETS, name) === PASSWORDS) {
				finder.addText(line);
				count.set("password", (count.get("password") ?? 0) + 1);
			} else {
				const [kind = "", hex = ""] = line.split(" ");
				const secret = Buffer.from(hex, "hex");
				finder.add(kind, secret);
				count.set(kind, (count.get(kind) ?? 0) + 1);
				if (kind === "sharedSecret") sample = secret;
			}
	}
});

/** Everything that was said, by file name. */
function spoken(): string[] {
	return readdirSync(LOGS).filter((name) => /\.(log|messages|console)$/.test(name));
}

describe("secrets in logs", () => {
	test("secrets of every kind were recorded, and phones spoke", () => {
		for (const kind of ["privateKey", "sharedSecret", "macKey", "mac", "cipherKey", "digest", "random", "password"])
			assert.ok((count.get(kind) ?? 0) > 0, `no ${kind} was recorded: ${JSON.stringify([...count])}`);
		assert.ok(spoken().length > 20, `only ${spoken().length} logs`);
		const text = spoken()
			.map((name) => readFileSync(join(LOGS, name), "utf8"))
			.join("");
		for (const area of ["app", "call", "config", "media", "sip", "zrtp"])
			assert.ok(new RegExp(`^[\\d.]+ ${area} [a-z]+: `, "m").test(text), `the area ${area} wrote nothing`);
		assert.ok(/ zrtp trace: (in|out) DHPart2/.test(text), "no ZRTP message was traced");
		console.log(
			`${finder.windows} windows of ${JSON.stringify(Object.fromEntries(count))} in ${text.length} characters`,
		);
	});

	test("a secret is found in each form it can have", () => {
		const part = sample.subarray(3, 14);
		for (const [form, planted] of Object.entries({
			hexadecimal: part.toString("hex"),
			HEXADECIMAL: part.toString("hex").toUpperCase(),
			base64: part.toString("base64"),
			decimal: `${[...part]}`,
		})) {
			const found = finder.find(Buffer.from(`12.345 zrtp trace: out DHPart1, ${planted} bytes\n`));
			assert.ok(
				found.some((leak) => leak.form === form.toLowerCase()),
				`${form} was not found`,
			);
		}
		assert.deepEqual(finder.find(Buffer.concat([Buffer.from("12.345 zrtp trace: "), part]))[0]?.form, "bytes");
		const [password = ""] = readFileSync(PASSWORDS, "utf8").split("\n");
		assert.equal(finder.find(Buffer.from(`sip debug: REGISTER ${password}`))[0]?.form, "text");
		assert.deepEqual(finder.find(Buffer.from("4314.561 zrtp trace: out Hello, 140 bytes, sequence 1908")), []);
	});

	test("nothing that a phone said holds one", () => {
		const leaks = spoken().flatMap((name) => {
			const bytes = readFileSync(join(LOGS, name));
			return finder.find(bytes).map(({ form, kind, offset }) => {
				const line = bytes.toString("latin1", 0, offset).split("\n").length;
				return `${name}:${line} holds a ${kind} as ${form}`;
			});
		});
		assert.deepEqual(leaks, []);
	});

	test("the program that is shipped cannot record", async () => {
		const program = readFileSync(await buildProgram());
		for (const word of ["SOTTO_RECORDING", "xs_recording_append"])
			assert.ok(!program.includes(word), `${word} is in the shipped program`);
	});
});
