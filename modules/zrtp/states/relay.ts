/**
 * SASrelay in a secure call: a PBX in the middle passes on the SAS that it has with the far party (RFC 6189 sections
 * 5.13, 7.3). It is rendered only when it comes from a PBX that this phone is enrolled with and that has just proved it.
 */

import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import { CFB_IV_BYTE_LENGTH, MAC_BYTE_LENGTH, SASHASH_BYTE_LENGTH, T2 } from "zrtp/constants";
import { encodeRelayAck } from "zrtp/messages/relay-ack";
import {
	decodeSasRelayContent,
	encodeSasRelay,
	encodeSasRelayContent,
	type SasRelay,
	type SasRelayContent,
} from "zrtp/messages/sas-relay";
import { primitives } from "zrtp/primitives";
import { startRetransmission } from "zrtp/retransmission";
import { renderSas } from "zrtp/sas";
import type { Secure } from "zrtp/session";
import { CIPHERS, SAS_TYPES } from "zrtp/suites";
import type { Turn } from "zrtp/turn";
import type { Event, Sas, SasTypeCode } from "zrtp/types";

/** Acknowledged, as every valid one must be; what it changes depends on who sent it. */
export function hearRelay(turn: Turn, state: Secure, message: SasRelay): Secure {
	const { config, association } = turn.session;
	const { mac } = primitives(turn.session, state.suite);
	const expected = mac.compute(state.peerMacKey, message.encrypted).slice(0, MAC_BYTE_LENGTH);
	if (!equal(expected, message.mac)) {
		turn.warn("malformed");
		return state;
	}
	turn.send(encodeRelayAck());
	const cfb = CIPHERS[state.suite.cipher].cfb(config.provider);
	const plain = cfb.decrypt(state.peerZrtpKey, message.iv, message.encrypted);
	const content = decodeSasRelayContent(plain);
	wipe(plain);
	const sas = content && relayedSas(turn, state, content);
	if (sas === undefined) {
		turn.warn("sasRelayIgnored");
		return state;
	}
	// The peer did not hear our RelayACK.
	if (sas.text === state.sas.text && sas.relayed === state.sas.relayed) return state;
	association.sas = sas;
	turn.emit({ type: "showSas", sas });
	return { ...state, sas };
}

/** The SAS to show now; undefined: this relay is not to be believed. */
function relayedSas(turn: Turn, { sas }: Secure, { sasType, sashash, flags }: SasRelayContent): Sas | undefined {
	const known = (Object.keys(SAS_TYPES) as SasTypeCode[]).find((code) => code === sasType);
	if (known === undefined || !sas.mitm) return undefined;
	if (sashash.every((octet) => octet === 0)) {
		// For those who are not enrolled: the same rendering as the far party's, of the SAS with the PBX itself.
		const own = turn.session.continuity?.sashash;
		if (own === undefined || sas.relayed) return undefined;
		return { ...sas, sasType: known, text: renderSas(known, own) };
	}
	if (!sas.trustedMitm) return undefined;
	const text = renderSas(known, sashash);
	// Another person's SAS has not been compared yet.
	const verified = sas.relayed && sas.text === text && sas.verified;
	return { ...sas, sasType: known, text, relayed: true, verified, disclosure: sas.disclosure || flags.disclosure };
}

/** Of a device in the middle: sends a SASrelay until RelayACK comes. */
export function sendRelay(turn: Turn, state: Secure, event: Extract<Event, { type: "relaySas" }>): Secure {
	const { config } = turn.session;
	const { ownZrtpKey, suite } = state;
	if (ownZrtpKey === undefined) return state;
	if (event.sashash.length !== SASHASH_BYTE_LENGTH) throw new RangeError(`sashash: ${event.sashash.length} bytes`);
	const flags = { enrollment: false, verified: false, allowClear: false, disclosure: false };
	const plain = encodeSasRelayContent({ flags, sasType: event.sasType, sashash: event.sashash });
	const iv = config.random(CFB_IV_BYTE_LENGTH);
	const encrypted = CIPHERS[suite.cipher].cfb(config.provider).encrypt(ownZrtpKey, iv, plain);
	const mac = primitives(turn.session, suite).mac.compute(state.ownMacKey, encrypted).slice(0, MAC_BYTE_LENGTH);
	const message = encodeSasRelay({ mac, iv, encrypted });
	turn.send(message);
	return { ...state, relay: startRetransmission(message, T2, turn.now) };
}
