/** The program as a device: what a command line says elsewhere was written when it was flashed, and its end is a restart. */
import config from "mc/config";
import Preference from "preference";
import Timer from "timer";

/** Long enough for the last line of the log to leave the serial port. */
const RESTART_AFTER_MS = 200;
/** Entries of the preferences, and of the build's config, that stand for options of the program. */
const OPTIONS: Readonly<Record<string, string>> = Object.freeze({
	config: "--config",
	name: "--name",
	sipPort: "--sip-port",
	rtpPort: "--rtp-port",
});

/** A preference goes before what the image was built with. */
export function preference(this: void, name: string): string | undefined {
	const kept = Preference.get("sotto", name);
	if (typeof kept === "string" && kept !== "") return kept;
	const built = config[name];
	return typeof built === "string" && built !== "" ? built : undefined;
}

/** In the form of the simulator's command line. */
export function programArguments(this: void): readonly string[] {
	const args = ["--state", "flash"];
	for (const name of Object.keys(OPTIONS)) {
		const value = preference(name);
		const option = OPTIONS[name];
		if (value !== undefined && option !== undefined) args.push(option, value);
	}
	return args;
}

/** Restarts the device: there is nothing to return to. */
export function exit(this: void, _code: number): void {
	Timer.set(() => restart(), RESTART_AFTER_MS);
}

function restart(this: void): void {
	native("xs_process_restart").call(undefined);
}

/** Writes one line to the serial port. */
export function print(this: void, line: string): void {
	printLine(line);
}

/** trace() says nothing in the SDK's release builds. */
function printLine(this: void, line: string): void {
	native("xs_process_print").call(undefined, line);
}

/** Makes lwIP and events ready; once, before anything that opens a socket. */
export function prepare(this: void): void {
	native("xs_process_prepare").call(undefined);
}

/** Why the radio lost its network, or did not come into it; undefined: that is not known. */
export function wifiFault(this: void): "password" | "absent" | undefined {
	return native("xs_process_wifi_fault").call(undefined);
}

/** This image works: the bootloader does not go back to the one before it. */
export function markValid(this: void): void {
	native("xs_process_mark_valid").call(undefined);
}

/** Nobody asks a device to end. */
export function onStop(this: void, _callback: () => void): void {}

/** Why the device started, in plain words; undefined: it was switched on, or restarted itself in good order. */
export function resetReason(this: void): string | undefined {
	return native("xs_process_reset_reason").call(undefined);
}
