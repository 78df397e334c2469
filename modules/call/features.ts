/** What the owner lets the phone do with calls by itself; the settings fill it in, and a few can be changed on the phone. */

export interface Forwarding {
	/** SIP URI, number or name; undefined: not forwarded. */
	readonly always: string | undefined;
	readonly busy: string | undefined;
	readonly noAnswer: string | undefined;
	/** How long it rings before `noAnswer`. */
	readonly noAnswerSec: number;
}

export interface Features {
	/** A second caller rings in a call; else it hears busy. */
	readonly waiting: boolean;
	readonly doNotDisturb: boolean;
	/** What a caller hears then (RFC 3261 section 21): 480 is temporarily unavailable, 486 busy. */
	readonly doNotDisturbStatus: 480 | 486;
	readonly forward: Forwarding;
	/** Whether callers ring who come by none of the accounts' servers, where there are such servers. */
	readonly strangers: boolean;
	/** Whether a caller may have a call answered without ringing (RFC 5373 and the headers of desk phones). */
	readonly autoAnswerByHeader: boolean;
	/** Whether the other end of a call may connect this phone with somebody else. */
	readonly transferByPeer: boolean;
	/** A call without a packet of the other end for so long is told to the owner; 0: never. */
	readonly silenceNoticeSec: number;
	/** And ends after so long; 0: never. */
	readonly silenceEndSec: number;
	/** Where messages are listened to; undefined: there is no key for it. */
	readonly voicemail: string | undefined;
	/** SIP URIs of people whose calls the owner wants to see. */
	readonly watched: readonly string[];
}

export const FEATURES: Features = Object.freeze({
	waiting: true,
	doNotDisturb: false,
	doNotDisturbStatus: 486,
	forward: Object.freeze({ always: undefined, busy: undefined, noAnswer: undefined, noAnswerSec: 20 }),
	strangers: true,
	autoAnswerByHeader: false,
	transferByPeer: true,
	silenceNoticeSec: 10,
	silenceEndSec: 300,
	voicemail: undefined,
	watched: Object.freeze([]),
});
