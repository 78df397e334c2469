/**
 * The screen in every state of a phone, as data: tests look at properties of the frames, and scripts/screens.ts makes
 * pictures of them.
 */
import { LINE_SCENES } from "./scenes-lines";
import { PEER_SCENES } from "./scenes-peers";
import type { Scene } from "./stage";
import {
	CALL,
	CLEARED,
	ENCRYPTED_BEFORE,
	ENROLLING,
	IDLE,
	LOG_LINES,
	MISMATCH,
	PEER_CLEARED,
	SECURE,
	withCall,
} from "./states";

export { Lines, Recorder, type Scene, Stage } from "./stage";
export * from "./states";

const DISCLOSED = "The other phone says that it may give the keys of this call to somebody else.";

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
	{
		name: "idle-wifi-password",
		state: {
			...IDLE,
			registered: [],
			notice: "Wi-Fi Office does not take the password that this phone was given.",
		},
		peers: [],
	},
	{
		name: "idle-started-again",
		state: {
			...IDLE,
			notice: "This phone has started again: the program hung, and the watchdog noticed.",
		},
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
	...PEER_SCENES,
	...LINE_SCENES,
	{ name: "volume", state: withCall(SECURE), keys: ["volume+"] },
];
