/** A network of its own for a command: only loopback, so that peers see one address and nothing can leave the machine. */

/** @returns program and arguments that run `command` there; without root, in a user namespace of its own */
export function onLoopbackAlone(command: readonly string[]): [program: string, args: string[]] {
	const user = process.getuid?.() === 0 ? [] : ["--map-root-user"];
	return ["unshare", [...user, "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...command]];
}
