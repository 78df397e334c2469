/** Answers with bits, bytes and lengths changed: none may throw, run on, or bring more than was asked. */
import { DNS_TYPE, readAnswer } from "dns/message";
import { ok, test } from "test/harness";
import { answerTo, nameBytes, naptr, srv } from "../../unit/dns/answers";

const NAME = "_sip._udp.phones.example";
const COUNT = 10_000;

/** The same every time. */
function numbers(seed: number): (limit: number) => number {
	let state = seed;
	return (limit) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 4294967296) * limit);
	};
}

for (const type of [DNS_TYPE.SRV, DNS_TYPE.NAPTR])
	test(`${COUNT} changed answers of type ${type}`, () => {
		const below = numbers(type);
		const whole = answerTo({
			name: NAME,
			type,
			records: [
				{ type: DNS_TYPE.CNAME, data: nameBytes("there.example") },
				srv(1, 2, 5060, "up.example", { owner: nameBytes("there.example") }),
				naptr(1, 2, "s", "SIP+D2U", NAME),
				srv(1, 2, 5060, "up.example"),
			],
		});
		const kinds: Record<string, number> = {};
		for (let i = 0; i < COUNT; i++) {
			const bytes = whole.slice(0, below(10) === 0 ? below(whole.length) : whole.length);
			for (let changes = 1 + below(4); changes > 0; changes--) {
				// The head is left alone most of the time, or nearly all would be foreign.
				const at = below(8) === 0 ? below(bytes.length) : 12 + below(Math.max(1, bytes.length - 12));
				const value = [0, 1, 0x3f, 0x40, 0xc0, 0xff, below(256), (bytes[at] ?? 0) ^ (1 << below(8))][below(8)] ?? 0;
				if (at < bytes.length) bytes[at] = value;
			}
			const answer = readAnswer(bytes, 7, NAME, type);
			kinds[answer.type] = (kinds[answer.type] ?? 0) + 1;
			if (answer.type !== "records") continue;
			ok(answer.records.length <= 8);
			ok(answer.ttlSec >= 0 && answer.ttlSec <= 0x7fffffff);
			for (const record of answer.records) {
				const name = "target" in record ? record.target : record.replacement;
				ok(name.length < 255 && !/[^a-z0-9._-]/.test(name), name);
			}
		}
		for (const kind of ["failed", "foreign", "records"]) ok((kinds[kind] ?? 0) > 100, `${kind}: ${kinds[kind]}`);
	});
