/** Whole phones on loopback: their key pairs are made before and after the calls, and never on the way to the keys. */
import { KEY_PAIRS_READY, whenQuiet } from "call/key-pairs";
import { KeyPool } from "crypto/key-pool";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import type { KeyAgreement, Provider } from "crypto/types";
import { equal, ok, test } from "test/harness";
import { connect, ended, Station, secured, until, withStations } from "test/unit/call/pair";

/** A provider that counts the key pairs it makes, and a pool of it as a handset has one. */
class Supply {
	made = 0;
	/** Those of them that a call on the way to its keys had to wait for. */
	madeInHandshake = 0;
	readonly provider: Provider;
	readonly pool: KeyPool;
	station: Station | undefined;

	constructor() {
		const counting = (inner: KeyAgreement): KeyAgreement => ({
			...inner,
			generate: (...given) => {
				this.made++;
				if (this.busy) this.madeInHandshake++;
				return inner.generate(...given);
			},
		});
		this.provider = {
			...nativeProvider,
			x25519: counting(nativeProvider.x25519),
			dh3072: counting(nativeProvider.dh3072),
		};
		this.pool = new KeyPool({
			random: hardwareRandom,
			schedule: whenQuiet(() => this.busy),
			keyAgreements: new Map([
				["X255", this.provider.x25519],
				["DH3k", this.provider.dh3072],
			]),
			capacity: KEY_PAIRS_READY,
		});
	}

	/** From the first Hello until the keys are on. */
	get busy(): boolean {
		return this.station?.phone.state.calls.some(({ securing }) => securing) ?? false;
	}

	get full(): boolean {
		return ["X255", "DH3k"].every((code) => this.pool.ready(code) === KEY_PAIRS_READY);
	}
}

interface Supplied {
	readonly station: Station;
	readonly supply: Supply;
}

function supplied(name: string, tone: number): Supplied {
	const supply = new Supply();
	const station = new Station(name, {
		tone,
		session: { provider: supply.provider, keyPairs: (code) => supply.pool.take(code) },
	});
	supply.station = station;
	return { station, supply };
}

async function withSupplied(
	names: readonly string[],
	body: (...ends: readonly Supplied[]) => Promise<void>,
): Promise<void> {
	const ends = names.map((name, index) => supplied(name, 440 + 100 * index));
	try {
		await withStations(
			ends.map(({ station }) => station),
			async () => {
				for (const { station, supply } of ends) await until(`${station.name}'s pairs`, () => supply.full);
				await body(...ends);
			},
		);
	} finally {
		for (const { supply } of ends) supply.pool.close();
	}
}

test("a call, and another right after it: no pair is made on the way to the keys", () =>
	withSupplied(["alice", "bob"], async (...ends) => {
		const [alice, bob] = ends;
		if (!alice || !bob) return;
		for (let n = 0; n < 3; n++) {
			await secured(alice.station, bob.station);
			alice.station.phone.hangup();
			await ended(alice.station, bob.station);
		}
		for (const { supply, station } of ends) {
			await until(`${station.name} has made new ones`, () => supply.full);
			equal(supply.madeInHandshake, 0, station.name);
			// Two kinds ahead, and one used in each call.
			equal(supply.made, 2 * KEY_PAIRS_READY + 3, station.name);
		}
	}));

test("two calls at once at one phone: no pair is made on the way to the keys of either", () =>
	withSupplied(["alice", "bob", "carol"], async (...ends) => {
		const [alice, bob, carol] = ends;
		if (!alice || !bob || !carol) return;
		for (const { station } of [bob, carol]) station.phone.dial(alice.station.uri);
		const calls = () => alice.station.phone.state.calls;
		await until("both ring", () => calls().filter(({ state }) => state === "ringing").length === 2);
		for (const { id } of calls()) alice.station.phone.answer(id);
		await until("two handshakes at once", () => calls().filter(({ securing }) => securing).length === 2);
		await until("both secure", () => [bob, carol].every(({ station }) => station.call.secureAfterMs !== undefined));
		await until("new pairs", () => ends.every(({ supply }) => supply.full));
		for (const { supply, station } of ends) equal(supply.madeInHandshake, 0, station.name);
		equal(
			ends.map(({ supply }) => supply.made - 2 * KEY_PAIRS_READY),
			[2, 1, 1],
			"one for each end of each call",
		);
	}));

test("without pairs made ahead a handshake makes its own, and the counter sees it", () => {
	const supply = new Supply();
	supply.pool.close();
	const alice = new Station("alice", { tone: 440, session: { provider: supply.provider } });
	supply.station = alice;
	const bob = new Station("bob");
	return withStations([alice, bob], async () => {
		await connect(alice, bob);
		await until("secure", () => alice.call.secureAfterMs !== undefined);
		ok(supply.madeInHandshake > 0);
	});
});
