/** States of a phone that tests of the screen begin with. */
import type { CallState, PhoneState } from "call/state";
import type { InfoRow, LogLine, Peer } from "ui/screen";

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

export const MISMATCH: CallState = {
	...SECURE,
	lock: "warning",
	retained: "mismatch",
	notice: "This is not who answered last time, or their phone lost its memory: compare the words now.",
};

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
		text: "There was encryption between the phones in earlier calls, and now there is none. Go on without? Anybody on the way can listen.",
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
