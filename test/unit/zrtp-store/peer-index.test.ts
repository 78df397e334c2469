/** What the index of peers takes in memory, and that a full store never costs a known peer its secret. */
import { nativeProvider } from "crypto/native";
import { equal, ok, test } from "test/harness";
import { PeerIndex } from "zrtp-store/peer-index";
import { openStore } from "zrtp-store/store";
import { MemoryFlash } from "./memory-flash";
import { numbered, Seeded } from "./plain";

test("at most 24 bytes of memory a peer, 1,000 peers", () => {
	const index = new PeerIndex();
	for (let i = 0; i < 1000; i++)
		index.set(numbered(12, i), { offset: 16 * i, byteLength: 160, sequence: i, verified: i % 3 === 0 });
	equal(index.length, 1000);
	ok(index.byteLength <= 24 * 1000, `${index.byteLength} bytes`);
	for (let i = 0; i < 1000; i += 37) equal(index.get(numbered(12, i))?.offset, 16 * i);
});

test("a store that is full of verified peers refuses a new one, and renews every one it has: addresses go first", () => {
	const random = new Seeded(3);
	const flash = new MemoryFlash(3, 4096, random);
	const warnings: string[] = [];
	const store = openStore({
		flash,
		provider: nativeProvider,
		deviceKey: new Uint8Array(32).fill(1),
		random: random.bytes,
		now: () => 1_800_000_000_000,
		onWarning: (text) => warnings.push(text),
	});
	const commit = (i: number, address: string) =>
		store.commit(numbered(12, i), { rs1: numbered(32, i), rs2: numbered(32, i + 1), verified: true, address });
	let peers = 0;
	try {
		for (; ; peers++) commit(peers, `sip:${peers}@example.org`);
	} catch (error) {
		equal(String(error), `StoreError: no room is left for another peer, and all ${peers} are verified`);
	}
	ok(peers >= 30, `${peers} peers`);
	for (let round = 0; round < 4; round++)
		for (let i = 0; i < peers; i++) {
			commit(i, `sip:${i}@${String.fromCharCode(97 + round).repeat(60)}.example.org`);
			store.rename(numbered(12, i), "N".repeat(64));
		}
	equal(store.length, peers);
	for (let i = 0; i < peers; i++) equal(store.lookup(numbered(12, i))?.rs1, numbered(32, i), `peer ${i}`);
	equal(warnings, []);
});
