/**
 * Every setting of the phone, once; its larger groups have files of their own beside this one. settings/check.ts reads a
 * config against it; `npm run docs` writes docs/settings.md and modules/settings/config.schema.json from it, and a check
 * holds them equal.
 */
import { SRTP, ZRTP } from "./keys";
import { SIP_URI } from "./patterns";
import { ACCOUNT, CALLS, SIP } from "./signalling";
import type { GroupSetting } from "./types";
import { AUDIO, NAT, RTP } from "./voice";

const LEVELS = ["off", "error", "warn", "info", "debug", "trace"] as const;

const level = (area: string) =>
	({ type: "choice", default: "info", choices: LEVELS, what: `How much the ${area} area writes to the log.` }) as const;

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
		sip: SIP,
		calls: CALLS,
		rtp: RTP,
		zrtp: ZRTP,
		nat: NAT,
		srtp: SRTP,
		audio: AUDIO,
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
