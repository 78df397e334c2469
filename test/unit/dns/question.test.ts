/** One question to several name servers: patience, TCP for what is cut, and answers from somebody else. */
import { DNS_TYPE } from "dns/message";
import { Question, type QuestionAction, type QuestionEvent } from "dns/question";
import { equal, ok, test } from "test/harness";
import { answerTo, type Message, srv } from "./answers";

const NAME = "_sip._udp.phones.example";
const FIRST = "192.0.2.1";
const SECOND = "192.0.2.2";
const RECORD = { priority: 1, weight: 2, port: 5060, target: "up.example" };

function asked(servers: readonly string[]): { question: Question; actions: QuestionAction[] } {
	const question = new Question({ name: NAME, type: DNS_TYPE.SRV, servers, id: 7 });
	return { question, actions: question.step({ type: "start", nowMs: 0 }) };
}

const message = (more: Partial<Message> = {}): Uint8Array =>
	answerTo({ name: NAME, records: [srv(1, 2, 5060, "up.example")], ...more });
const from = (bytes: Uint8Array, address = FIRST, port = 53): QuestionEvent => ({
	type: "datagram",
	nowMs: 1,
	address,
	port,
	bytes,
});
const types = (actions: readonly QuestionAction[]): string[] => actions.map(({ type }) => type);
const GOOD: QuestionAction = { type: "done", result: { records: [RECORD], ttlSec: 300 } };

function framed(bytes: Uint8Array, byteLength = bytes.length): Uint8Array {
	return new Uint8Array([byteLength >> 8, byteLength & 0xff, ...bytes]);
}

test("asked, answered", () => {
	const { question, actions } = asked([FIRST, SECOND]);
	equal(types(actions), ["send", "wakeAt"]);
	equal(question.step(from(message())), [GOOD]);
	equal(question.step(from(message())), [], "and nothing after it");
});

test("silence: the next server, then both again with more patience, then an end", () => {
	const { question, actions } = asked([FIRST, SECOND]);
	const sent: string[] = [];
	let nowMs = 0;
	let pending = actions;
	for (;;) {
		const end = pending.find((action) => action.type === "done");
		for (const action of pending) if (action.type === "send") sent.push(`${action.address} ${nowMs}`);
		if (end) {
			equal(end, { type: "done", result: { error: "the name server does not answer" } });
			break;
		}
		const wake = pending.find((action) => action.type === "wakeAt");
		ok(wake?.type === "wakeAt" && wake.atMs > nowMs);
		nowMs = wake.atMs;
		pending = question.step({ type: "tick", nowMs });
	}
	equal(sent, [`${FIRST} 0`, `${SECOND} 2000`, `${FIRST} 4000`, `${SECOND} 8000`]);
	equal(nowMs, 12000);
});

test("no server; a server that cannot, or cannot be reached", () => {
	equal(asked([]).actions, [{ type: "done", result: { error: "there is no name server" } }]);
	const { question } = asked([FIRST, SECOND]);
	const next = question.step(from(message({ flags: 0x8182 })));
	equal(next[0]?.type === "send" && next[0].address, SECOND);
	equal(question.step({ type: "lost", nowMs: 1, address: FIRST }), [], "it is no longer the one that is asked");
	const again = question.step({ type: "lost", nowMs: 1, address: SECOND });
	equal(again[0]?.type === "send" && again[0].address, FIRST);
	equal(question.step(from(message(), SECOND)), [GOOD], "an answer that comes late is one all the same");
});

test("answers of strangers and to other questions are waited past", () => {
	const { question } = asked([FIRST]);
	equal(question.step(from(message(), "203.0.113.5")), []);
	equal(question.step(from(message(), FIRST, 5353)), []);
	equal(question.step(from(message({ id: 8 }))), []);
	equal(question.step(from(message({ name: "_sip._udp.other.example" }))), []);
	equal(question.step(from(message())), [GOOD]);
});

test("somebody who guesses: after sixteen misses it is asked over TCP, where nobody can", () => {
	const { question } = asked([FIRST]);
	let actions: QuestionAction[] = [];
	for (let id = 100; id < 116; id++) {
		equal(actions, []);
		actions = question.step(from(message({ id })));
	}
	equal(types(actions), ["open", "wakeAt"]);
	equal(question.step(from(message())), [], "a datagram no longer counts");
	equal(types(question.step({ type: "stream", nowMs: 2, bytes: framed(message()) })), ["close", "done"]);
});

test("what was cut comes over TCP, in whatever pieces", () => {
	const { question } = asked([FIRST, SECOND]);
	const opened = question.step(from(message({ flags: 0x8380 })));
	ok(opened[0]?.type === "open");
	equal(opened[0].bytes[0], 0);
	equal(opened[0].bytes[1], opened[0].bytes.length - 2);
	let actions: QuestionAction[] = [];
	for (const byte of framed(message())) {
		equal(actions, []);
		actions = question.step({ type: "stream", nowMs: 2, bytes: new Uint8Array([byte]) });
	}
	equal(actions, [{ type: "close" }, GOOD]);
});

test("over TCP: another answer, an end, a byte a second, more than anybody needs: the next server", () => {
	const truncated = from(message({ flags: 0x8380 }));
	const wrong: QuestionEvent[] = [
		{ type: "stream", nowMs: 2, bytes: framed(message({ id: 8 })) },
		{ type: "stream", nowMs: 2, bytes: framed(message({ flags: 0x8380 })) },
		{ type: "stream", nowMs: 2, bytes: framed(message(), 0xffff) },
		{ type: "stream", nowMs: 2, bytes: new Uint8Array(20000) },
		{ type: "lost", nowMs: 2, address: FIRST },
		{ type: "tick", nowMs: 5001 },
	];
	for (const event of wrong) {
		const { question } = asked([FIRST, SECOND]);
		equal(types(question.step(truncated)), ["open", "wakeAt"]);
		const actions = question.step(event);
		equal(types(actions), ["close", "send", "wakeAt"], JSON.stringify(event.type));
		equal(actions[1]?.type === "send" && actions[1].address, SECOND);
		equal(question.step({ type: "stream", nowMs: 3, bytes: framed(message()) }), [], "the connection is closed");
	}
	const { question } = asked([FIRST, SECOND]);
	question.step(truncated);
	for (let second = 1; second <= 4; second++)
		equal(types(question.step({ type: "stream", nowMs: 1000 * second, bytes: new Uint8Array([1]) })), []);
});
