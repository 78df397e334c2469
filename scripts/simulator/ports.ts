/** Free UDP ports on loopback, for phones that must know each other's before they start. */
import dgram from "node:dgram";

/** @returns `count` different ports that were free a moment ago */
export async function freeUdpPorts(count: number): Promise<number[]> {
	const sockets = Array.from({ length: count }, () => dgram.createSocket("udp4"));
	try {
		const ports: number[] = [];
		for (const socket of sockets) {
			await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(0, "127.0.0.1", resolve));
			ports.push(socket.address().port);
		}
		return ports;
	} finally {
		for (const socket of sockets) socket.close();
	}
}
