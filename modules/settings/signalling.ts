/** Settings of signalling: who the phone is, where it registers, and what it does with calls by itself. */
import { DIALLED, SERVER, SIP_URI } from "./patterns";
import type { GroupSetting } from "./types";

const PIN = "[0-9A-Fa-f]{64}";

/** One line of the phone: an address of record and where it registers. */
export const ACCOUNT = {
	aor: {
		type: "text",
		maxLength: 200,
		pattern: SIP_URI,
		what: "Address of record, for example sip:alice@example.org.",
	},
	displayName: { type: "text", maxLength: 80, what: "The name that the other party sees." },
	registrar: {
		type: "text",
		maxLength: 200,
		pattern: SERVER,
		what: "The registrar, as host, host:port or sip:host:port;transport=tls; without it the phone does not register. Without a port the domain's DNS records (NAPTR, SRV) say where it is.",
	},
	outboundProxy: {
		type: "text",
		maxLength: 200,
		pattern: SERVER,
		what: "The server that every request goes through, written like the registrar.",
	},
	transport: {
		type: "choice",
		default: "auto",
		choices: ["auto", "udp", "tcp", "tls"],
		what: "What carries the signalling where registrar and outboundProxy do not say it. auto: whatever the domain's DNS records offer, UDP for an address or a port.",
	},
	username: {
		type: "text",
		maxLength: 120,
		what: "Name for digest authentication; the user part of aor if left out.",
	},
	password: { type: "text", maxLength: 120, secret: true, what: "Password for digest authentication." },
	expiresSec: {
		type: "integer",
		default: 3600,
		minimum: 30,
		maximum: 86400,
		unit: "s",
		what: "How long a registration is asked to last.",
	},
} as const;

export const SIP = {
	type: "group",
	what: "Signalling.",
	members: {
		port: {
			type: "integer",
			default: 5060,
			minimum: 0,
			maximum: 65535,
			what: "UDP and TCP port; 0 takes any free one.",
		},
		keepAliveSec: {
			type: "integer",
			default: 30,
			minimum: 0,
			maximum: 600,
			unit: "s",
			what: "How often the way from the registrar is kept open (RFC 5626); 0: never.",
		},
		sessionExpiresSec: {
			type: "integer",
			default: 1800,
			minimum: 0,
			maximum: 86400,
			unit: "s",
			what: "How long a call may go on without either end confirming it (RFC 4028); less than 90 is taken as 90. 0: only where the other end asks for it.",
		},
		sessionAlways: {
			type: "boolean",
			default: false,
			what: "Confirm calls by a re-INVITE where the other end knows no session timers, too: a call whose other end has gone ends by itself.",
		},
		tls: {
			type: "group",
			what: "Whom the phone trusts when it speaks TLS.",
			members: {
				authorities: {
					type: "text",
					maxLength: 16000,
					what: "Certificates of authorities to trust, in PEM, beside those that come with the phone.",
				},
				shippedAuthorities: {
					type: "boolean",
					default: true,
					what: "Trust the authorities that come with the phone.",
				},
				pins: {
					type: "text",
					maxLength: 280,
					pattern: `${PIN}(,${PIN}){0,3}`,
					what: "SHA-256 (hexadecimal) of the SubjectPublicKeyInfo of the server's key, up to four with commas between: then that key alone is accepted, whoever signed it.",
				},
				verify: {
					type: "boolean",
					default: true,
					what: "Check the server's certificate. Without it anybody can pass as the server, and the lock does not count TLS.",
				},
				certificate: {
					type: "text",
					maxLength: 8000,
					what: "The phone's own certificate (and chain), in PEM, for servers that ask for one.",
				},
				key: {
					type: "text",
					maxLength: 8000,
					secret: true,
					what: "The key of that certificate, in PEM without a password.",
				},
			},
		},
		autoAnswer: {
			type: "boolean",
			default: false,
			what: "Answer every call at once. For test stations and door phones.",
		},
	},
} as const satisfies GroupSetting;

export const CALLS = {
	type: "group",
	what: "What the phone does with calls by itself.",
	members: {
		waiting: {
			type: "boolean",
			default: true,
			what: "A second caller rings while there is a call; without it, that caller hears busy.",
		},
		doNotDisturb: {
			type: "boolean",
			default: false,
			what: "Callers are refused and nothing rings. Can be changed on the phone, which counts until this setting says something else.",
		},
		doNotDisturbStatus: {
			type: "choice",
			default: "486",
			choices: ["480", "486"],
			what: "What a caller is told then: 486 is busy, 480 not available, which some servers send to the mailbox.",
		},
		forwardAlways: {
			type: "text",
			maxLength: 200,
			pattern: DIALLED,
			what: "Where every caller is sent (302): a SIP URI, a number or a name. All three can be changed on the phone, which counts until these settings say something else.",
		},
		forwardBusy: {
			type: "text",
			maxLength: 200,
			pattern: DIALLED,
			what: "Where a caller is sent who would hear busy.",
		},
		forwardNoAnswer: {
			type: "text",
			maxLength: 200,
			pattern: DIALLED,
			what: "Where a caller is sent whom nobody answers.",
		},
		forwardNoAnswerSec: {
			type: "integer",
			default: 20,
			minimum: 3,
			maximum: 120,
			unit: "s",
			what: "How long it rings before that.",
		},
		strangers: {
			type: "boolean",
			default: true,
			what: "Whoever reaches the phone's SIP port rings; without it, only who comes by the accounts' own servers, where there are such (403).",
		},
		autoAnswerByHeader: {
			type: "boolean",
			default: false,
			what: "A caller may have its call answered without ringing, after a beep (Answer-Mode, Call-Info, Alert-Info); never while there is a call, and by the accounts' own servers alone where there are such.",
		},
		transferByPeer: {
			type: "boolean",
			default: true,
			what: "The other end of a call may connect this phone with somebody else; the new call agrees keys of its own.",
		},
		mailbox: {
			type: "text",
			maxLength: 200,
			pattern: DIALLED,
			what: "Whom to call to hear messages. Where it is set, the server is asked for the message lamp (RFC 3842).",
		},
		silenceNoticeSec: {
			type: "integer",
			default: 10,
			minimum: 0,
			maximum: 3600,
			unit: "s",
			what: "A call from whose other end nothing came for so long says so; 0: never.",
		},
		silenceEndSec: {
			type: "integer",
			default: 300,
			minimum: 0,
			maximum: 86400,
			unit: "s",
			what: "And it ends after so long; 0: never. Calls on hold are left alone.",
		},
	},
} as const satisfies GroupSetting;
