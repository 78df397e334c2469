/** The panel's JSON: every command, every malformed one, and faults that must not end the program. */
import { Remote, type RemotePhone } from "app/remote";
import { SharedWords } from "app/shared-words";
import { SoundSystem } from "app/sound";
import type { CallState, PhoneState } from "call/state";
import { nativeProvider } from "crypto/native";
import Audio from "hal/audio/audio";
import { Log } from "log/log";
import { equal, ok, test } from "test/harness";
import { type Station, until, withPair } from "test/unit/call/pair";
import { Known } from "test/unit/ui/known";

const STATE: PhoneState = { name: "x", registered: [], calls: [], store: { peers: 0 }, zid: "00" };
const CALL = { id: 1, peer: "sip:b@c", peerName: "b", direction: "incoming", lock: "open" } as const;

function inState(state: CallState["state"]): PhoneState {
	const asked = { question: { about: "enrollment", text: "Trust it?" } } as const;
	const keys = { keying: "none", securing: false, verified: false, retained: "none" } as const;
	return {
		...STATE,
		calls: [{ ...CALL, ...keys, ...(state === "connected" && asked), state, muted: false, durationMs: 0 }],
	};
}

/** Writes down what is asked of it. */
class Recorder implements RemotePhone {
	readonly heard: unknown[][] = [];
	state: PhoneState = STATE;
	dial(target: string): void {
		this.heard.push(["dial", target]);
		if (target === "boom") throw new Error("the phone has a fault");
	}
	answer(id?: number): void {
		this.heard.push(id === undefined ? ["answer"] : ["answer", id]);
	}
	hangup(id?: number): void {
		this.heard.push(id === undefined ? ["hangup"] : ["hangup", id]);
	}
	verify(matched: boolean, name?: string): void {
		this.heard.push(["verify", matched, name]);
	}
	hold(on: boolean, id?: number): void {
		this.heard.push(id === undefined ? ["hold", on] : ["hold", on, id]);
	}
	mute(on: boolean): void {
		this.heard.push(["mute", on]);
	}
	decide(about: string, accepted: boolean): void {
		this.heard.push(["decide", about, accepted]);
	}
	encrypt(on: boolean): boolean {
		this.heard.push(["encrypt", on]);
		return on;
	}
	dtmf(digit: string): void {
		this.heard.push(["dtmf", digit]);
	}
	switchTo(number: number): string | undefined {
		this.heard.push(["switchTo", number]);
		return number === 9 ? "line 9 has no call" : undefined;
	}
	swap(): undefined {
		this.heard.push(["swap"]);
	}
	confer(on: boolean): undefined {
		this.heard.push(["confer", on]);
	}
	transfer(target: string): undefined {
		this.heard.push(["transfer", target]);
	}
	connectOthers(): undefined {
		this.heard.push(["connectOthers"]);
	}
	pickUp(uri: string): undefined {
		this.heard.push(["pickUp", uri]);
	}
	setDoNotDisturb(on: boolean): void {
		this.heard.push(["setDoNotDisturb", on]);
	}
	forward(when: "always" | "busy" | "noAnswer", target: string | undefined): undefined {
		this.heard.push(["forward", when, target]);
	}
	seen(): undefined {
		this.heard.push(["seen"]);
	}
}

interface Scene {
	readonly remote: Remote;
	readonly phone: Recorder;
	readonly sent: string[];
	readonly log: Log;
}

function withRemote(body: (scene: Scene) => void, ready = true): void {
	const audio = new Audio({});
	const phone = new Recorder();
	const sent: string[] = [];
	const log = new Log({ now: () => 5 });
	const sound = new SoundSystem(audio, false);
	const remote = new Remote({
		phone: () => (ready ? phone : undefined),
		known: new Known(() => false).phones,
		sound,
		log,
		send: (text) => void sent.push(text),
	});
	try {
		body({ remote, phone, sent, log });
	} finally {
		audio.close();
	}
}

test("commands of a call", () => {
	for (const [message, expected] of [
		['{"dial":"sip:b@c"}', ["dial", "sip:b@c"]],
		['{"answer":true}', ["answer"]],
		['{"hangup":true}', ["hangup"]],
		['{"verify":true,"name":"Bob"}', ["verify", true, "Bob"]],
		['{"verify":false}', ["verify", false, undefined]],
		['{"hold":true}', ["hold", true]],
		['{"hold":false}', ["hold", false]],
		['{"mute":true}', ["mute", true]],
		['{"encrypt":true}', ["encrypt", true]],
		['{"decide":true,"about":"enrollment"}', ["decide", "enrollment", true]],
		['{"decide":false,"about":"enrollment"}', ["decide", "enrollment", false]],
	] as const)
		withRemote(({ remote, phone, sent }) => {
			phone.state = inState(message.includes("answer") ? "ringing" : "connected");
			remote.receive(message);
			equal(phone.heard, [expected], message);
			equal(sent, [], message);
		});
});

test("commands that there is no call for do nothing and say so", () => {
	for (const [state, message, error] of [
		[STATE, '{"answer":true}', "no call rings"],
		[inState("connected"), '{"answer":true}', "no call rings"],
		[STATE, '{"hangup":true}', "there is no call"],
		[inState("ended"), '{"hangup":true}', "there is no call"],
		[inState("ended"), '{"verify":true}', "there is no call"],
		[STATE, '{"hold":true}', "there is no call"],
		[STATE, '{"mute":true}', "there is no call"],
		[STATE, '{"decide":true,"about":"enrollment"}', "there is no call"],
		[STATE, '{"encrypt":false}', "there is no call"],
		[inState("ringing"), '{"decide":true,"about":"enrollment"}', "nothing is asked"],
		[inState("connected"), '{"decide":true}', 'about is "enrollment": that is what is asked'],
		[inState("connected"), '{"decide":true,"about":"cleared"}', 'about is "enrollment": that is what is asked'],
	] as const)
		withRemote(({ remote, phone, sent }) => {
			phone.state = state;
			remote.receive(message);
			equal(phone.heard, [], message);
			equal(sent, [JSON.stringify({ error })], message);
		});
});

test("shared words: taken, forgotten, refused where they are too short, and in no log", () => {
	const log = new Log({ now: () => 0 });
	let changes = 0;
	const words = new SharedWords({
		provider: nativeProvider,
		log: log.area("zrtp"),
		later: (task) => task(),
		onChange: () => {
			changes += 1;
		},
	});
	const sent: string[] = [];
	const audio = new Audio({});
	const remote = new Remote({
		phone: () => undefined,
		known: new Known(() => false).phones,
		sharedWords: words,
		sound: new SoundSystem(audio, false),
		log,
		send: (text) => void sent.push(text),
	});
	remote.receive('{"sharedWords":"blauer wal 7"}');
	equal([words.set, changes, sent], [true, 1, []]);
	const { secret } = words;
	remote.receive('{"sharedWords":"a b c d"}');
	equal([words.set, sent.pop()], [true, JSON.stringify({ error: "shared words have 8 characters or more" })]);
	remote.receive('{"sharedWords":""}');
	equal([words.set, secret, sent], [false, new Uint8Array(32), []]);
	remote.receive('{"sharedWords":5}');
	ok(sent.pop()?.includes("takes text"));
	ok(!log.entries().some(({ text }) => text.includes("wal")));
	audio.close();
});

test("log levels, sound and the heap", () =>
	withRemote(({ remote, sent, log }) => {
		remote.receive('{"log":"zrtp","level":"trace"}');
		equal(log.level("zrtp"), "trace");
		remote.receive('{"mic":"silence"}');
		remote.receive('{"mic":"tone:440"}');
		remote.receive('{"speaker":"panel"}');
		equal(sent, []);
		remote.receive('{"heap":true}');
		equal(sent.length, 1);
		ok(JSON.parse(sent[0] ?? "").heap.slotsByteLength > 0);
		remote.receive('{"mic":"build/no/such.wav"}');
		ok(/such\.wav/.test(sent[1] ?? ""), sent[1]);
	}));

const MALFORMED: readonly string[] = [
	"",
	"{",
	"nonsense",
	"null",
	"5",
	'"dial"',
	"true",
	"[]",
	'[{"dial":"x"}]',
	"{}",
	'{"dial":5}',
	'{"dial":null}',
	'{"dial":{"sip":"x"}}',
	`{"dial":"${"x".repeat(501)}"}`,
	'{"verify":"yes"}',
	'{"verify":1}',
	'{"hold":"on"}',
	'{"mute":null}',
	'{"mic":7}',
	'{"speaker":false}',
	'{"log":"voice","level":"trace"}',
	'{"log":"zrtp","level":"loud"}',
	'{"log":"zrtp"}',
	'{"level":"trace"}',
	'{"log":7,"level":7}',
	'{"fly":true}',
	'{"__proto__":{"dial":"x"}}',
	'{"constructor":"x"}',
	`{"${"n".repeat(5000)}":1}`,
];

test("what is malformed is refused in one short sentence, and nothing is done", () => {
	for (const message of MALFORMED)
		withRemote(({ remote, phone, sent }) => {
			phone.state = inState("connected");
			remote.receive(message);
			equal(phone.heard, [], message);
			equal(sent.length, 1, message);
			const { error } = JSON.parse(sent[0] ?? "");
			ok(typeof error === "string" && error.length > 5 && error.length < 300, `${message.slice(0, 50)}: ${error}`);
		});
});

test("a fault of the phone is an answer, not the end", () =>
	withRemote(({ remote, phone, sent }) => {
		remote.receive('{"dial":"boom"}');
		equal(sent, ['{"error":"the phone has a fault"}']);
		remote.receive('{"dial":"sip:b@c"}');
		equal(phone.heard.length, 2);
		equal(sent.length, 1);
	}));

test("before there is a phone: the log is heard, commands are refused, there is no state", () =>
	withRemote(({ remote, phone, sent, log }) => {
		log.listen((entry) => remote.sendEntry(entry));
		remote.sendState();
		equal(sent, []);
		log.area("app").error("the port is in use");
		equal(sent, ['{"log":{"time":5,"area":"app","level":"error","text":"the port is in use"}}']);
		for (const message of ['{"dial":"sip:b@c"}', '{"hangup":true}', '{"answer":true}', '{"verify":true}']) {
			sent.length = 0;
			remote.receive(message);
			equal(sent, ['{"error":"the phone is not ready"}']);
		}
		remote.receive('{"log":"sip","level":"debug"}');
		equal(log.level("sip"), "debug");
		equal(phone.heard, []);
	}, false));

test("a real phone by the panel's words: dial, answer, verify, hang up; the state is plain JSON without a key", () =>
	withPair(async (alice, bob) => {
		const sent: string[] = [];
		const remoteOf = (station: Station) =>
			new Remote({
				phone: () => station.phone,
				known: new Known(() => false).phones,
				sound: new SoundSystem(station.audio, false),
				log: station.log,
				send: (text) => void sent.push(text),
			});
		const [left, right] = [remoteOf(alice), remoteOf(bob)];
		left.receive(JSON.stringify({ dial: bob.uri }));
		await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
		right.receive('{"answer":true}');
		await until("secure", () => alice.call.secureAfterMs !== undefined && bob.call.secureAfterMs !== undefined);
		left.receive('{"verify":true,"name":"Bob"}');
		left.sendState();
		const text = sent[sent.length - 1] ?? "";
		const { state } = JSON.parse(text);
		equal([state.calls[0].lock, state.calls[0].peerName, state.store.peers], ["verified", "Bob", 1]);
		const { rs1 } = alice.store.lookup(bob.store.zid) ?? {};
		ok(rs1 && !text.includes([...rs1].map((byte) => byte.toString(16).padStart(2, "0")).join("")));
		right.receive('{"hangup":true}');
		await until("ended", () => alice.call.state === "ended" && bob.call.state === "ended");
		equal(
			sent.filter((message) => message.includes('"error"')),
			[],
		);
	}));

test("commands of several calls, of forwarding and of what the phone does by itself", () =>
	withRemote(({ remote, phone, sent }) => {
		phone.state = inState("connected");
		for (const text of [
			'{"hold":true,"call":1}',
			'{"hangup":true,"call":1}',
			'{"dtmf":"12#"}',
			'{"line":2}',
			'{"swap":true}',
			'{"conference":true}',
			'{"conference":false}',
			'{"transfer":"sip:carol@192.0.2.7"}',
			'{"transfer":true}',
			'{"pickup":"sip:carol@192.0.2.7"}',
			'{"dnd":true}',
			'{"forward":"noAnswer","to":"100"}',
			'{"seen":true}',
		])
			remote.receive(text);
		equal(sent, []);
		equal(phone.heard, [
			["hold", true, 1],
			["hangup", 1],
			["dtmf", "1"],
			["dtmf", "2"],
			["dtmf", "#"],
			["switchTo", 2],
			["swap"],
			["confer", true],
			["confer", false],
			["transfer", "sip:carol@192.0.2.7"],
			["connectOthers"],
			["pickUp", "sip:carol@192.0.2.7"],
			["setDoNotDisturb", true],
			["forward", "noAnswer", "100"],
			["seen"],
		]);
		phone.heard.length = 0;
		for (const [text, error] of [
			['{"hold":true,"call":7}', "there is no call"],
			['{"hangup":true,"call":"1"}', "call takes the id of a call"],
			['{"line":9}', "line 9 has no call"],
			['{"line":"2"}', "line takes a number"],
			['{"swap":1}', "swap takes true"],
			['{"dnd":"yes"}', "dnd takes true or false"],
			['{"conference":1}', "conference takes true or false"],
			['{"transfer":7}', "transfer takes an address as text, or true to connect two calls"],
			['{"forward":"sometimes","to":"x"}', "forward takes always, busy or noAnswer"],
			['{"forward":"busy"}', "to takes an address as text; an empty one ends it"],
			['{"dtmf":"x"}', "dtmf takes digits: 0-9, *, #, A-D"],
		] as const) {
			sent.length = 0;
			remote.receive(text);
			equal(sent, [JSON.stringify({ error })], text);
		}
		equal(phone.heard, [["switchTo", 9]]);
	}));
