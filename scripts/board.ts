/**
 * `npm run board -- virt-rv32 [--ram 512K] [--config URL] [--state DIR] [--name N] [--panel PORT]`: builds the image of the
 * bare board and boots it in QEMU with a panel. With --call it gets a network of its own and a simulated phone beside it,
 * the two call each other, the board is switched off and on, and a second call follows; the last line is JSON.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildFolder } from "./builder/paths";
import { buildVirtPhone } from "./builder/phone";
import { BuildError, say } from "./builder/process";
import { type VirtSizes, virtName, virtSizes } from "./builder/virt";
import { flag, portOf, readArguments, refuse, text } from "./setup/arguments";
import { buildProgram } from "./simulator/program";
import { startBoardPhone } from "./virt/board-phone";
import { callTwice } from "./virt/calls";
import { makeTap, userNetwork } from "./virt/network";

const USAGE = `Usage: npm run board -- ${virtName} [--ram SIZE] [--config URL] [--state DIR] [--name N] [--panel PORT] [--figures] [--call]

  --ram SIZE     RAM of the chip for all but the VM, for example 384K; default ${virtSizes.ramByteLength / 1024}K
  --config URL   where the phone fetches its settings; this computer is 10.0.2.2 there
  --state DIR    folder of its flash; default build/${virtName}/state
  --panel PORT   where its panel is served on loopback; default any free port
  --figures      its figures on the console, every second
  --call         calls a simulated phone and is called by it, with the power gone in between`;

const IN_NAMESPACE = "SOTTO_BOARD_NAMESPACE";

function sizesOf(text: string | undefined): VirtSizes {
	if (text === undefined) return virtSizes;
	const kilobytes = /^(\d{2,5})K$/.exec(text)?.[1];
	if (kilobytes === undefined) throw new BuildError(`--ram is a number of kilobytes like 512K, not ${text}.`);
	return { ...virtSizes, ramByteLength: 1024 * Number(kilobytes) };
}

async function main(): Promise<number> {
	const { values, positionals } = readArguments({
		usage: USAGE,
		options: { ram: text, config: text, state: text, name: text, panel: text, call: flag, figures: flag },
		wordsMost: 1,
	});
	if (positionals[0] !== virtName) refuse(`Which board? There is ${virtName}.`, USAGE);
	const panelPort = portOf("panel", values.panel, USAGE) ?? 0;
	const sizes = sizesOf(values.ram);
	const { executable } = await buildVirtPhone(sizes);
	const state = values.state ?? join(buildFolder, virtName, "state");
	mkdirSync(state, { recursive: true });
	if (values.call) {
		if (process.env[IN_NAMESPACE] === undefined) {
			await buildProgram();
			const again = ["--net", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
			const env = { ...process.env, [IN_NAMESPACE]: "1" };
			const user = process.getuid?.() === 0 ? [] : ["--map-root-user"];
			return spawnSync("unshare", [...user, ...again], { stdio: "inherit", env }).status ?? 1;
		}
		makeTap();
		const summary = await callTwice({
			executable,
			sizes,
			folder: state,
			onStep: (line) => say(`  ${line}`),
			...(values.figures ? { machineArguments: ["--figures=1000"], onLine: say } : {}),
		});
		console.log(JSON.stringify(summary));
		return summary.good ? 0 : 1;
	}
	const phone = await startBoardPhone({
		executable,
		sizes,
		state,
		name: values.name ?? "Sotto",
		network: userNetwork,
		panelPort,
		machineArguments: values.figures ? ["--figures=1000"] : [],
		onLine: (line) => console.log(line),
		...(values.config === undefined ? {} : { config: values.config }),
	});
	say(`Panel: ${phone.panel?.url}   (Ctrl-C ends the board)`);
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void phone.stop());
	const code = await new Promise<number | null>((resolve) => phone.once("exit", resolve));
	await phone.stop();
	return code ?? 1;
}

main().then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		if (!(error instanceof Error)) throw error;
		say(error instanceof BuildError ? error.message : (error.stack ?? error.message));
		process.exitCode = 1;
	},
);
