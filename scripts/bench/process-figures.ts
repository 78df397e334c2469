/** What the system says of a process, and when its SIP port begins to answer. */
import dgram from "node:dgram";
import { readFileSync } from "node:fs";

/** Resident memory in KiB. */
export function residentKiB(pid: number): number {
	const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
	if (!found) throw new Error(`process ${pid} has no memory`);
	return Number(found[1]);
}

const PROBE_EVERY_MS = 2;

/**
 * Asks a SIP port with OPTIONS until something comes back.
 * @returns performance.now() of the first answer
 */
export async function answersAt(port: number, timeoutMs = 30_000): Promise<number> {
	const socket = dgram.createSocket("udp4");
	await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
	const own = socket.address().port;
	const start = performance.now();
	let count = 0;
	return new Promise((resolve, reject) => {
		const timer = setInterval(() => {
			if (performance.now() - start > timeoutMs) {
				finish();
				reject(new Error(`nothing answers at SIP port ${port}`));
				return;
			}
			count++;
			const request = [
				`OPTIONS sip:probe@127.0.0.1:${port} SIP/2.0`,
				`Via: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bK-probe-${own}-${count};rport`,
				`From: <sip:probe@127.0.0.1:${own}>;tag=probe${count}`,
				`To: <sip:probe@127.0.0.1:${port}>`,
				`Call-ID: probe-${own}-${count}`,
				`CSeq: ${count} OPTIONS`,
				"Max-Forwards: 70",
				"Content-Length: 0",
				"",
				"",
			].join("\r\n");
			socket.send(request, port, "127.0.0.1");
		}, PROBE_EVERY_MS);
		const finish = (): void => {
			clearInterval(timer);
			socket.close();
		};
		socket.on("error", () => undefined);
		socket.on("message", () => {
			finish();
			resolve(performance.now());
		});
	});
}
