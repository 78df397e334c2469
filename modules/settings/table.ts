/**
 * Every setting of the phone, once. settings/check.ts reads a config against it; `npm run docs` writes
 * docs/settings.md and modules/settings/config.schema.json from it, and a check holds them equal.
 */
import type { GroupSetting } from "./types";

const SIP_URI = 'sips?:[^\\s<>"@:;?]+(:[^\\s<>"@]*@|@)[^\\s<>"@]+';
/** What can be dialled: a SIP URI, an address without its scheme, a number or a name. */
const DIALLED = '[^\\s<>"@]+|[^\\s<>"@]+@[^\\s<>"@]+';
/** 1 to 65535. */
const PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
/** Host, with its port, kind of URI and transport where they matter; an IPv6 address stands in brackets. */
const SERVER = `(sips?:)?([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(:${PORT})?(;transport=(udp|tcp|tls)|)(;lr)?`;
const PIN = "[0-9A-Fa-f]{64}";
const LEVELS = ["off", "error", "warn", "info", "debug", "trace"] as const;

const level = (area: string) =>
	({ type: "choice", default: "info", choices: LEVELS, what: `How much the ${area} area writes to the log.` }) as const;

/** One line of the phone: an address of record and where it registers. */
const ACCOUNT = {
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

export const TABLE = {
	type: "group",
	what: "The config of one phone, as the config URL serves it.",
	members: {
		$schema: { type: "text", maxLength: 500, what: "Where an editor finds this schema; the phone ignores it." },
		account: {
			type: "group",
			optional: true,
			required: ["aor"],
			what: "The line. Without it the phone calls and is called by address alone.",
			members: ACCOUNT,
		},
		moreAccounts: {
			type: "list",
			maxItems: 3,
			what: "Further lines, each with a registrar of its own. Calls leave by the line whose domain the other address has, else by the first.",
			item: { type: "group", required: ["aor"], what: "One line, as account.", members: ACCOUNT },
		},
		peers: {
			type: "list",
			maxItems: 32,
			what: "People to call from the idle screen, in order.",
			item: {
				type: "group",
				required: ["name", "uri"],
				what: "One person.",
				members: {
					name: { type: "text", maxLength: 80, what: "The name to show." },
					uri: { type: "text", maxLength: 200, pattern: SIP_URI, what: "SIP URI to call." },
					watch: {
						type: "boolean",
						default: false,
						what: "Show whether this person is talking or being called (RFC 4235); takes an account whose server tells it.",
					},
				},
			},
		},
		sip: {
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
		},
		calls: {
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
					what: "Callers are refused and nothing rings. Can be changed on the phone until it starts again.",
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
					what: "Where every caller is sent (302): a SIP URI, a number or a name. All three can be changed on the phone until it starts again.",
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
				autoAnswerByHeader: {
					type: "boolean",
					default: false,
					what: "A caller may have its call answered without ringing, after a beep (Answer-Mode, Call-Info, Alert-Info); never while there is a call.",
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
		},
		rtp: {
			type: "group",
			what: "Media transport.",
			members: {
				port: {
					type: "integer",
					default: 0,
					minimum: 0,
					maximum: 65534,
					multipleOf: 2,
					what: "First UDP port (even); each further stream takes the next pair. 0 takes any free pairs.",
				},
			},
		},
		zrtp: {
			type: "group",
			what: "Key agreement in the media path (RFC 6189).",
			members: {
				enabled: { type: "boolean", default: true, what: "Offer ZRTP in every call." },
				mandatory: {
					type: "boolean",
					default: false,
					what: "Send no voice without ZRTP: a call whose other end has none stays silent and says so.",
				},
				allowClear: {
					type: "boolean",
					default: false,
					what: "Let either end leave encryption inside a call (GoClear, section 4.7.2): always with a question, a tone and an open lock. Without effect where zrtp.mandatory is set.",
				},
				keyAgreements: {
					type: "preference",
					default: ["X255", "E255", "EC25", "DH3k"],
					choices: ["X255", "E255", "EC25", "X448", "EC38", "EC52", "DH2k", "DH3k"],
					mandatory: "DH3k",
					what: "Key agreements, best liked first (section 5.1.5); the first five are offered. E255 is X255 under ZRTPCPP's name. X448, EC38 and EC52 are used only with S384 or N384 among the hashes.",
				},
				hashes: {
					type: "preference",
					default: ["S256"],
					choices: ["S256", "S384", "N256", "N384"],
					mandatory: "S256",
					what: "Hashes, best liked first (section 5.1.2). N256 and N384 are SHA-3, and offered by boards that have it.",
				},
				ciphers: {
					type: "preference",
					default: ["AES1"],
					choices: ["AES1", "AES2", "AES3"],
					mandatory: "AES1",
					what: "Ciphers of Confirm messages and of SRTP (section 5.1.3).",
				},
				authTags: {
					type: "preference",
					default: ["HS80", "HS32"],
					choices: ["HS32", "HS80", "GCM"],
					what: "SRTP authentication tags (section 5.1.4); HS32 and HS80 are accepted whether listed or not. GCM is AES-GCM, for phones that name it as bzrtp does.",
				},
				sasTypes: {
					type: "preference",
					default: ["B32", "B256"],
					choices: ["B32", "B256"],
					mandatory: "B32",
					what: "Renderings of the short authentication string (section 5.1.6).",
				},
			},
		},
		nat: {
			type: "group",
			what: "Ways for the voice through the networks between, where an address on this side is none on the other.",
			members: {
				stunServer: {
					type: "text",
					maxLength: 200,
					pattern: `[A-Za-z0-9.-]+(:${PORT})?`,
					what: "The STUN server (RFC 8489) that says how this phone looks from outside, as host or host:port (3478). Without it nobody is asked.",
				},
				ice: {
					type: "boolean",
					default: true,
					what: "ICE (RFC 8445): offered where there is a STUN server, and answered whenever another phone offers it.",
				},
			},
		},
		srtp: {
			type: "group",
			what: "Keys of voice that come with signalling, for peers and servers without ZRTP. The servers on the way know them.",
			members: {
				policy: {
					type: "choice",
					default: "best-effort",
					choices: ["off", "best-effort", "mandatory"],
					what: "off: ZRTP alone. best-effort: keys are offered where signalling is protected by TLS, and a call without goes on. mandatory: no call without (RTP/SAVP).",
				},
				offer: {
					type: "choice",
					default: "sdes",
					choices: ["sdes", "dtls"],
					what: "What this phone offers: keys in SDP (SDES, RFC 4568) or DTLS-SRTP (RFC 5764). It takes either from another phone.",
				},
				suites: {
					type: "preference",
					default: [
						"AES_CM_128_HMAC_SHA1_80",
						"AES_256_CM_HMAC_SHA1_80",
						"AEAD_AES_128_GCM",
						"AEAD_AES_256_GCM",
						"AES_CM_128_HMAC_SHA1_32",
						"AES_256_CM_HMAC_SHA1_32",
					],
					choices: [
						"AES_CM_128_HMAC_SHA1_80",
						"AES_CM_128_HMAC_SHA1_32",
						"AES_256_CM_HMAC_SHA1_80",
						"AES_256_CM_HMAC_SHA1_32",
						"AEAD_AES_128_GCM",
						"AEAD_AES_256_GCM",
					],
					what: "Crypto-suites of SDES, best liked first; no other is offered or taken.",
				},
				sdesInClear: {
					type: "boolean",
					default: false,
					what: "Offer SDES even where signalling is not protected by TLS: everybody on the way can read the keys, and the lock stays open.",
				},
			},
		},
		audio: {
			type: "group",
			what: "Sound.",
			members: {
				codecs: {
					type: "preference",
					default: ["PCMA", "PCMU"],
					choices: ["PCMA", "PCMU"],
					what: "Codecs, best liked first.",
				},
				microphone: {
					type: "text",
					maxLength: 500,
					default: "panel",
					pattern: "panel|silence|tone:[1-9][0-9]{1,3}|wav:.+",
					what: "Where the microphone's sound comes from on a board without one: panel, silence, tone:HZ or wav:FILE.",
				},
			},
		},
		ui: {
			type: "group",
			what: "The display.",
			members: {
				title: { type: "text", maxLength: 40, what: "The name on the idle screen." },
			},
		},
		log: {
			type: "group",
			what: "How much each area writes to the log.",
			members: {
				app: level("app"),
				call: level("call"),
				config: level("config"),
				media: level("media"),
				net: level("net"),
				sip: level("sip"),
				store: level("store"),
				ui: level("ui"),
				zrtp: level("zrtp"),
			},
		},
	},
} as const satisfies GroupSetting;
