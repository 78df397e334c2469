/** The screens of several calls, of sending calls on, and of what the phone does with callers by itself. */
import type { CallState, PhoneState } from "call/state";
import type { Scene } from "./stage";
import { CALL, IDLE, MISMATCH, SECURE, withCall } from "./states";

const CAROL: CallState = { ...SECURE, id: 2, line: 2, peer: "sip:carol@example.org", peerName: "Carol", sas: "w3yc" };
const BOB: CallState = { ...SECURE, line: 1 };
const HELD: CallState = { ...CAROL, state: "held", lock: "verified", verified: true };
const CLEAR: CallState = {
	...CALL,
	id: 3,
	line: 3,
	peer: "sip:+4930123456@gw.example.org",
	peerName: "Front desk",
	state: "held",
};

const withCalls = (...calls: readonly CallState[]): PhoneState => ({ ...IDLE, calls });

const RINGS: CallState = { ...CALL, ...CAROL, direction: "incoming", state: "ringing", lock: "open", keying: "none" };
const LAMPS = [
	{ uri: "sip:bob@example.org", state: "idle" },
	{ uri: "sip:zoe@example.org", state: "ringing" },
	{ uri: "sip:100@pbx.example.org;transport=udp", state: "busy" },
] as const;

export const LINE_SCENES: readonly Scene[] = [
	{ name: "waiting", state: withCalls(BOB, RINGS) },
	{
		name: "incoming-diverted",
		state: withCall({
			...CALL,
			direction: "incoming",
			state: "ringing",
			durationMs: 0,
			peer: "sip:anonymous@anonymous.invalid",
			peerName: "Zoë Šimková",
			identity: { uri: "sip:zoe@example.org" },
			via: "Front desk",
		}),
	},
	{ name: "outgoing-early", state: withCall({ ...CALL, state: "ringing", durationMs: 0, early: true }) },
	{
		name: "outgoing-second",
		state: withCalls({ ...CALL, ...CAROL, state: "ringing", sas: "" }, { ...BOB, state: "held" }),
	},
	{ name: "call-and-held", state: withCalls(BOB, HELD) },
	{ name: "call-and-two", state: withCalls(BOB, HELD, CLEAR) },
	{ name: "call-and-held-words", state: withCalls({ ...BOB, sas: "spellbind hurricane", sasType: "B256" }, HELD) },
	{ name: "call-and-held-warning", state: withCalls({ ...MISMATCH, line: 1 }, HELD), keys: ["wait", "soft3"] },
	{
		name: "call-open-and-held",
		state: withCalls({ ...CALL, line: 1, notice: "The other phone cannot encrypt: this call can be overheard." }, HELD),
	},
	{ name: "call-held-by-peer", state: withCall({ ...SECURE, state: "held", heldBy: "peer", muted: true }) },
	{ name: "call-and-keeps-waiting", state: withCalls(BOB, { ...HELD, heldBy: "peer" }) },
	{
		name: "ended-sent-on",
		state: withCall({
			...SECURE,
			state: "ended",
			transfer: { to: "Carol", state: "done" },
			reason: "Bob is connected with Carol",
		}),
	},
	{
		name: "ended-sent-on-unsaid",
		state: withCall({
			...SECURE,
			state: "ended",
			transfer: { to: "Carol", state: "trying" },
			reason: "Bob was sent on to Carol, and has not said whether that worked",
		}),
	},
	{ name: "outgoing-direct", state: withCall({ ...CALL, state: "ringing", durationMs: 0, direct: true }) },
	{ name: "dial-in-call", state: withCalls(BOB, HELD), keys: ["line3", "soft2", "2", "2", "6"] },
	{ name: "call-silent", state: withCall({ ...SECURE, silent: true }) },
	{
		name: "call-sent-on",
		state: withCall({ ...SECURE, state: "held", transfer: { to: "Carol", state: "trying" } }),
	},
	{
		name: "call-remark",
		state: { ...withCall(SECURE), remark: "transfer failed: busy; you are back with Bob" },
	},
	{ name: "lines", state: withCalls(BOB, HELD, CLEAR), keys: ["up", "down"] },
	{ name: "transfer", state: withCall(SECURE), keys: ["transfer"] },
	{ name: "transfer-to-waiting", state: withCalls(BOB, HELD), keys: ["transfer"] },
	{ name: "transfer-typed", state: withCalls(BOB, HELD), keys: ["transfer", "1", "0", "0"] },
	{
		name: "conference",
		state: {
			...withCalls({ ...BOB, joined: true }, { ...HELD, state: "connected", joined: true }),
			conference: { lock: "closed" },
		},
	},
	{
		name: "conference-open",
		state: {
			...withCalls({ ...BOB, joined: true, muted: true }, { ...CLEAR, state: "connected", joined: true, muted: true }),
			conference: { lock: "open" },
		},
		keys: ["down"],
	},
	{
		name: "idle-messages",
		remembers: true,
		state: {
			...IDLE,
			messages: { waiting: true, fresh: 2, old: 5 },
			mailbox: "sip:*97@pbx.example.org",
			missed: 3,
			lamps: LAMPS,
		},
		keys: ["up", "up"],
	},
	{ name: "idle-lamps", state: { ...IDLE, lamps: LAMPS }, keys: ["down"] },
	{ name: "idle-undisturbed", state: { ...IDLE, doNotDisturb: true } },
	{ name: "idle-forwarded", state: { ...IDLE, forward: { always: "sip:carol@example.org", noAnswerSec: 20 } } },
	{
		name: "services",
		state: {
			...IDLE,
			doNotDisturb: false,
			forward: { busy: "sip:*97@pbx.example.org", noAnswer: "100", noAnswerSec: 20 },
		},
		keys: ["soft4", "soft2", "down", "down"],
	},
	{ name: "forward", state: IDLE, keys: ["soft4", "soft2", "down", "ok", "1", "0", "0"] },
	{
		name: "recent",
		remembers: true,
		state: { ...IDLE, missed: 1 },
		keys: ["up", "ok"],
		recent: [
			{ peer: "sip:carol@example.org", name: "Carol", direction: "incoming", missed: true, at: 900_000 },
			{ peer: "sip:bob@example.org", name: "Bob", direction: "outgoing", missed: false, at: 300_000 },
			{ peer: "sip:+4930901820@sip.example.net", name: "", direction: "incoming", missed: false, at: -9_000_000 },
		],
	},
	{ name: "recent-empty", remembers: true, state: { ...IDLE, missed: 1 }, keys: ["up", "ok"] },
];
