/** A PBX in the middle: enrolment, the relayed SAS, and calls through it to different people (RFC 6189 sections 5.13, 7.3). */
import { toHex } from "bytes/hex";
import { lockOf } from "call/lock";
import { equal, ok, test } from "test/harness";
import { messageOf } from "test/unit/zrtp/exchange";
import { call } from "./call";
import { type Cache, Endpoint, type EndpointOptions } from "./endpoint";

const PBX = { mitm: true } as const;

/** A phone and its PBX, with what both keep from call to call. */
class Line {
	readonly phoneCache: Cache = new Map();
	readonly pbxCache: Cache = new Map();
	#seed: number;

	constructor(seed: number) {
		this.#seed = seed;
	}

	call(pbx: Partial<EndpointOptions> = PBX, phone: Partial<EndpointOptions> = {}): readonly [Endpoint, Endpoint] {
		this.#seed += 2;
		const ends = [
			new Endpoint("phone", { seed: this.#seed, cache: this.phoneCache, ...phone }),
			new Endpoint("gateway", { seed: this.#seed + 1, cache: this.pbxCache, ...pbx }),
		] as const;
		call(ends[0], ends[1], { seed: this.#seed });
		ok(ends[0].secureAt !== undefined && ends[1].secureAt !== undefined);
		return ends;
	}

	enrol(): void {
		const [phone] = this.call({ ...PBX, enrollment: true });
		phone.feed({ type: "enrolled", now: 1e5, accepted: true });
	}
}

/** Lets both say what they have to say. */
function exchange(a: Endpoint, b: Endpoint, now: number): void {
	for (let n = 0; n < 4; n++)
		for (const [from, to] of [
			[a, b],
			[b, a],
		] as const)
			for (const packet of from.take()) to.packet(now, packet);
}

const sashash = (n: number) => Uint8Array.from({ length: 32 }, (_, i) => (n * 31 + i * 7) & 255);
const pbxsecretOf = (cache: Cache) => [...cache.values()][0]?.pbxsecret;

/** What the display would say of this end. */
function lock({ sas, warnings, secureAt }: Endpoint) {
	return lockOf({
		keying: "zrtp",
		secure: secureAt !== undefined,
		alarmed: warnings.includes("helloHashMismatch"),
		retained: sas?.retained ?? "none",
		verified: sas?.verified === true,
		gateway: sas?.mitm === true,
	});
}

test("enrolment is put to the owner; accepted, both ends have the same pbxsecret", () => {
	const line = new Line(10);
	const [phone] = line.call({ ...PBX, enrollment: true });
	equal(phone.enrollments, ["test gateway"]);
	equal(phone.history.includes("savePbxsecret"), false, "not without the owner (section 7.3.1)");
	equal([phone.sas?.enrollment, phone.sas?.allowClear], [true, false]);
	phone.feed({ type: "enrolled", now: 1e5, accepted: true });
	const secret = pbxsecretOf(line.phoneCache);
	ok(secret);
	equal(toHex(secret), toHex(pbxsecretOf(line.pbxCache) ?? new Uint8Array(0)));
	const [again] = line.call({ ...PBX, enrollment: true });
	equal([again.enrollments, again.sas?.trustedMitm], [[], true], "who is trusted asks no more");
});

test("enrolment refused, or not answered: nothing is kept, and nothing relayed is believed", () => {
	for (const answer of [false, undefined]) {
		const line = new Line(20);
		const [phone] = line.call({ ...PBX, enrollment: true });
		if (answer !== undefined) phone.feed({ type: "enrolled", now: 1e5, accepted: answer });
		equal(pbxsecretOf(line.phoneCache), undefined);
		const [next] = line.call();
		equal(next.sas?.trustedMitm, false);
	}
});

test("a peer that is no device in the middle cannot ask to be enrolled", () => {
	const line = new Line(30);
	const [phone] = line.call({ enrollment: true });
	equal([phone.enrollments, phone.sas?.enrollment], [[], false]);
	phone.feed({ type: "enrolled", now: 1e5, accepted: true });
	equal(pbxsecretOf(line.phoneCache), undefined);
});

test("nobody is enrolled over a mismatch that the owner has not cleared up", () => {
	const line = new Line(40);
	line.call();
	line.pbxCache.clear();
	const [phone] = line.call({ ...PBX, enrollment: true });
	equal(phone.retained, "mismatch");
	phone.feed({ type: "enrolled", now: 1e5, accepted: true });
	equal(pbxsecretOf(line.phoneCache), undefined);
	ok(phone.warnings.includes("enrollmentUnsafe"));
	phone.feed({ type: "sasVerified", now: 1e5, verified: true });
	phone.feed({ type: "enrolled", now: 1e5, accepted: true });
	ok(pbxsecretOf(line.phoneCache));
});

test("pbxsecret goes into the keys: an enrolled phone's PBX is known by it, and by nothing else", () => {
	const line = new Line(50);
	line.enrol();
	equal(line.call()[0].sas?.trustedMitm, true);
	for (const [zid, { pbxsecret: _lost, ...record }] of line.pbxCache) line.pbxCache.set(zid, record);
	const [phone, pbx] = line.call();
	equal([phone.sas?.trustedMitm, phone.retained], [false, "match"]);
	equal(phone.sas?.text, pbx.sas?.text);
	const line2 = new Line(60);
	line2.enrol();
	equal(line2.call({})[0].sas?.trustedMitm, false, "without the M flag");
});

test("the relayed SAS is shown, the lock says gateway, and the far party is compared anew each time", () => {
	const line = new Line(70);
	line.enrol();
	const texts = new Set<string>();
	for (let person = 1; person <= 4; person++) {
		const [phone, pbx] = line.call();
		const own = phone.sas?.text;
		pbx.feed({ type: "relaySas", now: 1e5, sasType: "B32", sashash: sashash(person) });
		exchange(phone, pbx, 1e5);
		equal(pbx.wakeAt, undefined, "RelayACK came");
		ok(phone.sas);
		ok(phone.sas.relayed && phone.sas.text !== own);
		texts.add(phone.sas.text);
		equal([phone.retained, phone.warnings, phone.sas.verified], ["match", [], false], `person ${person}`);
		equal(lock(phone), "gateway");
		phone.feed({ type: "sasVerified", now: 1e5, verified: true });
		equal(phone.sas.verified, true);
		equal([...line.phoneCache.values()][0]?.verified, false, "the word was for this person");
	}
	equal(texts.size, 4);
});

test("a relay goes out by T2 until RelayACK, and ends", () => {
	const line = new Line(80);
	line.enrol();
	const [, pbx] = line.call();
	pbx.take();
	pbx.feed({ type: "relaySas", now: 1e5, sasType: "B32", sashash: sashash(1) });
	while (pbx.wakeAt !== undefined) pbx.feed({ type: "tick", now: pbx.wakeAt });
	const relays = pbx.take();
	equal(relays.length, 11);
	ok(relays.every((packet) => messageOf(packet).type === "SASrelay"));
	equal(pbx.session.state.name, "secure");
});

test("a relay from a device that is not enrolled is acknowledged, and its SAS never shown", () => {
	const line = new Line(90);
	const [phone, pbx] = line.call();
	const own = phone.sas?.text;
	pbx.feed({ type: "relaySas", now: 1e5, sasType: "B32", sashash: sashash(1) });
	exchange(phone, pbx, 1e5);
	equal([phone.sas?.text, phone.sas?.relayed, phone.warnings], [own, false, ["sasRelayIgnored"]]);
	equal(pbx.wakeAt, undefined, "RelayACK came all the same");
});

test("one who is not enrolled is told the rendering alone, by a sashash of zeros (section 7.3)", () => {
	const line = new Line(100);
	const [phone, pbx] = line.call();
	const own = phone.sas?.text;
	equal(phone.sas?.sasType, "B32");
	pbx.feed({ type: "relaySas", now: 1e5, sasType: "B256", sashash: new Uint8Array(32) });
	exchange(phone, pbx, 1e5);
	ok(phone.sas?.sasType === "B256" && phone.sas.text !== own && phone.sas.text.includes(" "));
	equal([phone.sas.relayed, phone.warnings], [false, []]);
});

test("an auxsecret that both ends have goes into the keys; one that differs, or is missing, does no harm", () => {
	const secret = sashash(5);
	const cases = [
		[secret, secret],
		[secret, sashash(6)],
		[secret, undefined],
		[undefined, secret],
	] as const;
	for (const [a, b] of cases) {
		const alice = new Endpoint("alice", { seed: 2, ...(a && { auxsecret: a }) });
		const bob = new Endpoint("bob", { seed: 3, ...(b && { auxsecret: b }) });
		call(alice, bob, { seed: 1 });
		ok(alice.sas && bob.sas && alice.sendKeys && bob.accepts(alice.sendKeys));
		equal(alice.sas.text, bob.sas.text);
		equal([alice.retained, alice.warnings, bob.warnings], ["none", [], []]);
	}
});
