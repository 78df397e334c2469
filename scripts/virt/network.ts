/**
 * Networks for the bare board. User-mode networking needs nothing, gives the board an address by DHCP and lets it reach
 * this computer as 10.0.2.2; a tap lets both sides call each other, and wants a network namespace of its own.
 */
import { spawnSync } from "node:child_process";
import { BuildError } from "../builder/process";

export const userNetwork: readonly string[] = ["-netdev", "user,id=net", "-device", "virtio-net-device,netdev=net"];

export const tap = {
	name: "sotto0",
	/** This computer on the tap. */
	host: "192.168.77.1",
	board: "192.168.77.2",
	/** The board's option for it (hal/net/virt/net-device.h). */
	setting: "192.168.77.2/24,192.168.77.1,192.168.77.1",
	options: [
		"-netdev",
		"tap,id=net,ifname=sotto0,script=no,downscript=no",
		"-device",
		"virtio-net-device,netdev=net",
	] as readonly string[],
};

/** In the namespace that this process is in. @throws {BuildError} where it may not */
export function makeTap(): void {
	const commands = [
		["link", "set", "lo", "up"],
		["tuntap", "add", tap.name, "mode", "tap"],
		["addr", "add", `${tap.host}/24`, "dev", tap.name],
		["link", "set", tap.name, "up"],
	];
	for (const command of commands) {
		const done = spawnSync("ip", command, { encoding: "utf8" });
		if (done.status !== 0 && !/File exists|busy/.test(done.stderr))
			throw new BuildError(`ip ${command.join(" ")}: ${done.stderr.trim()}`);
	}
}
