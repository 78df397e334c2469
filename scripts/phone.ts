/** `npm run phone -- --state DIR [--config URL] [--name N] [--address A] [--panel PORT] [--sip-port P] [--rtp-port P]`: one phone and its panel. */
import { existsSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { say } from "./builder/process";
import { portOf, readArguments, refuse, text } from "./setup/arguments";
import { PhoneProcess } from "./simulator/phone-process";
import { buildProgram } from "./simulator/program";
import { makeStateFolder } from "./simulator/state-folder";

const USAGE = `Usage: npm run phone -- --state DIR [--config URL] [--name N] [--address A] [--panel PORT] [--sip-port P] [--rtp-port P]

  --config URL   where the phone fetches its settings (JSON by http or https); docs/settings.md lists them;
                 without it: the last good ones, or the defaults
  --state DIR    folder of the phone's flash files; made when it is missing
  --name N       the name on the idle screen
  --address A    numeric address to bind, IPv4 or IPv6; default: the one on the way to the config server
  --panel PORT   where its panel is served on loopback; default any free port
  --sip-port P   SIP over UDP and TCP, instead of the config's
  --rtp-port P   first RTP port, even, instead of the config's`;

/** Without a zone: the phone gives this address to others, and one of a link means nothing to them. */
function address(text: string | undefined): string | undefined {
	if (text !== undefined && (isIP(text) === 0 || text.includes("%")))
		throw new Error(`--address is a numeric IPv4 or IPv6 address, not ${text}`);
	return text;
}

const { values } = readArguments({
	usage: USAGE,
	options: { config: text, state: text, name: text, address: text, panel: text, "sip-port": text, "rtp-port": text },
});
try {
	if (values.state === undefined) throw new Error("--state is missing: the phone needs a folder for its flash");
	if (existsSync(values.state) && !statSync(values.state).isDirectory())
		throw new Error(`--state ${values.state} is a file; the phone needs a folder for its flash`);
	const ownAddress = address(values.address);
	const panelPort = portOf("panel", values.panel, USAGE) ?? 0;
	const sipPort = portOf("sip-port", values["sip-port"], USAGE);
	const rtpPort = portOf("rtp-port", values["rtp-port"], USAGE);
	if (rtpPort !== undefined && rtpPort % 2 !== 0) throw new Error(`--rtp-port must be even, not ${rtpPort}`);
	makeStateFolder(values.state);
	await buildProgram();
	const phone = await PhoneProcess.start({
		name: values.name ?? "Sotto",
		state: values.state,
		panelPort,
		onLine: (line) => console.log(line),
		...(values.config !== undefined && { config: values.config }),
		...(ownAddress !== undefined && { address: ownAddress }),
		...(sipPort !== undefined && { sipPort }),
		...(rtpPort !== undefined && { rtpPort }),
	});
	say(`Panel: ${phone.panel?.url}   (Ctrl-C ends the phone)`);
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void phone.stop());
	phone.once("exit", (code) => {
		void phone.stop().then(() => process.exit(code ?? 1));
	});
} catch (error) {
	refuse(error instanceof Error ? error.message : String(error), USAGE);
}
