/**
 * Times and bounds of the SIP room, in one place. Times are those for UDP (RFC 3261 table 4, RFC 6026 section 8.5).
 * @module
 */

/** Round-trip estimate. */
export const T1_MS = 500;
/** Longest interval between retransmissions of non-INVITE requests and of INVITE responses. */
export const T2_MS = 4000;
/** How long a message stays in the network. */
export const T4_MS = 5000;

/** INVITE request retransmission, doubling: 17.1.1.2. */
export const TIMER_A_MS = T1_MS;
/** INVITE transaction timeout: 17.1.1.2. */
export const TIMER_B_MS = 64 * T1_MS;
/** Wait for retransmissions of a non-2xx response to INVITE: 17.1.1.2, at least 32 s over UDP. */
export const TIMER_D_MS = 32000;
/** Non-INVITE request retransmission, doubling up to T2: 17.1.2.2. */
export const TIMER_E_MS = T1_MS;
/** Non-INVITE transaction timeout: 17.1.2.2. */
export const TIMER_F_MS = 64 * T1_MS;
/** Non-2xx INVITE response retransmission, doubling up to T2: 17.2.1. */
export const TIMER_G_MS = T1_MS;
/** Wait for ACK: 17.2.1. */
export const TIMER_H_MS = 64 * T1_MS;
/** Wait for retransmissions of ACK: 17.2.1. */
export const TIMER_I_MS = T4_MS;
/** Wait for retransmissions of a non-INVITE request: 17.2.2. */
export const TIMER_J_MS = 64 * T1_MS;
/** Wait for retransmissions of a response to non-INVITE: 17.1.2.2. */
export const TIMER_K_MS = T4_MS;
/** Wait for retransmissions of an accepted INVITE: RFC 6026 section 7.1. */
export const TIMER_L_MS = 64 * T1_MS;
/** Wait for retransmissions of 2xx and for forked ones: RFC 6026 section 7.2. */
export const TIMER_M_MS = 64 * T1_MS;

/** After CANCEL an INVITE without final response is given up: 9.1. */
export const CANCELLED_MS = 64 * T1_MS;
/** A ringing phone says so again: 13.3.1.1. */
export const RING_AGAIN_MS = 60000;
/** An incoming call that nobody answers ends: the 3 minutes a proxy waits too (16.6, timer C). */
export const RING_LIMIT_MS = 180000;
/** An outgoing call ends when the last provisional response is older than this; a UAS repeats it every minute. */
export const PROGRESS_LIMIT_MS = 200000;
/** An INVITE whose last provisional response is older than this is over, whoever began it: longer than any limit above. */
export const PROCEEDING_LIMIT_MS = 300000;
/** A re-INVITE that the phone does not answer is refused. */
export const OFFER_LIMIT_MS = 30000;

/** An offer in UPDATE or PRACK is answered at once: the peer's timer F runs (RFC 3311 section 5.2). */
export const UPDATE_LIMIT_MS = 8000;
/** A re-INVITE of ours that the peer says it is deciding on is taken back: only a person there takes so long. */
export const CHANGE_LIMIT_MS = 60000;
/** Session interval that calls are offered with (RFC 4028 section 4 recommends it), in seconds. */
export const SESSION_SEC = 1800;
/** RFC 4028 section 5: no interval may be shorter. */
export const MIN_SESSION_SEC = 90;
/** A session interval that is longer than this serves nobody, in seconds. */
export const MAX_SESSION_SEC = 86400;
/** A refresh that could not be made yet is tried again. */
export const REFRESH_AGAIN_MS = 4000;
/** A REFER that the phone does not decide is accepted for the time being, well before the peer's timer F. */
export const REFERRAL_PENDING_MS = 4000;
/** A REFER that the phone does not decide at all is refused. */
export const REFERRAL_LIMIT_MS = 30000;
/** How long a transfer may take without any news (RFC 3515 section 2.4.4 leaves it to the phones). */
export const TRANSFER_LIMIT_MS = 180000;

/** Calls at once, those that are still being ended included. */
export const MAX_CALLS = 16;
/** Server transactions for requests outside a dialog; above it those that are answered give way, then 503. */
export const MAX_TRANSACTIONS = 64;
/** Server transactions that requests inside a dialog may have above that, so that a flood cannot keep a call from ending. */
export const RESERVED_TRANSACTIONS = 32;
/** Dialogs that one forked INVITE may make. */
export const MAX_FORKS = 8;
/** Challenges that one request may collect on its way (one proxy each, and the other party). */
export const MAX_CHALLENGES = 4;
/** Times in a row that one request is sent again because its interval was too short for somebody on the way. */
export const MAX_RAISES = 4;
/** 3xx that one call follows. */
export const MAX_REDIRECTS = 5;
/** Places that one 3xx may name. */
export const MAX_CONTACTS = 8;
/** REFERs that are being decided or carried out; above it 500 with Retry-After. */
export const MAX_REFERRALS = 4;
/** Things that are watched at once: a side car of busy lamps. */
export const MAX_SUBSCRIPTIONS = 64;
/** Addresses of registrars that are remembered. */
export const MAX_SERVERS = 8;

/** What this phone does (RFC 3261 sections 20.5, 20.1). */
export const ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, REFER, NOTIFY, INFO";
/** Extensions that a peer may require: RFC 3262, 3891, 4028, 5373. */
export const SUPPORTED: readonly string[] = Object.freeze(["100rel", "replaces", "timer", "answermode"]);
/** Event packages of the NOTIFYs we take (RFC 6665 section 8.2.2). */
export const ALLOW_EVENTS = "refer, message-summary, dialog";
export const SDP_TYPE = "application/sdp";
/** The methods of ALLOW. */
export const METHODS: readonly string[] = Object.freeze(ALLOW.split(", "));
/** Methods we recognise and do not do: 405; any other is 501 (sections 8.2.1, 21.5.2). */
export const KNOWN_METHODS: readonly string[] = Object.freeze(["REGISTER", "SUBSCRIBE", "MESSAGE", "PUBLISH"]);
