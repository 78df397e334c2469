import { equal, ok, test } from "test/harness";
import { seededBytes } from "test/net/seeded";
import { Endpoint } from "test/net/zrtp/endpoint";
import {
	agreedLifetimeSec,
	matchS1,
	matchS2,
	matchS3,
	retainedStatus,
	rotate,
	secretId,
	secretIds,
} from "zrtp/secrets";
import type { RetainedSecrets } from "zrtp/store";

const mac = new Endpoint("any", { seed: 1 }).config.provider.hmacSha256;
const random = seededBytes(1);
const secret = (n: number) => new Uint8Array(32).fill(n);
const record = (rs1?: number, rs2?: number): RetainedSecrets => ({
	...(rs1 === undefined ? {} : { rs1: secret(rs1) }),
	...(rs2 === undefined ? {} : { rs2: secret(rs2) }),
	verified: false,
});

test("IDs differ by role, and what is not held gets a fresh random one (section 4.3)", () => {
	const a = secretIds(mac, random, "initiator", record(1));
	const b = secretIds(mac, random, "initiator", record(1));
	equal(a.rs1Id, secretId(mac, secret(1), "initiator"));
	equal(a.rs1Id.length, 8);
	equal(b.rs1Id, a.rs1Id);
	ok(a.rs1Id.join() !== secretIds(mac, random, "responder", record(1)).rs1Id.join());
	for (const key of ["rs2Id", "auxsecretId", "pbxsecretId"] as const) {
		equal(a[key].length, 8);
		ok(a[key].join() !== b[key].join(), key);
	}
});

test("s1 is the initiator's rs1 if the responder has it, else its rs2, else null (section 4.3)", () => {
	// [initiator rs1, rs2], [responder rs1, rs2], s1
	const rows: readonly (readonly [(number | undefined)[], (number | undefined)[], number | undefined])[] = [
		[[1, 2], [1, 2], 1],
		[[1, 2], [2, 1], 1],
		[[2, 1], [1, 2], 2],
		[[1, 2], [3, 1], 1],
		[[1, 2], [2, 3], 2],
		[[1, 2], [3, 2], 2],
		[[1, 2], [3, 4], undefined],
		[[1], [1], 1],
		[[1], [2, 1], 1],
		[[2, 1], [1], 1],
		[[1], [], undefined],
		[[], [1], undefined],
		[[], [], undefined],
	];
	for (const [i, r, s1] of rows) {
		const [initiator, responder] = [record(i[0], i[1]), record(r[0], r[1])];
		const fromInitiator = secretIds(mac, random, "initiator", initiator);
		const fromResponder = secretIds(mac, random, "responder", responder);
		const atInitiator = matchS1(mac, initiator, fromResponder, "responder");
		const atResponder = matchS1(mac, responder, fromInitiator, "initiator");
		const expected = s1 === undefined ? undefined : secret(s1);
		equal([atInitiator, atResponder], [expected, expected], JSON.stringify([i, r]));
	}
});

test("none, match and mismatch are three things (section 4.3.2)", () => {
	equal(retainedStatus(undefined, undefined), "none");
	equal(retainedStatus({ verified: false }, undefined), "none");
	equal(retainedStatus(record(1), secret(1)), "match");
	equal(retainedStatus(record(1), undefined), "mismatch");
	equal(retainedStatus({ ...record(1), expired: true }, undefined), "none", "section 4.9");
	equal(retainedStatus({ ...record(1), expired: true }, secret(1)), "match");
});

test("the old rs1 becomes rs2 (section 4.6.1)", () => {
	equal(rotate(undefined, secret(5), 0xffffffff, false), { rs1: secret(5), verified: false });
	equal(rotate(record(1), secret(5), 0xffffffff, true), { rs1: secret(5), rs2: secret(1), verified: true });
	equal(rotate(record(1, 2), secret(5), 3600, false), {
		rs1: secret(5),
		rs2: secret(1),
		verified: false,
		lifetimeSec: 3600,
	});
});

test("a lifetime of 0 stores nothing new and lets what is there expire (section 4.9)", () => {
	equal(agreedLifetimeSec(0xffffffff, 0), 0);
	equal(agreedLifetimeSec(10, 20), 10);
	equal(rotate(undefined, secret(5), 0, true), undefined);
	equal(rotate({ ...record(1, 2), verified: true }, secret(5), 0, false), {
		...record(1, 2),
		verified: true,
		lifetimeSec: 0,
	});
});

test("auxsecret and pbxsecret are known by IDs, the first bound to the sender's H3 (section 4.3.1)", () => {
	const h3 = secret(8);
	const held = { ...record(1), pbxsecret: secret(3) };
	const ids = secretIds(mac, random, "initiator", held, { secret: secret(2), h3 });
	equal(ids.auxsecretId, mac.compute(secret(2), h3).slice(0, 8));
	equal(ids.pbxsecretId, secretId(mac, secret(3), "initiator"));
	equal(matchS2(mac, { secret: secret(2), h3 }, ids), secret(2));
	equal(matchS2(mac, { secret: secret(2), h3: secret(9) }, ids), undefined, "another Hello");
	equal(matchS2(mac, { secret: secret(4), h3 }, ids), undefined);
	equal(matchS2(mac, undefined, ids), undefined);
	equal(matchS3(mac, held, ids, "initiator"), secret(3));
	equal(matchS3(mac, held, ids, "responder"), undefined, "reflected");
	equal(matchS3(mac, record(1), ids, "initiator"), undefined);
});

test("after a Preshared exchange rs2 stays what it was (section 4.6.1)", () => {
	equal(rotate(record(1, 2), secret(5), 0xffffffff, true, "Preshared"), {
		rs1: secret(5),
		rs2: secret(2),
		verified: true,
	});
});
