/** What a simulated phone is told on its command line. On hardware the same comes from the settings partition. */

export interface Options {
	/** Where the config is fetched; undefined: the phone runs on its last good config or on defaults. */
	readonly config: string | undefined;
	/** Folder of the flash files. */
	readonly state: string;
	readonly name: string;
	/** The panel's socket. */
	readonly desk: string | undefined;
	/** Numeric address that sockets bind; undefined: the one on the way to the config server. */
	readonly address: string | undefined;
	/** They go before the config's. */
	readonly sipPort: number | undefined;
	readonly rtpPort: number | undefined;
}

export const USAGE = `Usage: sotto --state DIR [--config URL] [--name N] [--address A] [--sip-port P] [--rtp-port P] [--desk PATH]

  --config URL   where the phone fetches its settings (JSON over HTTP or HTTPS); docs/settings.md lists them
  --state DIR    folder of the flash files: retained secrets and the last good settings
  --name N       the name on the idle screen; default Sotto
  --address A    numeric address to bind; default: the one on the way to the config server
  --sip-port P   SIP over UDP and TCP, instead of the config's; 0 takes any free port
  --rtp-port P   first RTP port, even, instead of the config's; 0 takes any free pair
  --desk PATH    the panel's socket`;

/** @returns the options, or why they are not understood, in one sentence. */
export function parseOptions(args: readonly string[]): Options | { readonly error: string } {
	const given = new Map<string, string>();
	for (let index = 0; index < args.length; index += 2) {
		const name = args[index] ?? "";
		const value = args[index + 1];
		if (!NAMES.includes(name)) return { error: `${name} is no option of this program` };
		if (value === undefined) return { error: `${name} needs a value` };
		if (given.has(name)) return { error: `${name} stands twice` };
		given.set(name, value);
	}
	const state = given.get("--state");
	if (state === undefined || state === "")
		return { error: "--state is missing: the phone needs a folder for its flash" };
	const sipPort = portOf(given.get("--sip-port"));
	const rtpPort = portOf(given.get("--rtp-port"));
	if (sipPort === null) return { error: "--sip-port must be from 0 to 65535" };
	if (rtpPort === null || (rtpPort ?? 0) % 2 !== 0) return { error: "--rtp-port must be even, from 0 to 65534" };
	return {
		config: given.get("--config"),
		state,
		name: given.get("--name") ?? "Sotto",
		desk: given.get("--desk"),
		address: given.get("--address"),
		sipPort,
		rtpPort,
	};
}

const NAMES: readonly string[] = Object.freeze([
	"--config",
	"--state",
	"--name",
	"--desk",
	"--address",
	"--sip-port",
	"--rtp-port",
]);

/** null: not a port. */
function portOf(text: string | undefined): number | undefined | null {
	if (text === undefined) return undefined;
	const port = Number(text);
	return /^\d{1,5}$/.test(text) && port <= 65535 ? port : null;
}
