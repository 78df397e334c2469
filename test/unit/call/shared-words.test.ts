/** Whole phones on loopback: words that both owners have typed go into the keys of the call (RFC 6189 section 4.3). */
import { SharedWords } from "app/shared-words";
import { toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import { Log } from "log/log";
import { equal, ok, test } from "test/harness";
import { ended, secured, withPair } from "./pair";

function wordsOf(text: string): SharedWords {
	const log = new Log({ now: () => 0 }).area("zrtp");
	const words = new SharedWords({ provider: nativeProvider, log, later: (task) => task(), onChange: () => {} });
	const octets = utf8Encode(text);
	if (text !== "") equal(words.take(octets), undefined);
	equal(
		octets.every((octet) => octet === 0),
		true,
		"what was typed is wiped",
	);
	return words;
}

test("the same words at both ends match; other ones, or none, are said to those who have some, and change no lock", async () => {
	for (const [hers, his, herState, hisState] of [
		["Blauer Wal 7", "blauer wal7", "match", "match"],
		["Blauer Wal 7", "blauer wal 8", "mismatch", "mismatch"],
		["Blauer Wal 7", "", "mismatch", undefined],
		["", "", undefined, undefined],
	] as const) {
		const [a, b] = [wordsOf(hers), wordsOf(his)];
		await withPair(
			async (alice, bob) => {
				await secured(alice, bob);
				equal([alice.call.sharedWords, bob.call.sharedWords], [herState, hisState], `${hers} ${his}`);
				equal([alice.call.lock, bob.call.lock, alice.call.retained], ["closed", "closed", "none"]);
				equal(alice.call.sas, bob.call.sas);
				equal(alice.phone.state.sharedWords, hers === "" ? undefined : true);
				for (const { call } of [alice, bob])
					equal(
						call.notice?.startsWith("The shared words of the two phones") === true,
						call.sharedWords === "mismatch",
					);
				ok(!alice.said.includes(toHex(a.secret ?? hardwareRandom(8))));
				ok(!alice.said.toLowerCase().includes("blauer"));
			},
			{ auxsecret: () => a.secret },
			{ auxsecret: () => b.secret },
		);
	}
});

test("matching words do not excuse secrets that do not match (section 4.3.2)", () => {
	const words = wordsOf("blauer wal");
	const auxsecret = () => words.secret;
	return withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			alice.phone.hangup();
			await ended(alice, bob);
			alice.store.commit(bob.store.zid, { rs1: hardwareRandom(32), verified: true });
			await secured(alice, bob);
			equal([alice.call.sharedWords, alice.call.lock, alice.call.retained], ["match", "warning", "mismatch"]);
		},
		{ auxsecret },
		{ auxsecret },
	);
});

test("words that are forgotten or changed during a call change nothing of it; the next one goes without", () => {
	const words = wordsOf("blauer wal");
	return withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			equal(alice.call.sharedWords, "match");
			const { secret } = words;
			words.forget();
			words.forget();
			equal([secret, words.set], [new Uint8Array(32), false]);
			equal(alice.call.sharedWords, "match");
			alice.phone.hangup();
			await ended(alice, bob);
			await secured(alice, bob);
			equal([alice.call.sharedWords, alice.call.lock, alice.call.retained], [undefined, "closed", "match"]);
		},
		{ auxsecret: () => words.secret },
		{ auxsecret: () => words.secret },
	);
});
