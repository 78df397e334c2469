/** Settings of the voice: its ports, its way through NATs, codecs and microphone. */
import { PORT } from "./patterns";
import type { GroupSetting } from "./types";

export const RTP = {
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
} as const satisfies GroupSetting;

export const NAT = {
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
} as const satisfies GroupSetting;

export const AUDIO = {
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
} as const satisfies GroupSetting;
