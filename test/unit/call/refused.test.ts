/** A change of a call that this phone refuses leaves everything as it was (RFC 3261 section 14.2), the keys above all. */
import { equal, test } from "test/harness";
import { Caller, describe, EngineMedia, laboratory } from "./laboratory";
import { Station, until } from "./pair";

test("an offer of somebody else that this phone refuses takes no keys away", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 71 }));
		const carol = open(new EngineMedia("carol", { seed: 72 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await until("secure", () => bob.call.keying === "zrtp" && alice.end.secureAt !== undefined);
		bob.phone.verify(true, "Alice");
		const { sas } = bob.call;
		const unusable = describe(carol).replace("RTP/AVP 8 0", "RTP/AVP 97");
		await caller.refused(unusable);
		equal([bob.call.lock, bob.call.sas, bob.call.peerName, bob.call.securing], ["verified", sas, "Alice", false]);
		const before = alice.heard;
		await until("voice", () => alice.heard > before + 3);
	});
});
