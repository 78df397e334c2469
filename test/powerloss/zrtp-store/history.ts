/** Random histories of calls on a store, and what must be in it after each: for the tests that cut the power. */
import { toHex } from "bytes/hex";
import { numbered, peerLine, Seeded } from "test/unit/zrtp-store/plain";
import type { Store } from "zrtp-store/store";

/** One call on the store, and the same on a plain map. */
export interface Call {
	readonly text: string;
	run(store: Store): void;
	expect(state: Map<string, string>): void;
}

interface Peer {
	rs1?: Uint8Array;
	rs2?: Uint8Array;
	verified: boolean;
	name?: string;
}

/** A random history over a few peers. The expected state after each call is a line for each peer, as stateOf gives it. */
export function history(seed: number, length: number, peers: number): Call[] {
	const random = new Seeded(seed);
	const calls: Call[] = [];
	const known = new Map<string, Peer>();
	const line = (zid: Uint8Array, peer: Peer) => peerLine(zid, peer.rs1, peer.rs2, peer.verified, peer.name);
	for (let i = 0; i < length; i++) {
		const zid = numbered(12, random.below(peers));
		const key = toHex(zid);
		const old = known.get(key);
		const kind = random.below(10);
		if (kind === 0) {
			known.delete(key);
			calls.push({
				text: `forget ${key}`,
				run: (store) => store.forget(zid),
				expect: (state) => state.delete(key),
			});
		} else if (kind === 1 && old !== undefined) {
			const name = "n".repeat(1 + random.below(40));
			const next = { ...old, name };
			known.set(key, next);
			calls.push({
				text: `rename ${key}`,
				run: (store) => void store.rename(zid, name),
				expect: (state) => state.set(key, line(zid, next)),
			});
		} else if (kind === 2 && old !== undefined) {
			const next = { ...old, verified: !old.verified };
			known.set(key, next);
			calls.push({
				text: `verify ${key}`,
				run: (store) => void store.setVerified(zid, next.verified),
				expect: (state) => state.set(key, line(zid, next)),
			});
		} else {
			const rs1 = random.bytes(32);
			const verified = random.below(2) === 0;
			const next: Peer = {
				rs1,
				verified,
				...(old?.rs1 === undefined ? {} : { rs2: old.rs1 }),
				...(old?.name === undefined ? {} : { name: old.name }),
			};
			known.set(key, next);
			calls.push({
				text: `commit ${key}`,
				run: (store) => store.commit(zid, { rs1, verified, ...(next.rs2 === undefined ? {} : { rs2: next.rs2 }) }),
				expect: (state) => state.set(key, line(zid, next)),
			});
		}
	}
	return calls;
}

/** The lines of every peer, in one order. */
export function lines(state: ReadonlyMap<string, string>): string[] {
	return [...state.values()].sort();
}
