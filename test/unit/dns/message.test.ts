/** Questions and answers of the DNS: what is read, what is left out, and what no honest name server sends. */
import { type Answer, DNS_TYPE, encodeQuestion, readAnswer } from "dns/message";
import { equal, ok, test, throws } from "test/harness";
import { answerTo, type Message, nameBytes, naptr, type Resource, srv, u16 } from "./answers";

const NAME = "_sips._tcp.phones.example";
const ID = 7;

const read = (message: Omit<Message, "name"> & { readonly name?: string }): Answer =>
	readAnswer(answerTo({ name: NAME, ...message }), ID, NAME, message.type ?? DNS_TYPE.SRV);
const targets = (records: readonly Resource[]): string[] => {
	const answer = read({ records });
	ok(answer.type === "records", answer.type);
	return answer.records.map((record) => ("target" in record ? record.target : record.replacement));
};

test("a question as RFC 1035 writes it", () => {
	equal(
		encodeQuestion(0x1234, "a.example.", DNS_TYPE.SRV),
		new Uint8Array([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...nameBytes("a.example"), 0, 33, 0, 1]),
	);
	const label = "a".repeat(63);
	equal(encodeQuestion(0, `${label}.${label}.${label}.${"b".repeat(61)}`, DNS_TYPE.NAPTR).length, 12 + 255 + 4);
	for (const name of [
		"",
		".",
		"a..b",
		`${"a".repeat(64)}.example`,
		"ä.example",
		"a b",
		"a\0b",
		`${`${label}.`.repeat(4)}b`,
	])
		throws(() => encodeQuestion(0, name, DNS_TYPE.SRV), RangeError);
});

test("SRV and NAPTR records, with the shortest time of all", () => {
	equal(read({ records: [srv(10, 5, 5061, "up.example"), srv(20, 0, 5071, "", { ttlSec: 30 })] }), {
		type: "records",
		records: [
			{ priority: 10, weight: 5, port: 5061, target: "up.example" },
			{ priority: 20, weight: 0, port: 5071, target: "" },
		],
		ttlSec: 30,
	});
	equal(read({ type: DNS_TYPE.NAPTR, records: [naptr(50, 60, "s", "SIPS+D2T", NAME)] }), {
		type: "records",
		records: [{ order: 50, preference: 60, flags: "s", service: "SIPS+D2T", replacement: NAME }],
		ttlSec: 300,
	});
});

test("letters may change their case, names may be compressed and aliases", () => {
	const shouted = answerTo({ name: NAME.toUpperCase(), records: [srv(1, 1, 1, "UP.Example")] });
	equal(readAnswer(shouted, ID, NAME, DNS_TYPE.SRV), {
		type: "records",
		records: [{ priority: 1, weight: 1, port: 1, target: "up.example" }],
		ttlSec: 300,
	});
	// "_sips" is five letters: its parent stands six octets on.
	equal(targets([{ type: DNS_TYPE.SRV, data: [0, 1, 0, 1, 0, 1, 2, 0x75, 0x70, 0xc0, 12 + 6 + 5] }]), [
		"up.phones.example",
	]);
	const alias: Resource = { type: DNS_TYPE.CNAME, data: nameBytes("there.example") };
	equal(targets([alias, srv(1, 1, 1, "up.example", { owner: nameBytes("there.example") })]), ["up.example"]);
	equal(targets([alias, srv(1, 1, 1, "up.example", { owner: nameBytes("elsewhere.example") })]), []);
});

test("no such name, no such records, another server's trouble", () => {
	equal(read({ flags: 0x8183 }), { type: "records", records: [], ttlSec: 60 });
	equal(read({}), { type: "records", records: [], ttlSec: 60 });
	for (const code of [1, 2, 4, 5, 15]) equal(read({ flags: 0x8180 | code }), { type: "failed" });
	equal(read({ flags: 0x8380, records: [srv(1, 1, 1, "up.example")] }), { type: "truncated" });
});

test("what answers another question is foreign", () => {
	const records = [srv(1, 1, 5061, "evil.example")];
	equal(read({ id: 8, records }).type, "foreign");
	equal(read({ name: "_sips._tcp.other.example", records }).type, "foreign");
	equal(readAnswer(answerTo({ name: NAME, type: DNS_TYPE.NAPTR, records }), ID, NAME, DNS_TYPE.SRV).type, "foreign");
	equal(read({ flags: 0x0180, records }).type, "foreign", "a question, not an answer");
	equal(read({ flags: 0xa980, records }).type, "foreign", "another operation");
	for (const questions of [0, 2, 65535]) equal(read({ questions, records }).type, "foreign");
	for (let length = 0; length < 12; length++)
		equal(readAnswer(answerTo({ name: NAME, records }).subarray(0, length), ID, NAME, DNS_TYPE.SRV).type, "foreign");
});

test("records of another name, class or type do not count", () => {
	equal(targets([srv(1, 1, 1, "evil.example", { owner: nameBytes("other.example") })]), []);
	equal(targets([srv(1, 1, 1, "evil.example", { class: 3 })]), []);
	equal(targets([naptr(1, 1, "s", "SIP+D2U", "evil.example")]), []);
	equal(targets([srv(1, 1, 1, "evil.example"), srv(1, 1, 1, "up.example")]).length, 2);
});

test("names that are none of a host leave their record out, and the others stay", () => {
	const bad = [
		[1, 0x2e, 0], // a label that is a dot
		[3, 0x61, 0, 0x62, 0], // with a zero in it
		[2, 0xc3, 0xa4, 0],
		[0x40, 0x61, 0], // neither a length nor a pointer
		[0x80, 0x61, 0],
		[64, ...Array.from({ length: 64 }, () => 0x61), 0],
		[...Array.from({ length: 130 }, () => [1, 0x61]).reduce((all, some) => all.concat(some), []), 0], // 260 octets
		[5, 0x61], // over the record's end
		[], // nothing at all
	];
	for (const name of bad)
		equal(targets([{ type: DNS_TYPE.SRV, data: [0, 1, 0, 1, 0, 1, ...name] }, srv(1, 1, 1, "up.example")]), [
			"up.example",
		]);
});

test("pointers that loop, lead ahead or out end", () => {
	const start = answerTo({ name: NAME }).length;
	// Where the target of the first record stands: behind its owner, ten octets of its own, and three numbers.
	const at = start + 12 + 6;
	const pointer = (to: number): number[] => [0xc0 | (to >> 8), to & 0xff];
	const pointing = (to: number): Resource => ({ type: DNS_TYPE.SRV, data: [0, 1, 0, 1, 0, 1, ...pointer(to)] });
	for (const to of [at, at + 1, at + 2, 0x3fff]) equal(targets([pointing(to)]), [], `to ${to}`);
	equal(targets([pointing(12)]), [NAME]);
	equal(targets([{ ...pointing(12), owner: pointer(start) }]), [], "an owner that points at itself");
	// A name that comes back to its own begin by way of a label.
	equal(targets([{ type: DNS_TYPE.SRV, data: [0, 1, 0, 1, 0, 1, 1, 0x61, ...pointer(at)] }]), []);
	// Pointers in a row, each to the one before: a few are followed.
	for (const [count, expected] of [
		[10, ["end.example"]],
		[2000, []],
	] as const) {
		const chain = nameBytes("end.example");
		const origin = start + 12;
		let last = origin;
		for (let i = 0; i < count; i++) {
			const here = origin + chain.length;
			chain.push(...pointer(last));
			last = here;
		}
		equal(targets([{ type: 99, data: chain }, pointing(last)]), expected);
	}
});

test("lengths beyond the end are the server's failure", () => {
	const whole = answerTo({ name: NAME, records: [srv(1, 1, 5061, "up.example"), srv(2, 1, 5061, "up2.example")] });
	for (let length = answerTo({ name: NAME }).length; length < whole.length; length++) {
		const answer = readAnswer(whole.subarray(0, length), ID, NAME, DNS_TYPE.SRV);
		equal(answer.type, "failed", `${length} of ${whole.length} octets`);
	}
	equal(read({ records: [srv(1, 1, 1, "up.example", { byteLength: 0xffff })] }).type, "failed");
	equal(read({ answers: 65535, records: [srv(1, 1, 1, "up.example")] }).type, "failed");
});

test("64 KB, thousands of records: eight are taken, and no more than 128 looked at", () => {
	const one = srv(1, 1, 1, "a.example");
	const many = Array.from({ length: 2000 }, () => one);
	const answer = read({ records: many });
	ok(answer.type === "records");
	equal(answer.records.length, 8);
	const others = Array.from({ length: 2000 }, (): Resource => ({ type: 1, data: [1, 2, 3, 4] }));
	equal(targets([...others, one]), [], "the one behind 2,000 others is not waited for");
	const padded = answerTo({ name: NAME, records: [one, { type: 16, data: Array.from({ length: 65000 }, () => 0) }] });
	ok(padded.length > 65000);
	equal(readAnswer(padded, ID, NAME, DNS_TYPE.SRV).type, "records");
});

test("strings of NAPTR that are too long, not to be shown, or an expression", () => {
	const naptrs = (records: readonly Resource[]): number => {
		const answer = read({ type: DNS_TYPE.NAPTR, records });
		ok(answer.type === "records");
		return answer.records.length;
	};
	equal(naptrs([naptr(1, 1, "12345678", "SIP+D2U", "a.example")]), 0);
	equal(naptrs([naptr(1, 1, "s", "x".repeat(32), "a.example")]), 0);
	equal(naptrs([naptr(1, 1, "s", "SIP D2U", "a.example")]), 0);
	equal(naptrs([naptr(1, 1, "u", "SIP+D2U", "", "!^.*$!sip:x@y!")]), 0);
	equal(naptrs([{ type: DNS_TYPE.NAPTR, data: [...u16(1), ...u16(1), 200, 0x73] }]), 0);
	equal(naptrs([{ type: DNS_TYPE.NAPTR, data: u16(1) }]), 0);
});

test("a time with its first bit set is none", () => {
	const answer = read({ records: [srv(1, 1, 1, "up.example", { ttlSec: 0x80000001 })] });
	ok(answer.type === "records");
	equal(answer.ttlSec, 0);
});
