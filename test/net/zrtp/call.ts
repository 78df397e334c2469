/** Two endpoints and a network between them, from Hello to keys, with media once there are keys. */

import { Netem, type NetemOptions } from "test/net/netem";
import type { SrtpKeys } from "zrtp/types";
import type { Endpoint } from "./endpoint";

type Packet = { readonly zrtp: Uint8Array } | { readonly srtp: SrtpKeys };

export interface CallOptions extends NetemOptions {
	/** The second end starts this much later, in milliseconds. Default 0. */
	readonly secondStartsAt?: number;
	/** The call is given up then. Default 60 s: longer than every schedule together. */
	readonly untilMs?: number;
	/** Looks at each packet on its way and may replace it; undefined: takes it out. */
	readonly tamper?: (from: Endpoint, packet: Uint8Array) => Uint8Array | undefined;
	/** SRTP packets are sent every so often once an end may. Default 20. */
	readonly mediaEveryMs?: number;
}

/** Runs until both ends have settled. Returns the time it took on their clock. */
export function call(a: Endpoint, b: Endpoint, options: CallOptions): number {
	const net = new Netem<Endpoint, Packet>(options);
	const { secondStartsAt = 0, untilMs = 60_000, tamper, mediaEveryMs = 20 } = options;
	const ends = [a, b] as const;
	const startAt = new Map([
		[a, 0],
		[b, secondStartsAt],
	]);
	const mediaAt = new Map<Endpoint, number>();
	let now = 0;
	for (;;) {
		for (const end of ends) {
			const at = startAt.get(end);
			if (at !== undefined && at <= now) {
				startAt.delete(end);
				end.start(now);
			}
			if (end.wakeAt !== undefined && end.wakeAt <= now) end.feed({ type: "tick", now });
		}
		for (const { to, packet } of net.deliver(now)) {
			if ("zrtp" in packet) to.packet(now, packet.zrtp);
			else if (to.accepts(packet.srtp)) to.feed({ type: "srtpReceived", now });
		}
		for (const end of ends) {
			const other = end === a ? b : a;
			for (const bytes of end.take()) {
				const passed = tamper ? tamper(end, bytes) : bytes;
				if (passed) net.send(now, other, { zrtp: passed });
			}
			if (end.sendKeys && !other.settled && (mediaAt.get(end) ?? 0) <= now) {
				net.send(now, other, { srtp: end.sendKeys });
				mediaAt.set(end, now + mediaEveryMs);
			}
		}
		if (a.settled && b.settled) return now;
		const times = [net.nextAt, ...ends.map((end) => end.wakeAt), ...startAt.values()];
		for (const end of ends) if (end.sendKeys) times.push(mediaAt.get(end));
		const future = times.filter((at): at is number => at !== undefined).map((at) => Math.max(at, now));
		if (future.length === 0) return now;
		now = Math.min(...future);
		if (now > untilMs) return now;
	}
}
