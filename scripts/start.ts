/**
 * `npm start [-- --once]`: boots two simulated phones from a config URL on loopback, makes a first secure call between
 * them, and stays up with the panel; with --once, or without a terminal, it ends after the call with one JSON line.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CallState } from "../modules/call/state";
import { buildFolder } from "./builder/paths";
import { BuildError, say } from "./builder/process";
import { flag, readArguments } from "./setup/arguments";
import { serveConfigs } from "./simulator/config-server";
import { PhoneProcess } from "./simulator/phone-process";
import { freeUdpPorts } from "./simulator/ports";
import { buildProgram } from "./simulator/program";
import { heard, readWav } from "./simulator/tone";

const TONES = [440, 880] as const;
/** How long the phones talk before the recordings are listened to. */
const TALK_MS = 2500;

const USAGE =
	"Usage: npm start [-- --once]\n\n  --once   end after the first secure call, with one JSON line; so it does without a terminal";
const { values } = readArguments({ usage: USAGE, options: { once: flag } });
const once = values.once === true || !process.stdout.isTTY;
const step = (text: string): void => say(`  ${text}`);

try {
	say("Building the simulated phone (the first time takes about a minute) ...");
	await buildProgram();
	process.exitCode = await run();
} catch (error) {
	say(error instanceof BuildError || error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
}

async function run(): Promise<number> {
	const folder = join(buildFolder, "start");
	mkdirSync(folder, { recursive: true });
	const [aliceSip = 0, bobSip = 0] = await freeUdpPorts(2);
	const peers = {
		alice: { name: "Alice", uri: `sip:alice@127.0.0.1:${aliceSip}` },
		bob: { name: "Bob", uri: `sip:bob@127.0.0.1:${bobSip}` },
	};
	const configs = await serveConfigs({
		alice: {
			account: { aor: peers.alice.uri, displayName: "Alice" },
			peers: [peers.bob],
			sip: { port: aliceSip },
			audio: { microphone: `tone:${TONES[0]}` },
		},
		bob: {
			account: { aor: peers.bob.uri, displayName: "Bob" },
			peers: [peers.alice],
			sip: { port: bobSip },
			audio: { microphone: `tone:${TONES[1]}` },
		},
	});
	const phones: PhoneProcess[] = [];
	const stop = async (): Promise<void> => {
		await Promise.all(phones.map((phone) => phone.stop()));
		configs.close();
	};
	try {
		for (const name of ["Alice", "Bob"]) {
			const key = name.toLowerCase();
			phones.push(
				await PhoneProcess.start({
					name,
					state: join(folder, key),
					config: configs.url(key),
					panelPort: 0,
					...(once ? {} : { onLine: (line) => console.log(`${name.padEnd(5)} ${line}`) }),
				}),
			);
			step(`${name} starts from ${configs.url(key)}`);
		}
		const [alice, bob] = phones;
		if (!alice || !bob) throw new Error("the phones did not start");
		const code = await firstCall(alice, bob, peers.bob.uri, folder);
		if (once) return code;
		say(
			`\nThe panel, both phones side by side:\n\n  ${alice.panel?.url}?phones=${alice.panel?.port},${bob.panel?.port}\n`,
		);
		say("The phones stay up until Ctrl-C.");
		await new Promise<void>((resolve) => {
			for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
			for (const phone of phones) phone.once("exit", () => resolve());
		});
		return code;
	} finally {
		await stop();
	}
}

async function firstCall(alice: PhoneProcess, bob: PhoneProcess, uri: string, folder: string): Promise<number> {
	await alice.until("Alice to be ready", () => true);
	await bob.until("Bob to be ready", () => true);
	step("Both phones are ready.");
	const recordings = [join(folder, "heard-by-alice.wav"), join(folder, "heard-by-bob.wav")] as const;
	for (const file of recordings) rmSync(file, { force: true });
	alice.send({ speaker: recordings[0] });
	bob.send({ speaker: recordings[1] });

	alice.send({ dial: uri });
	await Promise.race([
		bob.until("Bob to ring", (state) => state.calls[0]?.state === "ringing"),
		// What goes wrong before Bob hears of it stands in Alice's log.
		alice
			.until("Alice to call", (state) => state.calls[0]?.state === "ended")
			.then(({ calls: [call] }) => {
				throw new Error(
					`Alice's call ended before Bob rang: ${call?.reason}. Her last lines:\n${alice.lines.slice(-25).join("\n")}`,
				);
			}),
	]);
	step("Alice calls, Bob rings.");
	bob.send({ answer: true });
	const calls: CallState[] = [];
	for (const phone of [alice, bob]) {
		const state = await phone.until(
			"keys in both directions",
			({ calls: [call] }) => (call?.keying === "zrtp" && call.secureAfterMs !== undefined) || call?.state === "ended",
		);
		const [call] = state.calls;
		if (!call) throw new Error("the call is gone");
		calls.push(call);
	}
	const [a, b] = calls;
	if (!a || !b) throw new Error("the call is gone");
	step(
		`Bob answers; ${a.keyAgreement} agreed, the voice is encrypted with ${a.cipher}, after ${Math.round(a.secureAfterMs ?? 0)} ms.`,
	);
	step(`Alice reads "${a.sas}", Bob reads "${b.sas}": ${a.sas === b.sas ? "the same words" : "NOT THE SAME"}.`);
	step(`The lock says: ${a.lock} and ${b.lock}; retained secrets: ${a.retained} and ${b.retained}.`);
	await new Promise((resolve) => setTimeout(resolve, TALK_MS));
	alice.send({ hangup: true });
	await bob.until("the call to end", (state) => state.calls[0]?.state === "ended");
	await alice.until("the call to end", (state) => state.calls[0]?.state === "ended");
	for (const phone of [alice, bob]) phone.send({ speaker: "panel" });
	const heardBoth = [heard(readWav(recordings[0]), TONES[1]), heard(readWav(recordings[1]), TONES[0])];
	step(`Alice heard Bob's tone: ${heardBoth[0] ? "yes" : "NO"}; Bob heard Alice's: ${heardBoth[1] ? "yes" : "NO"}.`);

	const secure = calls.every((call) => call.keying === "zrtp" && ["closed", "verified"].includes(call.lock));
	const summary = {
		secure,
		sas: [a.sas ?? "", b.sas ?? ""],
		keyAgreement: a.keyAgreement,
		hash: a.hash,
		cipher: a.cipher,
		authTag: a.authTag,
		retained: a.retained,
		heard: heardBoth,
		secureAfterMs: Math.round(Math.max(a.secureAfterMs ?? 0, b.secureAfterMs ?? 0)),
	};
	if (once) console.log(JSON.stringify(summary));
	return secure && a.sas !== undefined && a.sas === b.sas && heardBoth.every(Boolean) ? 0 : 1;
}
