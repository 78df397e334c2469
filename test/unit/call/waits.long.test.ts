/**
 * A far end that falls silent at each moment of a key exchange, as one does that is slow, broken or cut off: every wait of
 * RFC 6189 section 6 ends in a lock, a sentence and a microphone that say the same.
 */
import { equal, ok, test } from "test/harness";
import { Caller, EngineMedia, laboratory } from "./laboratory";
import { Station, sleep, until } from "./pair";

/** The message after which nothing is heard of it any more, and whether it begins (and commits) itself. */
const MOMENTS = ["Hello", "HelloACK", "Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2"] as const;

async function falling(moment: (typeof MOMENTS)[number], number: number): Promise<string> {
	let outcome = "";
	const bob = new Station(`bob${number}`, { tone: 440 });
	await laboratory(bob, async (open) => {
		// Both roles are tried: who commits depends on who is first, and the seeds differ.
		const media = open(new EngineMedia("alice", { seed: 300 + number }));
		media.fallsSilentAfter = [moment];
		await open(new Caller(bob, "alice")).call(media);
		await until("the wait ends", () => bob.call.keying === "zrtp" || !bob.call.securing, 60_000);
		// A phone that is secure already has what it needs: the other end lacks an answer only.
		if (bob.call.keying === "zrtp") {
			outcome = "secure";
			equal(bob.call.lock, "closed");
			return;
		}
		outcome = bob.call.notice ?? "";
		equal(bob.call.lock, "warning", moment);
		ok(/^No keys were agreed: .*The microphone stays off\.$/.test(outcome), `${moment}: ${outcome}`);
		const heard = media.heard;
		await sleep(200);
		equal(media.heard, heard, `${moment}: nothing leaves`);
		equal(bob.call.stats?.clearSent, 0);
		equal([bob.call.question, bob.store.length], [undefined, 0]);
	});
	return outcome;
}

test(
	"the far end falls silent after each message: the wait ends, and what is shown is what is done",
	async () => {
		const outcomes = await Promise.all(MOMENTS.map((moment, number) => falling(moment, number)));
		ok(outcomes.filter((outcome) => outcome !== "secure").length >= 3, outcomes.join("\n"));
	},
	{ timeoutMs: 90_000 },
);

test(
	"GoClear that nobody answers ends encryption all the same, and Commit that nobody answers ends in words",
	() => {
		const bob = new Station("bob", { tone: 440, session: { allowClear: true } });
		return laboratory(bob, async (open) => {
			const media = open(new EngineMedia("alice", { seed: 400, allowClear: true }));
			await open(new Caller(bob, "alice")).call(media);
			await until("secure", () => bob.call.keying === "zrtp" && media.end.secureAt !== undefined);
			media.deaf = true;
			ok(bob.phone.encrypt(false));
			equal([bob.call.clear, bob.call.lock], ["asked", "open"]);
			ok(bob.call.notice?.includes("the microphone is off until the other phone agrees"), bob.call.notice);
			await sleep(1000);
			equal(bob.call.stats?.clearSent, 0);
			await until("the end of the schedule", () => bob.call.clear === "done", 15_000);
			ok(bob.call.notice?.startsWith("You ended encryption"), bob.call.notice);
			await until("voice", () => (bob.call.stats?.clearSent ?? 0) > 3);
			ok(bob.phone.encrypt(true));
			equal([bob.call.securing, bob.call.lock], [true, "open"]);
			const sent = bob.call.stats?.clearSent;
			await until("the end of that schedule", () => !bob.call.securing, 40_000);
			equal([bob.call.lock, bob.call.stats?.clearSent], ["warning", sent]);
			ok(bob.call.notice?.startsWith("No keys were agreed"), bob.call.notice);
		});
	},
	{ timeoutMs: 90_000 },
);

test(
	"a far end that began, fell silent and begins anew without a word in SIP: no dead end, and a warning until there are keys",
	() => {
		const bob = new Station("bob", { tone: 440 });
		return laboratory(bob, async (open) => {
			const media = open(new EngineMedia("alice", { seed: 500 }));
			media.fallsSilentAfter = ["HelloACK"];
			await open(new Caller(bob, "alice")).call(media, { hash: undefined });
			await until("the wait ends", () => !bob.call.securing, 40_000);
			equal([bob.call.lock, bob.call.keying], ["warning", "none"]);
			media.fallsSilentAfter = [];
			media.deaf = false;
			media.restart("alice", { seed: 501 });
			await sleep(500);
			equal(bob.call.lock, "warning", "a Hello proves nothing");
			await until("keys", () => bob.call.keying === "zrtp" && media.end.secureAt !== undefined);
			equal([bob.call.lock, bob.call.sas, bob.call.notice], ["closed", media.end.sas?.text, undefined]);
			const before = media.heard;
			await until("voice", () => media.heard > before + 3);
			equal(bob.call.stats?.clearSent, 0);
		});
	},
	{ timeoutMs: 90_000 },
);
