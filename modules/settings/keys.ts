/** Settings of the voice's keys: agreed by the phones themselves (ZRTP), or come with signalling (SDES, DTLS-SRTP). */
import type { GroupSetting } from "./types";

export const ZRTP = {
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
} as const satisfies GroupSetting;

export const SRTP = {
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
} as const satisfies GroupSetting;
