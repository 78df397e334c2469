/**
 * The screen in every state of a phone, as data: tests look at properties of the frames, and scripts/screens.ts makes
 * pictures of them.
 */
import { SharedWords } from "app/shared-words";
import { writeFile } from "board/files";
import { utf8Encode } from "bytes/text";
import type { CallState, PhoneState } from "call/state";
import { nativeProvider } from "crypto/native";
import Display from "hal/display/display";
import { Log } from "log/log";
import type { InfoRow, LogLine, LogSource, Peer, UiPhone } from "ui/screen";
import { Ui } from "ui/ui";
import { Known, zidOf } from "./known";

/** A phone that does nothing but keep the commands it was given. */
export class Recorder implements UiPhone {
	state: PhoneState;
	readonly commands: unknown[][] = [];

	constructor(state: PhoneState) {
		this.state = state;
	}
	dial(target: string): void {
		this.commands.push(["dial", target]);
	}
	answer(id?: number): void {
		this.commands.push(["answer", id]);
	}
	hangup(id?: number): void {
		this.commands.push(["hangup", id]);
	}
	verify(matched: boolean, name?: string): void {
		this.commands.push(name === undefined ? ["verify", matched] : ["verify", matched, name]);
	}
	hold(on: boolean): void {
		this.commands.push(["hold", on]);
	}
	mute(on: boolean): void {
		this.commands.push(["mute", on]);
	}
	decide(about: string, accepted: boolean, id?: number): void {
		this.commands.push(["decide", about, accepted, id]);
	}
	encrypt(on: boolean, id?: number): boolean {
		this.commands.push(["encrypt", on, id]);
		return true;
	}
	dtmf(digit: string): void {
		this.commands.push(["dtmf", digit]);
	}
}

export class Lines implements LogSource {
	readonly areas = ["app", "call", "sip", "zrtp"];
	readonly levels = ["off", "error", "warn", "info", "debug", "trace"];
	readonly lines: LogLine[];
	readonly kept: Record<string, string> = { app: "info", call: "info", sip: "info", zrtp: "info" };

	constructor(lines: readonly LogLine[] = []) {
		this.lines = [...lines];
	}
	entries(): readonly LogLine[] {
		return this.lines;
	}
	level(area: string): string {
		return this.kept[area] ?? "info";
	}
	setLevel(area: string, level: string): void {
		this.kept[area] = level;
	}
}

export const PEERS: readonly Peer[] = [
	{ name: "Bob", uri: "sip:bob@example.org" },
	{ name: "Zoë Šimková", uri: "sip:zoe@example.org" },
	{ name: "Front desk", uri: "sip:100@pbx.example.org;transport=udp" },
	{ name: "Gateway", uri: "sip:+4930123456@gw.example.org" },
	{ name: "Workshop", uri: "sip:workshop@192.0.2.17:5062" },
];

export const IDLE: PhoneState = {
	name: "Alice",
	registered: [{ aor: "sip:alice@example.org", ok: true, transport: "udp" }],
	calls: [],
	store: { peers: 3 },
	zid: "4f1e0a92c6b37d5581aa90e2",
};

export const CALL: CallState = {
	id: 1,
	peer: "sip:bob@example.org",
	peerName: "Bob",
	direction: "outgoing",
	state: "connected",
	lock: "open",
	keying: "none",
	securing: false,
	verified: false,
	retained: "none",
	muted: false,
	durationMs: 187_000,
	codec: "PCMU",
};

export const SECURE: CallState = {
	...CALL,
	lock: "closed",
	keying: "zrtp",
	sas: "gk5x",
	sasType: "B32",
	keyAgreement: "X255",
	hash: "S256",
	cipher: "AES1",
	authTag: "HS32",
	secureAfterMs: 212,
	stats: {
		sent: 9350,
		received: 9348,
		lost: 2,
		late: 0,
		replayed: 0,
		rejected: 0,
		strangers: 0,
		encryptedSent: 9350,
		encryptedReceived: 9346,
		clearSent: 0,
		clearReceived: 0,
		jitterMs: 1.4,
		bufferMs: 40,
	},
};

export const withCall = (call: CallState, more: Partial<PhoneState> = {}): PhoneState => ({
	...IDLE,
	...more,
	calls: [call],
});

export const LOG_LINES: readonly LogLine[] = [
	{ time: 10, area: "app", level: "info", text: "ready for calls, SIP on port 5060" },
	{ time: 20, area: "sip", level: "info", text: "registered sip:alice@example.org for 300 s" },
	{ time: 30, area: "call", level: "info", text: "calling sip:bob@example.org" },
	{
		time: 31,
		area: "zrtp",
		level: "trace",
		text: "out Hello, 108 bytes, sequence 17: version 1.10, S256 AES1 HS32 X255",
	},
	{ time: 32, area: "zrtp", level: "trace", text: "in Hello, 108 bytes, sequence 301" },
	{ time: 33, area: "zrtp", level: "trace", text: "in HelloACK, 28 bytes, sequence 302" },
	{
		time: 34,
		area: "zrtp",
		level: "trace",
		text: "out Commit, 132 bytes, sequence 18: X255 with S256, AES1, HS32, B32",
	},
	{ time: 35, area: "sip", level: "warn", text: "OPTIONS from 192.0.2.99:5060 was not for us" },
	{
		time: 36,
		area: "zrtp",
		level: "info",
		text: "secure after 212 ms: X255 S256 AES1 HS32, first call with this phone",
	},
	{ time: 37, area: "call", level: "error", text: "codec G722 was refused" },
];

export const INFO: readonly InfoRow[] = [
	{ label: "SIP", value: "192.0.2.10:5060, UDP" },
	{ label: "RTP", value: "192.0.2.10, ports from 16384" },
	{ label: "Config", value: "http://192.0.2.1/alice.json" },
	{ label: "Version", value: "0.1.0" },
];

/** One picture: the state, and the keys pressed before it is taken. */
export interface Scene {
	readonly name: string;
	readonly state: PhoneState;
	readonly keys?: readonly string[];
	readonly peers?: readonly Peer[];
	readonly log?: readonly LogLine[];
	/** Fills the store. */
	readonly known?: (known: Known) => void;
}

/** From the idle screen to the list of known phones. */
const PHONES = ["soft4", "soft1"];
/** Eight letters. */
const SECRET = [..."24682468"].flatMap((key) => [key]);
const EXPORT = [...PHONES, "soft3", "ok", ...SECRET, "soft1", ...SECRET, "soft1", "wait"];

const MOVE = [...PHONES, "soft3", "down", "ok", ...SECRET];

/** An old handset's file lies where this one looks for it. */
function moved(known: Known): void {
	const old = new Known(() => false);
	people(old);
	// What the keys of SECRET type.
	const result = old.phones.export(utf8Encode("agmtagmt"));
	if ("bytes" in result) writeFile(known.path, result.bytes);
	old.close();
}

function movedBeside(known: Known): void {
	moved(known);
	known.meet(9, { daysAgo: 0, verified: true, name: "Dora" });
}

function people(known: Known): void {
	known.meet(6, { daysAgo: 400, verified: true, name: "Workshop", address: "sip:workshop@192.0.2.17:5062" });
	known.meet(5, { daysAgo: 31, verified: true, name: "Zoë Šimková", address: "sip:zoe@example.org" });
	known.meet(4, { daysAgo: 3, verified: false, name: "Front desk", address: "sip:100@pbx.example.org" });
	known.meet(3, { daysAgo: 2, verified: false, address: "sip:+4930901820@sip.example.net" });
	known.meet(2, { daysAgo: 1, verified: false, name: "Carol", address: "sip:carol@example.org" });
	known.meet(1, { daysAgo: 0, verified: true, name: "Bob", address: "sip:bob@192.0.2.44" });
	known.meet(1, { daysAgo: 0, verified: true, address: "sip:bob@example.org" });
}

export const MISMATCH: CallState = {
	...SECURE,
	lock: "warning",
	retained: "mismatch",
	notice: "This is not who answered last time, or their phone lost its memory: compare the words now.",
};

/** Types shared words, twice. */
const WORDS = [...PHONES, "soft3", "down", "down", "ok", ...SECRET, "soft1", ...SECRET, "soft1"];

const DISCLOSED = "The other phone says that it may give the keys of this call to somebody else.";

export const CLEARED: CallState = {
	...CALL,
	clear: "done",
	notice: "You ended encryption: this call can be overheard.",
};

export const PEER_CLEARED: CallState = {
	...CALL,
	lock: "warning",
	clear: "done",
	notice: "The other phone ended encryption: the microphone is off.",
	question: {
		about: "cleared",
		text: "The other phone ended encryption. Go on talking without? Anybody on the way can listen.",
	},
};

export const ENCRYPTED_BEFORE: CallState = {
	...CALL,
	lock: "warning",
	notice:
		"Calls with this address were encrypted, and this one is not: a mailbox, another phone, or somebody in between. The microphone is off.",
	question: {
		about: "unencrypted",
		text: "There was encryption in earlier calls, and now there is none. Go on talking without? Anybody on the way can listen.",
	},
};

export const ENROLLING: CallState = {
	...SECURE,
	lock: "gateway",
	gateway: { name: "Office PBX", trusted: false, relayed: false },
	question: {
		about: "enrollment",
		text: '"Office PBX" asks to be trusted as your gateway. It would stand in the middle of your calls, and could listen. Say yes only if you called it for this.',
	},
};

function gateway(known: Known): void {
	known.meet(1, { daysAgo: 0, verified: false, name: "Office PBX" });
	known.store.setPbxSecret(zidOf(1), new Uint8Array(32).fill(7));
}

export const SCENES: readonly Scene[] = [
	{ name: "idle", state: IDLE },
	{ name: "idle-scrolled", state: IDLE, keys: ["down", "down", "down"] },
	{
		name: "idle-unregistered",
		state: {
			...IDLE,
			registered: [{ aor: "sip:alice@example.org", ok: false, transport: "udp", reason: "403 Forbidden" }],
		},
	},
	{ name: "idle-no-account", state: { ...IDLE, registered: [] }, peers: [] },
	{ name: "idle-notice", state: { ...IDLE, notice: "http://192.0.2.1/alice.json answered 404: last settings stay" } },
	{
		name: "idle-notice-no-peers",
		state: {
			...IDLE,
			registered: [],
			notice: "config http://192.0.2.1/alice.json: cannot connect to 192.0.2.1:80: connection refused",
		},
		peers: [],
	},
	{ name: "dial-empty", state: IDLE, keys: ["soft2"] },
	{ name: "dial", state: IDLE, keys: ["1", "0", "0"] },
	{ name: "dial-letters", state: IDLE, keys: ["soft2", "soft2", "2", "2"] },
	{ name: "incoming", state: withCall({ ...CALL, direction: "incoming", state: "ringing", durationMs: 0 }) },
	{
		name: "incoming-unknown",
		state: withCall({
			...CALL,
			direction: "incoming",
			state: "ringing",
			peer: "sip:+4930901820@sip.example.net",
			peerName: "+4930901820@sip.example.net",
		}),
	},
	{ name: "outgoing", state: withCall({ ...CALL, state: "ringing", durationMs: 0 }) },
	{ name: "securing", state: withCall({ ...CALL, securing: true, durationMs: 0 }) },
	{
		name: "call-open",
		state: withCall({ ...CALL, notice: "The other phone cannot encrypt: this call can be overheard." }),
	},
	{ name: "call-server", state: withCall({ ...CALL, lock: "server", keying: "sdes", cipher: "AES1" }) },
	{ name: "call-closed", state: withCall(SECURE) },
	{ name: "call-verified", state: withCall({ ...SECURE, lock: "verified", verified: true, retained: "match" }) },
	{ name: "call-gateway", state: withCall({ ...SECURE, lock: "gateway", peer: "sip:+4930123456@gw.example.org" }) },
	{ name: "call-warning", state: withCall(MISMATCH), keys: ["wait", "soft3"] },
	{
		name: "call-relayed",
		state: withCall({
			...SECURE,
			lock: "gateway",
			retained: "match",
			gateway: { name: "Office PBX", trusted: true, relayed: true },
		}),
	},
	{ name: "call-disclosed", state: withCall({ ...SECURE, disclosure: true, notice: DISCLOSED }) },
	{ name: "call-unencrypted", state: withCall(CLEARED) },
	{ name: "call-cleared", state: withCall(PEER_CLEARED), keys: ["wait", "soft4"] },
	{ name: "decision-enrollment", state: withCall(ENROLLING) },
	{ name: "decision-cleared", state: withCall(PEER_CLEARED) },
	{ name: "decision-unencrypted", state: withCall(ENCRYPTED_BEFORE) },
	{ name: "end-encryption", state: withCall({ ...SECURE, clear: "possible" }), keys: ["ok", "soft1"] },
	{ name: "details-clear", state: withCall({ ...SECURE, clear: "possible" }), keys: ["ok"] },
	{
		name: "details-remarks",
		state: withCall({
			...SECURE,
			lock: "gateway",
			gateway: { name: "Office PBX", trusted: false, relayed: false },
			disclosure: true,
			sharedWords: "mismatch",
			streams: 2,
			remarks: ["A device in between named other words: this phone does not trust it and shows its own."],
		}),
		keys: ["ok", ...Array<string>(30).fill("down")],
	},
	{ name: "peer-gateway", state: IDLE, keys: [...PHONES, "soft1"], known: gateway },
	{ name: "peer-unenroll", state: IDLE, keys: [...PHONES, "soft1", "soft2"], known: gateway },
	{ name: "shared-words", state: IDLE, keys: [...PHONES, "soft3", "down", "down", "ok", ...SECRET] },
	{ name: "shared-words-done", state: IDLE, keys: [...WORDS, "wait"] },
	{ name: "shared-words-menu", state: IDLE, keys: [...WORDS, "wait", "soft4"] },
	{ name: "shared-words-forget", state: IDLE, keys: [...WORDS, "wait", "soft4", "ok"] },
	{
		name: "call-words",
		state: withCall({ ...SECURE, sas: "spellbind hurricane", sasType: "B256" }),
	},
	{ name: "call-held", state: withCall({ ...SECURE, state: "held", muted: true }) },
	{ name: "call-digits", state: withCall({ ...CALL, notice: "The other phone has no ZRTP." }), keys: ["4", "2", "#"] },
	{ name: "question", state: withCall(SECURE), keys: ["soft1"] },
	{ name: "question-known", state: withCall({ ...SECURE, retained: "match" }), keys: ["soft1"] },
	{
		name: "question-words",
		state: withCall({ ...SECURE, sas: "spellbind hurricane", sasType: "B256" }),
		keys: ["soft1"],
	},
	{ name: "question-naming", state: withCall(SECURE), keys: ["soft1", "soft4", "2"] },
	{ name: "question-warning", state: withCall(MISMATCH) },
	{
		name: "warning",
		state: withCall({
			...CALL,
			lock: "warning",
			notice: "The other phone ended encryption: the microphone is off.",
		}),
	},
	{ name: "details", state: withCall(SECURE), keys: ["ok"] },
	{ name: "details-scrolled", state: withCall(SECURE), keys: ["ok", ...Array<string>(20).fill("down")] },
	{ name: "ended", state: withCall({ ...SECURE, state: "ended", reason: "Bob hung up" }) },
	{ name: "ended-busy", state: withCall({ ...CALL, state: "ended", durationMs: 0, reason: "Busy (486)" }) },
	{ name: "log", state: IDLE, keys: ["soft3"], log: LOG_LINES },
	{
		name: "log-selected",
		state: IDLE,
		keys: ["soft3", "soft1", "soft1", "soft1", "soft1", "up", "up"],
		log: LOG_LINES,
	},
	{ name: "log-empty", state: IDLE, keys: ["soft3"] },
	{ name: "info", state: IDLE, keys: ["soft4"] },
	{ name: "peers-empty", state: IDLE, keys: PHONES },
	{ name: "peers", state: IDLE, keys: PHONES, known: people },
	{ name: "peers-scrolled", state: IDLE, keys: [...PHONES, "down", "down", "down", "down", "down"], known: people },
	{ name: "peer", state: IDLE, keys: [...PHONES, "soft1"], known: people },
	{ name: "peer-unverified", state: IDLE, keys: [...PHONES, "down", "soft1"], known: people },
	{ name: "peer-nameless", state: IDLE, keys: [...PHONES, "down", "down", "ok"], known: people },
	{ name: "peer-rename", state: IDLE, keys: [...PHONES, "soft1", "soft1"], known: people },
	{ name: "peer-unverify", state: IDLE, keys: [...PHONES, "soft1", "soft2"], known: people },
	{ name: "peer-forget", state: IDLE, keys: [...PHONES, "soft1", "soft3"], known: people },
	{ name: "peers-menu", state: IDLE, keys: [...PHONES, "soft3"], known: people },
	{ name: "export-empty", state: IDLE, keys: [...PHONES, "soft3", "ok"], known: people },
	{ name: "export", state: IDLE, keys: [...PHONES, "soft3", "ok", ...SECRET, "2", "2"], known: people },
	{ name: "export-short", state: IDLE, keys: [...PHONES, "soft3", "ok", "2", "soft1"], known: people },
	{ name: "export-again", state: IDLE, keys: [...PHONES, "soft3", "ok", ...SECRET, "soft1"], known: people },
	{
		name: "export-differ",
		state: IDLE,
		keys: [...PHONES, "soft3", "ok", ...SECRET, "soft1", ...SECRET, "2", "soft1"],
		known: people,
	},
	{ name: "export-done", state: IDLE, keys: EXPORT, known: people },
	{ name: "import", state: IDLE, keys: [...PHONES, "soft3", "down", "ok", ...SECRET], known: people },
	{
		name: "import-done",
		state: IDLE,
		keys: [...EXPORT, "ok", "soft3", "down", "ok", ...SECRET, "soft1", "wait"],
		known: people,
	},
	{
		name: "import-none",
		state: IDLE,
		keys: [...PHONES, "soft3", "down", "ok", ...SECRET, "soft1", "wait"],
		known: people,
	},
	{ name: "import-taken", state: IDLE, keys: [...MOVE, "soft1", "wait"], known: moved },
	{ name: "import-other", state: IDLE, keys: [...MOVE, "soft1", "wait"], known: movedBeside },
	{
		name: "erase",
		state: IDLE,
		keys: [...PHONES, "soft3", "up", "down", "down", "down", "ok", "3", "7"],
		known: people,
	},
	{
		name: "erase-sure",
		state: IDLE,
		keys: [...PHONES, "soft3", "down", "down", "down", "ok", ..."37273"],
		known: people,
	},
	{
		name: "erased",
		state: IDLE,
		keys: [...PHONES, "soft3", "down", "down", "down", "ok", ..."37273", "soft1"],
		known: people,
	},
	{ name: "volume", state: withCall(SECURE), keys: ["volume+"] },
];

const KEYS = [" 0+", ".@:-_1/", "abc2", "def3", "ghi4", "jkl5", "mno6", "pqrs7", "tuv8", "wxyz9"];

/** The presses that bring a letter. */
function keysOf(letter: string): string[] {
	const key = KEYS.findIndex((letters) => letters.includes(letter));
	return Array<string>((KEYS[key]?.indexOf(letter) ?? 0) + 1).fill(String(key));
}

/** A display, a recorder and the Ui over them; time stands where it is put. */
export class Stage {
	readonly display = new Display({});
	readonly phone: Recorder;
	readonly log: Lines;
	readonly known: Known;
	readonly ui: Ui;
	readonly volumes: number[] = [];
	readonly #tasks: (() => void)[] = [];
	readonly words = new SharedWords({
		provider: nativeProvider,
		log: new Log({ now: () => 0 }).area("zrtp"),
		later: (task) => void this.#tasks.push(task),
		onChange: () => {},
	});
	now = 1_000_000;

	constructor(
		state: PhoneState,
		options: {
			peers?: readonly Peer[];
			log?: readonly LogLine[];
			known?: (known: Known) => void;
			/** Of the flash behind the known phones. */
			sectors?: number;
		} = {},
	) {
		this.phone = new Recorder(state);
		this.known = new Known(() => this.phone.state.calls.some((call) => call.state !== "ended"), options.sectors);
		options.known?.(this.known);
		this.log = new Lines(options.log);
		this.ui = new Ui({
			pixelsOut: this.display,
			phone: this.phone,
			peers: options.peers ?? PEERS,
			log: this.log,
			known: this.known.phones,
			sharedWords: this.words,
			info: () => INFO,
			onVolume: (level) => this.volumes.push(level),
		});
		this.ui.tick(this.now, "14:07");
	}

	static of(scene: Scene): Stage {
		const stage = new Stage(scene.state, {
			...(scene.peers && { peers: scene.peers }),
			...(scene.log && { log: scene.log }),
			...(scene.known && { known: scene.known }),
		});
		stage.press(...(scene.keys ?? []));
		return stage;
	}

	/** "wait" is no key: time passes, and what was put off is done. */
	press(...names: readonly string[]): void {
		for (const name of names) {
			this.now += name === "wait" ? 1500 : 100;
			if (name === "wait") {
				this.known.run();
				for (const task of this.#tasks.splice(0)) task();
				this.ui.update(this.now);
			}
			this.ui.key(name, this.now);
		}
	}

	/** Types a word in lower case letters, as a person who waits after each one. */
	type(word: string): void {
		for (const letter of word) {
			this.press(...keysOf(letter));
			this.now += 1500;
		}
	}

	show(state: PhoneState): void {
		this.phone.state = state;
		this.now += 100;
		this.ui.update(this.now);
	}

	pixels(): Uint16Array {
		return new Uint16Array(this.display.snapshot());
	}

	close(): void {
		this.ui.close();
		this.display.close();
		this.known.close();
	}
}
