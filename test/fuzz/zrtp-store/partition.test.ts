/**
 * Partitions that went wrong in any way: one flipped bit, cells of noise, a sector of another time, random content. The store
 * opens with records that were once written, or refuses in words and changes nothing; it never fails otherwise.
 */
import { print } from "board/process";
import { nativeProvider } from "crypto/native";
import { ok, test } from "test/harness";
import { MemoryFlash } from "test/unit/zrtp-store/memory-flash";
import { DEVICE_KEY_FILL, numbered, Seeded, stateOf } from "test/unit/zrtp-store/plain";
import { openStore, type Store, StoreError } from "zrtp-store/store";

const SECTORS = 3;
const PEERS = 8;

function open(flash: MemoryFlash, random: Seeded): Store {
	return openStore({
		flash,
		provider: nativeProvider,
		deviceKey: new Uint8Array(32).fill(DEVICE_KEY_FILL),
		random: random.bytes,
		now: () => 1_800_000_000_000,
	});
}

const damages: Readonly<Record<string, (bytes: Uint8Array, random: Seeded, former: Uint8Array) => void>> = {
	"one flipped bit": (bytes, random) => {
		const at = random.below(bytes.length);
		bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
	},
	"a few octets of noise": (bytes, random) =>
		bytes.set(random.bytes(1 + random.below(40)), random.below(bytes.length - 40)),
	"a cell somewhere else": (bytes, random) => {
		const [from, to] = [random.below(bytes.length / 16) * 16, random.below(bytes.length / 16) * 16];
		bytes.copyWithin(to, from, from + 16 * (1 + random.below(20)));
	},
	"a sector of an earlier time": (bytes, random, former) => {
		const at = random.below(SECTORS) * 4096;
		bytes.set(former.subarray(at, at + 4096), at);
	},
	"a sector in another's place": (bytes, random) => {
		const [from, to] = [random.below(SECTORS) * 4096, random.below(SECTORS) * 4096];
		bytes.copyWithin(to, from, from + 4096);
	},
	"random content": (bytes, random) => bytes.set(random.bytes(4096), random.below(SECTORS) * 4096),
	"the end is missing": (bytes, random) => bytes.fill(random.below(2) * 255, random.below(bytes.length)),
};

for (const [name, damage] of Object.entries(damages))
	test(name, () => {
		const random = new Seeded(name.length);
		const flash = new MemoryFlash(SECTORS, 4096, random);
		const written = new Set<string>();
		const store = open(flash, random);
		const call = (i: number) => {
			store.commit(numbered(12, i % PEERS), { rs1: random.bytes(32), verified: random.below(2) === 0, name: "N" });
			for (const line of stateOf(store)) written.add(line);
		};
		for (let i = 0; i < 30; i++) call(i);
		const former = flash.bytes.slice();
		for (let i = 0; i < 30; i++) call(i);
		const fork = new MemoryFlash(SECTORS, 4096, random);
		let [opened, refused, lost] = [0, 0, 0];
		for (let i = 0; i < 20; i++) {
			fork.copyFrom(flash);
			damage(fork.bytes, random, former);
			const before = fork.bytes.slice();
			try {
				const found = open(fork, random);
				for (const line of stateOf(found)) ok(written.has(line), `never written: ${line}`);
				if (name === "one flipped bit") ok(found.length >= PEERS - 1, `${found.length} of ${PEERS} after one bit`);
				lost += PEERS - found.length;
				opened++;
				found.commit(numbered(12, 77), { rs1: numbered(32, 1), verified: true });
				ok(open(fork, random).lookup(numbered(12, 77)), "it does not go on");
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				ok(/^[^\n]{20,}$/.test(error.message), error.message);
				ok(
					fork.bytes.every((octet, at) => octet === before[at]),
					`changed although refused: ${error.message}`,
				);
				refused++;
			}
		}
		print(`# ${name}: ${opened} opened, ${refused} refused, ${lost} records not read`);
	});
