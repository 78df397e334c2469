/**
 * What a call and the phone look like from outside: the screen, the panel and the admin page read these
 * shapes and nothing else. Every field is plain data that JSON can carry; no key and no secret is in it.
 */

/** What the display may claim about a call's security; never more than the truth. */
export type Lock = "open" | "server" | "closed" | "verified" | "gateway" | "warning";

/** Who agreed the media keys. */
export type Keying = "none" | "sdes" | "dtls" | "zrtp";

/** What became of the retained secrets (RFC 6189 section 4.3): a peer that is merely new is `none`, never `mismatch`. */
export type Retained = "none" | "match" | "mismatch";

/** What the owner is asked in a call, and answers by `decide`. */
export interface Question {
	/** A PBX wants to be trusted; the other end ended encryption; there is none where there was before. */
	readonly about: "enrollment" | "cleared" | "unencrypted";
	readonly text: string;
}

/** The device in the middle at which ZRTP ends (RFC 6189 section 7.3). */
export interface Gateway {
	/** The owner's name for it, else what it calls its software. */
	readonly name: string;
	/** This phone is enrolled with it, and it proved that in this call. */
	readonly trusted: boolean;
	/** The words are those between it and the far party. */
	readonly relayed: boolean;
}

export interface Registration {
	/** Address of record, for example `sip:alice@example.org`. */
	readonly aor: string;
	readonly ok: boolean;
	readonly transport: "udp" | "tcp" | "tls";
	/** Why it is not registered, in plain words. */
	readonly reason?: string;
}

/** Media counters of one call, as hal/rtp counts them. Times in milliseconds, the rest in packets. */
export interface StreamStatistics {
	readonly sent: number;
	readonly received: number;
	readonly lost: number;
	readonly late: number;
	readonly replayed: number;
	/** Packets whose authentication tag was wrong. */
	readonly rejected: number;
	/** Packets from an address that is not the peer's. */
	readonly strangers: number;
	readonly encryptedSent: number;
	readonly encryptedReceived: number;
	readonly clearSent: number;
	readonly clearReceived: number;
	readonly jitterMs: number;
	readonly bufferMs: number;
}

export interface CallState {
	readonly id: number;
	/** Its line on the phone, from 1. */
	readonly line?: number;
	/** SIP URI of the other party. */
	readonly peer: string;
	/** The name to show: the owner's for this peer first, else what the peer calls itself. */
	readonly peerName: string;
	readonly direction: "incoming" | "outgoing";
	readonly state: "ringing" | "connected" | "held" | "ended";
	/**
	 * It is being sent on to somebody: the other phone was asked, or is calling there; of a call that has ended, it is
	 * connected there, or has never said whether.
	 */
	readonly transfer?: { readonly to: string; readonly state: "asked" | "trying" | "done" };
	/** Who keeps a call on hold; absent: nobody does. */
	readonly heldBy?: "owner" | "peer" | "both";
	/** It goes by no account of this phone: no server has a part in it, or knows who is calling. */
	readonly direct?: true;
	/** Who the network says it is (RFC 3325), where that is another than `peer`. */
	readonly identity?: { readonly uri: string; readonly name?: string };
	/** Who sent the caller on to us, or connected us. */
	readonly via?: string;
	/** Nothing has come from the other end for a while, neither voice nor reports: a network may be gone. */
	readonly silent?: true;
	/** The network's own sound is heard: nobody has answered yet. */
	readonly early?: true;
	/** It is part of the conference. */
	readonly joined?: true;
	readonly lock: Lock;
	readonly keying: Keying;
	/** True from connection until ZRTP has ended one way or the other: the microphone is held. */
	readonly securing: boolean;
	readonly sas?: string;
	readonly sasType?: "B32" | "B256";
	readonly verified: boolean;
	readonly retained: Retained;
	/** Absent: nothing stands in the middle that says so. */
	readonly gateway?: Gateway;
	/** Until the owner answers. */
	readonly question?: Question;
	/** The other phone may hand out its keys (RFC 6189 section 11). */
	readonly disclosure?: true;
	/** Whether the words that both owners typed went into the keys; absent: this phone has none, or it is not known yet. */
	readonly sharedWords?: "match" | "mismatch";
	/** The owner may end encryption; it is being ended; it was, and the owner may have it back. Absent: none of it. */
	readonly clear?: "possible" | "asked" | "done";
	/** Voice streams of this call, where there are more than one. */
	readonly streams?: number;
	/** Sentences about what was odd and changed nothing. */
	readonly remarks?: readonly string[];
	readonly keyAgreement?: string;
	readonly hash?: string;
	readonly cipher?: string;
	readonly authTag?: string;
	readonly codec?: string;
	/** A sentence for the person: why the lock is a warning, or why a call was not encrypted. */
	readonly notice?: string;
	/** Why the call ended, in plain words. */
	readonly reason?: string;
	readonly muted: boolean;
	/** Milliseconds since the call was connected; 0 before. */
	readonly durationMs: number;
	/** Milliseconds from the first ZRTP packet of this call to both directions encrypted. */
	readonly secureAfterMs?: number;
	readonly stats?: StreamStatistics;
}

/** The mailbox, as its server tells. */
export interface Messages {
	/** What the lamp follows, whatever the counts. */
	readonly waiting: boolean;
	readonly fresh: number;
	readonly old: number;
	/** Where to call to hear them, as the server says. */
	readonly mailbox?: string;
}

/** Somebody on the owner's list. */
export interface Lamp {
	readonly uri: string;
	/** unknown: its server tells nothing. */
	readonly state: "unknown" | "idle" | "ringing" | "busy";
}

/** Where callers are sent; an address as the owner wrote it, absent where they are not. */
export interface ForwardState {
	readonly always?: string | undefined;
	readonly busy?: string | undefined;
	readonly noAnswer?: string | undefined;
	readonly noAnswerSec: number;
}

export interface PhoneState {
	readonly name: string;
	readonly registered: readonly Registration[];
	/** The one with the sound first, then the others by their line, then the one that ended last. */
	readonly calls: readonly CallState[];
	/** The calls that are joined and the owner hear each other; the lock is the worst of theirs. */
	readonly conference?: { readonly lock: Lock };
	/** Calls that nobody answered, until the owner has looked. */
	readonly missed?: number;
	readonly doNotDisturb?: boolean;
	/** absent: nobody has said anything of messages. */
	readonly messages?: Messages;
	/** Whom to call to hear them; absent: unknown. */
	readonly mailbox?: string;
	readonly lamps?: readonly Lamp[];
	readonly forward?: ForwardState;
	/** Words that both owners type are in use. */
	readonly sharedWords?: true;
	readonly store: { readonly peers: number };
	/** Own ZID, 24 hexadecimal digits. */
	readonly zid: string;
	/** A sentence for the person that belongs to no call, for example that the config could not be fetched. */
	readonly notice?: string;
	/** The same, where it is what came of a command or a call: news, and not for long. */
	readonly remark?: string;
}
