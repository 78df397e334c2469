/** `npm run flash -- --board B`: builds Sotto for an ESP32 board with the Moddable SDK and puts it on the device. */
import { BuildError, say } from "./builder/process";
import { buildWithIdf, esp32Boards, findEsp32Board, linkWithoutIdf } from "./sdk/esp32";
import { findSdk } from "./sdk/toolchain";
import { flag, readArguments, refuse, text } from "./setup/arguments";

const USAGE = `Usage: npm run flash -- --board B [--port P] [--ssid S --password W] [--config URL] [--name N]

  --board B      ${esp32Boards()
		.map(({ name }) => name)
		.join(", ")}
  --port P       the serial port of the device; default: the one that the SDK finds
  --ssid S       the Wi-Fi network it joins, and
  --password W   its password: they stand readable in the image
  --config URL   where the phone fetches its settings
  --name N       the name on the idle screen
  --moddable DIR the Moddable SDK; default: $MODDABLE
  --build        only build
  --link         only compile and link the modules, which needs no ESP-IDF`;

async function main(): Promise<void> {
	const { values } = readArguments({
		usage: USAGE,
		options: {
			board: text,
			port: text,
			ssid: text,
			password: text,
			config: text,
			name: text,
			moddable: text,
			build: flag,
			link: flag,
		},
	});
	const board = findEsp32Board(values.board);
	const found = findSdk(values.moddable ?? process.env.MODDABLE);
	if (values.link) {
		const { modules, slotsInFlash, aliases } = await linkWithoutIdf(board, found);
		say(`  ${modules} modules linked; ${slotsInFlash} slots stay in flash, ${aliases} of them may be copied to RAM.`);
		return;
	}
	const environment = values.port === undefined ? {} : { UPLOAD_PORT: values.port };
	const sdk = { ...found, environment: { ...found.environment, ...environment } };
	const { ssid, password, config, name } = values;
	await buildWithIdf(board, sdk, { ssid, password, config, name }, values.build !== true);
	say(values.build ? `${board.name} is built.` : `Sotto is on the ${board.name}.`);
}

main().catch((error: unknown) => {
	if (!(error instanceof BuildError)) throw error;
	refuse(error.message, USAGE);
});
