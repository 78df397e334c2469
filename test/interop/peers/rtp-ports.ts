/** Free pairs of UDP ports, for media whose port must be known before the phone starts. */
import dgram from "node:dgram";

/** Below the ports that the system gives out by itself. */
const LOWEST = 10_000;
const HIGHEST = 30_000;

async function free(port: number): Promise<boolean> {
	const socket = dgram.createSocket("udp4");
	try {
		await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(port, "127.0.0.1", resolve));
		return true;
	} catch {
		return false;
	} finally {
		socket.close();
	}
}

/** @returns `count` different even ports that are free, each with the odd one above it */
export async function freeRtpPorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) {
		const port = (LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))) & ~1;
		if ((await free(port)) && (await free(port + 1))) ports.add(port);
	}
	return [...ports];
}
