import { toHex } from "bytes/hex";
import { KeyPool } from "crypto/key-pool";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import type { KeyAgreement, KeyPair, RandomSource } from "crypto/types";
import { equal, ok, test, throws } from "test/harness";
import { Seeded } from "./seeded";

/** A scheduler that a test turns by hand. */
class Idle {
	readonly tasks: (() => void)[] = [];
	readonly schedule = (task: () => void): void => {
		this.tasks.push(task);
	};
	turn(): boolean {
		const task = this.tasks.shift();
		task?.();
		return task !== undefined;
	}
	drain(): number {
		let count = 0;
		while (this.turn()) count++;
		return count;
	}
}

/** Counts what is generated. */
class Counting implements KeyAgreement {
	readonly #inner: KeyAgreement;
	readonly pairs: KeyPair[] = [];
	constructor(inner: KeyAgreement) {
		this.#inner = inner;
	}
	get name(): string {
		return this.#inner.name;
	}
	get publicKeyByteLength(): number {
		return this.#inner.publicKeyByteLength;
	}
	get privateKeyByteLength(): number {
		return this.#inner.privateKeyByteLength;
	}
	get sharedSecretByteLength(): number {
		return this.#inner.sharedSecretByteLength;
	}
	generate(random: RandomSource): KeyPair {
		const pair = this.#inner.generate(random);
		this.pairs.push(pair);
		return pair;
	}
	agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
		return this.#inner.agree(privateKey, peerPublicKey);
	}
}

function setUp(capacity?: number) {
	const idle = new Idle();
	const x25519 = new Counting(nativeProvider.x25519);
	const dh3072 = new Counting(nativeProvider.dh3072);
	const pool = new KeyPool({
		random: hardwareRandom,
		schedule: idle.schedule,
		keyAgreements: new Map([
			["DH3k", dh3072],
			["X255", x25519],
		]),
		...(capacity === undefined ? {} : { capacity }),
	});
	return { idle, x25519, dh3072, pool };
}

test("pairs are made one per task, every agreement first once", () => {
	const { idle, pool, x25519, dh3072 } = setUp(2);
	equal(idle.tasks.length, 1, "nothing is computed in the constructor");
	equal(pool.ready("DH3k"), 0);
	idle.turn();
	equal([dh3072.pairs.length, x25519.pairs.length], [1, 0]);
	idle.turn();
	equal([dh3072.pairs.length, x25519.pairs.length], [1, 1]);
	equal(idle.drain(), 2);
	equal([pool.ready("DH3k"), pool.ready("X255")], [2, 2]);
	equal(idle.drain(), 0, "a full pool schedules nothing");
});

test("a pair is handed out once, and made anew", () => {
	const { idle, pool, x25519 } = setUp();
	idle.drain();
	const first = pool.take("X255");
	equal(pool.take("X255"), undefined, "the pool was empty");
	equal(idle.drain(), 1);
	const second = pool.take("X255");
	ok(first !== undefined && second !== undefined);
	ok(toHex(first.publicKey) !== toHex(second.publicKey));
	ok(first === x25519.pairs[0] && second === x25519.pairs[1], "the pool made a copy that nobody wipes");
	const secret = nativeProvider.x25519.agree(first.privateKey, second.publicKey);
	equal(nativeProvider.x25519.agree(second.privateKey, first.publicKey), secret);
});

test("an unknown code has no pairs", () => {
	const { idle, pool } = setUp();
	idle.drain();
	equal(pool.take("EC25"), undefined);
	equal(pool.ready("EC25"), 0);
});

test("closing wipes what is left and stops, but not what was handed out", () => {
	const { idle, pool, x25519, dh3072 } = setUp();
	idle.drain();
	const taken = pool.take("DH3k");
	pool.close();
	pool.close();
	equal(idle.drain(), 1, "the task that was waiting");
	equal([x25519.pairs.length, dh3072.pairs.length], [1, 1], "nothing is made after close");
	equal(x25519.pairs[0]?.privateKey, new Uint8Array(32));
	ok(taken?.privateKey.some((byte) => byte !== 0));
	equal(pool.take("X255"), undefined);
});

test("a capacity must be a positive integer", () => {
	for (const capacity of [0, -1, 1.5, Number.NaN]) throws(() => setUp(capacity), RangeError);
});

test("the hardware's random octets are fresh and of the length asked for", () => {
	for (const byteLength of [0, 1, 12, 32, 1000]) equal(hardwareRandom(byteLength).length, byteLength);
	const seen = new Set<string>();
	for (let i = 0; i < 200; i++) seen.add(toHex(hardwareRandom(8)));
	equal(seen.size, 200);
	const bits = hardwareRandom(4096).reduce(
		(sum, byte) => sum + [...byte.toString(2)].filter((bit) => bit === "1").length,
		0,
	);
	// 16384 ones expected, standard deviation 90: outside 8 of them is no accident.
	ok(Math.abs(bits - 16384) < 720, `${bits} ones in 32768 bits`);
});

test("the seeded source of the tests repeats itself, and only itself", () => {
	equal(new Seeded("a").source(100), new Seeded("a").source(100));
	ok(toHex(new Seeded("a").source(8)) !== toHex(new Seeded("b").source(8)));
});
