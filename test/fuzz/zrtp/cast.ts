/**
 * The ends of a fuzzed world, by the mode of their exchange (RFC 6189 sections 4.4.2, 4.4.3, 4.7.2, 7.3), with what they
 * have from earlier calls: a first stream, retained secrets, an enrolment.
 */
import type { KeyPair } from "crypto/types";
import { type Cache, Endpoint, type EndpointOptions } from "test/net/zrtp/endpoint";
import { copyRecord } from "zrtp/secrets";

export const KINDS = Object.freeze(["DH", "Multistream", "Preshared", "relay", "GoClear"] as const);
export type Kind = (typeof KINDS)[number];

type Options = Pick<EndpointOptions, "allowClear" | "onAgree">;
type Pair = readonly [Endpoint, Endpoint];

const ENROLLING = 80_000;

export class Cast {
	/** Packets of calls before: an attacker has them. */
	readonly overheard: readonly Uint8Array[];
	readonly #pairs: () => KeyPair;
	readonly #friends: readonly [Cache, Cache];
	readonly #enrolled: readonly [Cache, Cache];

	constructor(pairs: () => KeyPair) {
		const overheard: Uint8Array[] = [];
		this.overheard = overheard;
		this.#pairs = pairs;
		this.#friends = [new Map(), new Map()];
		// Two calls, so that rs2 is there too, and both owners have compared the words: Preshared wants that.
		for (const seed of [81_000, 82_000]) {
			const ends = this.#ends(seed, {}, {}, this.#friends);
			this.#meet(ends, overheard);
			for (const end of ends) end.feed({ type: "sasVerified", now: 0, verified: true });
		}
		this.#enrolled = [new Map(), new Map()];
		const [phone, pbx] = this.#ends(ENROLLING, {}, { mitm: true, enrollment: true }, this.#enrolled);
		this.#meet([phone, pbx], overheard);
		phone.feed({ type: "enrolled", now: 0, accepted: true });
		// Its packets, as those of every mode, are among what the attacker has.
		for (const [index, kind] of KINDS.entries())
			this.#meet(
				this.of(kind, 83_000 + index, () => ({})),
				overheard,
			);
	}

	/** Two ends that have not begun. @param options by place */
	of(kind: Kind, seed: number, options: (place: 0 | 1) => Options): Pair {
		const [a, b] = [options(0), options(1)];
		switch (kind) {
			case "DH":
				return this.#ends(seed, a, b);
			case "GoClear":
				return this.#ends(seed, { ...a, allowClear: true }, { ...b, allowClear: true });
			case "Preshared":
				return this.#ends(seed, { ...a, preshared: true }, { ...b, preshared: true }, this.#friends.map(copyOf));
			case "relay":
				return this.#ends(seed, a, { ...b, mitm: true }, this.#enrolled.map(copyOf));
			case "Multistream": {
				const first = this.#ends(seed + 500_000_000, {}, {});
				this.#meet(first);
				const [one, other] = first.map(({ session }) => ({ joins: session.association }));
				return this.#ends(seed, { ...a, ...one }, { ...b, ...other });
			}
		}
	}

	#ends(
		seed: number,
		a: Partial<EndpointOptions>,
		b: Partial<EndpointOptions>,
		[cacheA, cacheB]: readonly Cache[] = [],
	): Pair {
		const keyPairs = this.#pairs;
		return [
			new Endpoint("alice", { keyPairs, ...a, seed: 2 * seed, ...(cacheA && { cache: cacheA }) }),
			new Endpoint("bob", { keyPairs, ...b, seed: 2 * seed + 1, ...(cacheB && { cache: cacheB }) }),
		];
	}

	/** Both say what they have to say, over a network that loses nothing, until they are secure. */
	#meet(ends: Pair, overheard: Uint8Array[] = []): void {
		for (const end of ends) end.feed({ type: "start", now: 0 });
		for (let now = 0; ends.some(({ secureAt }) => secureAt === undefined); now += 5) {
			if (now > 5000) throw new Error("two honest ends did not become secure");
			for (const end of ends) {
				if (end.wakeAt !== undefined && end.wakeAt <= now) end.feed({ type: "tick", now });
				for (const bytes of end.take()) {
					overheard.push(bytes);
					for (const other of ends) if (other !== end) other.packet(now, bytes);
				}
			}
		}
	}
}

function copyOf(cache: Cache): Cache {
	return new Map([...cache].map(([zid, record]) => [zid, copyRecord(record)]));
}
