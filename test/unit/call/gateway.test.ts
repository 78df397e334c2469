/**
 * A whole phone and a PBX in the middle that is made of two engines: enrolment, relayed words, different people behind
 * one gateway, the end of the trust, and a PBX that only looks enrolled (RFC 6189 section 7.3).
 */
import { KnownPhones } from "app/known-phones";
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { call } from "test/net/zrtp/call";
import { type Cache, Endpoint } from "test/net/zrtp/endpoint";
import { Caller, EngineMedia, laboratory } from "./laboratory";
import { HOME, Station, until } from "./pair";

let seed = 100;
const nextSeed = (): number => {
	seed += 1;
	return seed;
};

/** The leg of a PBX towards a far party, and their words. */
function far(name: string) {
	const party = new Endpoint(name, { seed: nextSeed() });
	const pbx = new Endpoint("pbx", { seed: nextSeed(), mitm: true });
	call(party, pbx, { seed });
	const { continuity } = pbx.session;
	ok(party.sas && continuity);
	return { words: party.sas.text, sashash: continuity.sashash };
}

/** Calls through the PBX; its cache goes from call to call. */
async function through(
	bob: Station,
	open: <T extends { close(): void }>(part: T) => T,
	cache: Cache,
	more: { readonly enrollment?: boolean; readonly user?: string } = {},
): Promise<EngineMedia> {
	const { enrollment = false, user = "alice" } = more;
	const media = open(
		new EngineMedia("pbx", { seed: nextSeed(), cache, mitm: true, enrollment, clientId: "Office PBX" }),
	);
	const caller = open(new Caller(bob, user));
	await caller.call(media);
	await until("secure", () => bob.call.keying === "zrtp" && media.end.secureAt !== undefined);
	return media;
}

async function hangUp(bob: Station): Promise<void> {
	bob.phone.hangup();
	await until("ended", () => bob.call.state === "ended");
}

async function enrol(bob: Station, open: <T extends { close(): void }>(part: T) => T, cache: Cache): Promise<void> {
	await through(bob, open, cache, { enrollment: true, user: "enrol" });
	bob.phone.decide("enrollment", true);
	await hangUp(bob);
}

const pbxOf = (bob: Station) => bob.store.list().find(({ hasPbxSecret }) => hasPbxSecret === true);

test("a PBX asks to be trusted: in words, the call goes on; accepted, both keep the same key", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const cache: Cache = new Map();
		const media = await through(bob, open, cache, { enrollment: true });
		const { question, lock, state } = bob.call;
		equal([question?.about, lock, state], ["enrollment", "gateway", "connected"]);
		ok(
			question?.text.includes('"Office PBX" asks to be trusted') && question.text.includes("could listen"),
			question?.text,
		);
		equal(pbxOf(bob), undefined, "no answer is no");
		await until("voice", () => media.heard > 3);
		bob.phone.decide("cleared", true);
		ok(bob.call.question, "the answer to another question answers nothing");
		bob.phone.decide("enrollment", true);
		equal(bob.call.question, undefined);
		ok(bob.call.notice?.includes("trusts the gateway from the next call on"), bob.call.notice);
		const kept = bob.store.lookup(media.end.zid)?.pbxsecret;
		ok(kept);
		equal(toHex(kept), toHex(cache.get(toHex(bob.store.zid))?.pbxsecret ?? new Uint8Array(0)));
		ok(!bob.said.includes(toHex(kept)), "and no log has it");
		await hangUp(bob);
		await through(bob, open, cache, { enrollment: true });
		equal([bob.call.question, bob.call.gateway?.trusted], [undefined, true], "who is trusted asks no more");
	});
});

test("refused, or the phone hung up without an answer: nothing is kept", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const cache: Cache = new Map();
		await through(bob, open, cache, { enrollment: true });
		bob.phone.decide("enrollment", false);
		equal([bob.call.question, bob.call.notice], [undefined, undefined]);
		await hangUp(bob);
		await through(bob, open, cache, { enrollment: true });
		ok(bob.call.question);
		await hangUp(bob);
		bob.phone.decide("enrollment", true);
		equal(pbxOf(bob), undefined);
		await through(bob, open, cache);
		equal(bob.call.gateway, { name: "Office PBX", trusted: false, relayed: false });
	});
});

test("nobody is trusted over a mismatch before the words were compared, and afterwards the question still stands", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const cache: Cache = new Map();
		await through(bob, open, cache);
		await hangUp(bob);
		const media = await through(bob, open, new Map(), { enrollment: true });
		equal([bob.call.lock, bob.call.retained], ["warning", "mismatch"]);
		bob.phone.decide("enrollment", true);
		equal(bob.call.question?.about, "enrollment");
		ok(bob.call.notice?.startsWith("Before the gateway is trusted, compare the words"), bob.call.notice);
		equal(pbxOf(bob), undefined);
		bob.phone.verify(true);
		bob.phone.decide("enrollment", true);
		equal([bob.call.question, bob.store.lookup(media.end.zid)?.pbxsecret?.length], [undefined, 32]);
	});
});

test("an enrolled PBX relays the words of different people: shown, gateway, nobody is taken for another, no warning", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const cache: Cache = new Map();
		await enrol(bob, open, cache);
		for (const user of ["carol", "dave"]) {
			const { words, sashash } = far(user);
			const media = await through(bob, open, cache, { user });
			const own = bob.call.sas;
			media.relay(sashash);
			await until("relayed", () => bob.call.gateway?.relayed === true);
			equal([bob.call.sas, bob.call.lock, bob.call.retained, bob.call.notice], [words, "gateway", "match", undefined]);
			ok(own !== words);
			equal([bob.call.peerName, bob.call.verified], [`${user}@${HOME}`, false]);
			bob.phone.verify(true, user.toUpperCase());
			equal([bob.call.lock, bob.call.verified, bob.call.peerName], ["gateway", true, user.toUpperCase()]);
			await until("RelayACK", () => media.came.includes("RelayACK"));
			await hangUp(bob);
		}
		const pbx = pbxOf(bob);
		equal([pbx?.name, pbx?.verified], [undefined, false], "names and words were the far party's");
		equal(pbx?.addresses, [], "and so were the addresses");
	});
});

test("the owner's name for the gateway is the gateway's, not that of whoever calls through it", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const cache: Cache = new Map();
		await enrol(bob, open, cache);
		const zid = pbxOf(bob)?.zid;
		ok(zid && bob.store.rename(zid, "Head office"));
		await through(bob, open, cache, { user: "carol" });
		equal([bob.call.gateway?.name, bob.call.peerName], ["Head office", `carol@${HOME}`]);
	});
});

test("the trust is ended from the list of known phones: what the PBX relays then is not shown", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const cache: Cache = new Map();
		await enrol(bob, open, cache);
		const known = new KnownPhones({
			store: bob.store,
			tools: undefined,
			file: { path: "", read: () => undefined, write: () => {} },
			eraseAll: () => {},
			onErased: () => {},
			inCall: () => bob.phone.state.calls.some(({ state }) => state !== "ended"),
			wallClock: () => 0,
			log: bob.log.area("store"),
			later: () => {},
			onChange: () => {},
		});
		const [shown] = known.list();
		equal(shown?.gateway, true);
		equal(known.unenroll(shown?.zid ?? ""), undefined);
		equal(known.list()[0]?.gateway, undefined);
		const media = await through(bob, open, cache);
		ok(known.unenroll(shown?.zid ?? "")?.includes("not during a call"));
		const own = bob.call.sas;
		equal([bob.call.gateway?.trusted, bob.call.retained], [false, "match"]);
		media.relay(far("carol").sashash);
		await until("RelayACK", () => media.came.includes("RelayACK"));
		equal([bob.call.sas, bob.call.gateway?.relayed, bob.call.lock], [own, false, "gateway"]);
		ok(bob.call.notice?.includes("does not trust it and shows its own"), bob.call.notice);
		ok(bob.call.remarks?.some((text) => text.includes("named other words")));
	});
});

test("a PBX that only looks enrolled: another one with its ZID relays nothing, and the lock warns", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		await enrol(bob, open, new Map());
		const media = await through(bob, open, new Map());
		const own = bob.call.sas;
		media.relay(far("carol").sashash);
		await until("RelayACK", () => media.came.includes("RelayACK"));
		equal([bob.call.sas, bob.call.gateway?.relayed, bob.call.lock], [own, false, "warning"]);
		ok(bob.call.notice?.includes("compare the words"), bob.call.notice);
	});
});

test("what is on the screen comes from the far end in words alone: a PBX with a hostile name", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const media = open(
			new EngineMedia("pbx", { seed: nextSeed(), mitm: true, enrollment: true, clientId: 'x"\u0007<b>é' }),
		);
		await open(new Caller(bob, "alice")).call(media);
		await until("asked", () => bob.call.question !== undefined);
		ok(/^[ -~]*$/.test(bob.call.question?.text ?? "\u0000"), bob.call.question?.text);
	});
});

test("a peer that discloses its keys: said in the call, for as long as it lasts; our own phone never says so of itself", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const cache: Cache = new Map();
		for (const disclosure of [true, false]) {
			const media = open(new EngineMedia("alice", { seed: nextSeed(), cache, disclosure }));
			await open(new Caller(bob, "alice")).call(media);
			await until("secure", () => bob.call.keying === "zrtp" && media.end.secureAt !== undefined);
			equal([bob.call.disclosure, bob.call.lock], [disclosure ? true : undefined, "closed"]);
			equal(bob.call.notice?.includes("may give the keys of this call to somebody else") === true, disclosure);
			equal(media.end.sas?.disclosure, false);
			await hangUp(bob);
		}
	});
});
