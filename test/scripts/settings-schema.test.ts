/** The JSON Schema that ships and the phone's own check: both must say the same of every config, good or bad. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Setting } from "../../modules/settings/types";
import { root } from "../../scripts/builder/paths";
import { generated, generatedFiles, loadRoom, staleness } from "../../scripts/checks/generated";

const { check } = await loadRoom<typeof import("settings/check")>("settings/check");
const { TABLE } = await loadRoom<typeof import("settings/table")>("settings/table");
const schema = JSON.parse(readFileSync(join(root, "modules/settings/config.schema.json"), "utf8"));
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Both opinions, which must be one. */
function judged(config: Json): boolean {
	const bySchema = validate(config);
	const { settings, faults } = check(config);
	const byPhone = settings !== undefined;
	assert.equal(
		byPhone,
		bySchema,
		`${JSON.stringify(config)}\nthe phone: ${JSON.stringify(faults)}\nthe schema: ${JSON.stringify(validate.errors)}`,
	);
	return byPhone;
}

const FULL: Json = {
	$schema: "./config.schema.json",
	account: {
		aor: "sip:alice@example.org",
		displayName: "Alice",
		registrar: "pbx.example.org:5070",
		outboundProxy: "192.0.2.1",
		username: "alice",
		password: "correct horse",
		expiresSec: 60,
	},
	peers: [
		{ name: "Bob", uri: "sip:bob@example.org" },
		{ name: "Zoë 📞", uri: "sips:zoe@192.0.2.9:5061" },
	],
	sip: { port: 0, autoAnswer: true },
	rtp: { port: 7078 },
	zrtp: {
		enabled: true,
		mandatory: true,
		keyAgreements: ["DH3k", "X255"],
		hashes: ["S256"],
		ciphers: ["AES3", "AES1"],
		authTags: ["HS32"],
		sasTypes: ["B256", "B32"],
	},
	audio: { codecs: ["PCMU"], microphone: "tone:440" },
	ui: { title: "Hall" },
	log: { zrtp: "trace", sip: "off" },
};

test("a config with every setting, and the empty one, are good", () => {
	assert.equal(judged({}), true);
	assert.equal(judged(FULL), true);
});

const BAD: readonly Json[] = [
	null,
	[],
	"{}",
	1,
	true,
	{ acount: {} },
	{ account: {} },
	{ account: null },
	{ account: [] },
	{ account: { aor: "alice@example.org" } },
	{ account: { aor: "sip:alice" } },
	{ account: { aor: "sip:a@b", registrar: "h:0" } },
	{ account: { aor: "sip:a@b", registrar: "h:65536" } },
	{ account: { aor: "sip:a@b", registrar: "h:99999" } },
	{ account: { aor: "sip:a@b", registrar: "http://h" } },
	{ account: { aor: "sip:a@b", expiresSec: 29 } },
	{ account: { aor: "sip:a@b", expiresSec: 60.5 } },
	{ account: { aor: "sip:a@b", password: 1234 } },
	{ account: { aor: "sip:a@b", displayName: "x".repeat(81) } },
	{ account: { aor: "sip:a@b", displayName: "📞".repeat(81) } },
	{ peers: {} },
	{ peers: [{}] },
	{ peers: [{ name: "Bob" }] },
	{ peers: [{ uri: "sip:bob@example.org" }] },
	{ peers: [{ name: "Bob", uri: "sip:b@c", extra: 1 }] },
	{ peers: Array.from({ length: 33 }, () => ({ name: "Bob", uri: "sip:b@c" })) },
	{ sip: { port: -1 } },
	{ sip: { port: 65536 } },
	{ sip: { port: "5060" } },
	{ sip: { autoAnswer: 1 } },
	{ rtp: { port: 7079 } },
	{ zrtp: { keyAgreements: [] } },
	{ zrtp: { keyAgreements: ["X255"] } },
	{ zrtp: { keyAgreements: ["DH3k", "DH3k"] } },
	{ zrtp: { keyAgreements: ["DH3k", "E414"] } },
	{ zrtp: { keyAgreements: "DH3k" } },
	{ zrtp: { hashes: ["S384"] } },
	{ zrtp: { ciphers: ["AES3"] } },
	{ zrtp: { sasTypes: ["B256"] } },
	{ zrtp: { enabled: "yes" } },
	{ zrtp: { enabled: null } },
	{ audio: { codecs: ["G722"] } },
	{ audio: { microphone: "tone:0" } },
	{ audio: { microphone: "wav:" } },
	{ log: { zrtp: "loud" } },
	{ log: { everything: "trace" } },
	{ log: "trace" },
];

test("each kind of fault is one for both", () => {
	for (const config of BAD) assert.equal(judged(config), false, JSON.stringify(config));
});

test("the longest names are good when they are counted in characters", () => {
	assert.equal(judged({ account: { aor: "sip:a@b", displayName: "📞".repeat(80) } }), true);
	assert.equal(judged({ sip: { port: 5060.0 } }), true);
});

test("five thousand damaged configs", () => {
	const random = seeded(2026);
	const counts = { good: 0, bad: 0 };
	for (let round = 0; round < 5000; round++) {
		let config: Json = structuredClone(FULL);
		for (let blows = random(4); blows >= 0; blows--) config = damaged(config, random);
		if (judged(config)) counts.good++;
		else counts.bad++;
	}
	assert.ok(counts.good > 200 && counts.bad > 200, JSON.stringify(counts));
});

test("members that every object inherits are unknown settings", () => {
	for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
		const config = JSON.parse(`{${JSON.stringify(name)}: {}}`) as Json;
		assert.equal(judged(config), false, name);
	}
});

test("a hostile config names few faults", () => {
	const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
	const { faults } = check({ ...many, zrtp: { keyAgreements: ["no", "no", "no"], hashes: [1] } });
	assert.ok(faults && faults.length > 0 && faults.length <= 20);
});

test("every setting has its row in the page and its place in the schema", async () => {
	const [[, page] = ["", ""]] = await generatedFiles();
	for (const [name, member] of Object.entries(TABLE.members)) {
		assert.ok(name in schema.properties, name);
		if (member.type !== "group") continue;
		for (const [inner, setting] of Object.entries<Setting>(member.members)) {
			assert.ok(inner in schema.properties[name].properties, `${name}.${inner}`);
			// A group inside a group has a row for each of its own.
			const rows = setting.type === "group" ? Object.keys(setting.members).map((each) => `${inner}.${each}`) : [inner];
			for (const row of rows) assert.ok(page.includes(`| ${name}.${row} |`), `${name}.${row}`);
		}
	}
});

test("a stale file is told with its line", async () => {
	assert.equal(staleness("a.md", "1\n2\n", "1\n2\n"), undefined);
	assert.match(staleness("a.md", "1\nx\n", "1\n2\n") ?? "", /^a\.md:2: /);
	assert.match(staleness("a.md", undefined, "1\n") ?? "", /missing/);
	assert.deepEqual(await generated.run(), []);
});

/** 0 to below the limit, the same in every run. */
function seeded(seed: number): (limit: number) => number {
	let x = seed;
	return (limit) => {
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		return (x >>> 0) % limit;
	};
}

const VALUES: readonly Json[] = [
	null,
	true,
	0,
	-1,
	30,
	7078,
	65535,
	65536,
	1.5,
	1e300,
	"",
	"panel",
	"tone:99",
	"trace",
	"sip:x@y",
	"sip:x:pw@y:5060;lr",
	"h:65535",
	"h:08",
	"X255",
	"DH3k",
	"S256",
	"AES1",
	"PCMA",
	"a\nb",
	"📞",
	"\ud800",
	[],
	["DH3k"],
	["PCMA", "PCMU"],
	["B32", "B32"],
	{},
	{ name: "N", uri: "sip:n@example.org" },
];

/** One change somewhere inside: a member taken away, replaced, renamed or added, a list turned, doubled or cut. */
function damaged(value: Json, random: (limit: number) => number): Json {
	const other = (): Json => structuredClone(VALUES[random(VALUES.length)] ?? null);
	if (Array.isArray(value)) {
		const list = [...value];
		const at = random(list.length + 1);
		const way = random(5);
		if (way === 0) list.splice(at, 1);
		else if (way === 1) list.splice(at, 0, other());
		else if (way === 2) list.reverse();
		else if (way === 3 && list.length > 0) list.push(structuredClone(list[at % list.length] ?? null));
		else if (list.length > 0) list[at % list.length] = damaged(list[at % list.length] ?? null, random);
		return list;
	}
	if (typeof value === "object" && value !== null) {
		const entries = Object.entries(value);
		const at = random(Math.max(entries.length, 1));
		const [name, member] = entries[at] ?? ["zrtp", {}];
		const way = random(8);
		if (way === 0) entries.splice(at, 1);
		else if (way === 1) entries.push([`${name}x`, member]);
		else if (way === 2) entries[at] = [name, other()];
		else entries[at] = [name, damaged(member, random)];
		return Object.fromEntries(entries);
	}
	if (typeof value === "string" && random(2) === 0) {
		const at = random(value.length + 1);
		const piece = [":", "@", " ", "é", "📞", "0", "\n", ""][random(8)] ?? "";
		return value.slice(0, at) + piece + value.slice(at + random(2));
	}
	if (typeof value === "number" && random(2) === 0) return value + ([1, -1, 0.5, 2][random(4)] ?? 0);
	return other();
}
