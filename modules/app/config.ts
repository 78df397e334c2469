/** Checked settings, turned into what the SIP agent and the ZRTP engine are configured with. Pure functions. */
import { concat } from "bytes/concat";
import { fromHex, toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import type { Features } from "call/features";
import type { Nat } from "call/phone-options";
import type { Carriage } from "call/transport/transports";
import type { KeyPool } from "crypto/key-pool";
import type { KeyAgreement, Provider, RandomSource } from "crypto/types";
import type { Settings } from "settings/check";
import type { Account, AgentConfig, Server } from "sip/types";
import { parseUri, placeOf, schemeOf, type Transport } from "sip/uri";
import { CIPHERS, KEY_AGREEMENTS } from "zrtp/suites";
import type { KeyAgreementCode, SessionConfig } from "zrtp/types";

export const VERSION = "0.1.0";

/** As it may stand in a URI without escapes. */
const PLAIN_USER = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * @param zid of this phone: its SIP instance is made from it, and stays the same for as long
 * @param name of this phone: who it is in calls that go by no account
 */
export function agentOf(
	settings: Settings,
	provider: Provider,
	random: RandomSource,
	zid?: Uint8Array,
	name = "",
): Omit<AgentConfig, "contact"> {
	const { account, moreAccounts } = settings;
	const accounts = [...(account ? [account] : []), ...moreAccounts];
	return {
		provider,
		random,
		userAgent: `Sotto/${VERSION}`,
		sessionExpiresSec: settings.sip.sessionExpiresSec,
		sessionAlways: settings.sip.sessionAlways,
		accounts: accounts.map((each, index) => accountOf(each, String(index + 1))),
		...(PLAIN_USER.test(name) && { user: name }),
		...(zid !== undefined && { instanceId: instanceOf(provider, zid) }),
	};
}

/**
 * The instance-id of RFC 5626 section 4.1, as a UUID of version 8 (RFC 9562): a digest of the ZID, so that a registrar which
 * sees the one cannot tell the other.
 */
function instanceOf(provider: Provider, zid: Uint8Array): string {
	const octets = provider.sha256.digest(utf8Encode("SIP instance"), zid).slice(0, 16);
	octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x80;
	octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
	const hex = toHex(octets);
	const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
	return `urn:uuid:${parts.join("-")}`;
}

export function featuresOf({ calls, peers }: Settings): Features {
	const { forwardAlways, forwardBusy, forwardNoAnswer, forwardNoAnswerSec, mailbox, doNotDisturbStatus } = calls;
	const { waiting, doNotDisturb, strangers, autoAnswerByHeader, transferByPeer, silenceNoticeSec, silenceEndSec } =
		calls;
	return {
		waiting,
		doNotDisturb,
		doNotDisturbStatus: doNotDisturbStatus === "480" ? 480 : 486,
		forward: {
			always: forwardAlways,
			busy: forwardBusy,
			noAnswer: forwardNoAnswer,
			noAnswerSec: forwardNoAnswerSec,
		},
		strangers,
		autoAnswerByHeader,
		transferByPeer,
		silenceNoticeSec,
		silenceEndSec,
		voicemail: mailbox,
		watched: peers.filter(({ watch }) => watch).map(({ uri }) => uri),
	};
}

function accountOf(account: NonNullable<Settings["account"]>, id: string): Account {
	const { registrar, outboundProxy, transport } = account;
	return {
		id,
		aor: account.aor,
		displayName: account.displayName,
		username: account.username,
		password: account.password === undefined ? undefined : utf8Encode(account.password),
		expiresSec: account.expiresSec,
		...(registrar !== undefined && { registrar: serverOf(registrar, transport) }),
		...(outboundProxy !== undefined && { outboundProxy: serverOf(outboundProxy, transport) }),
	};
}

/** @param text as the settings table allows it: `sip:host:port;transport=tls` or less */
export function serverOf(text: string, transport: "auto" | Transport): Server {
	const uri = parseUri(schemeOf(text)?.startsWith("sip") ? text : `sip:${text}`);
	if (uri === undefined) return { host: text };
	const place = placeOf(uri);
	const chosen = place.transport ?? (transport === "auto" ? undefined : transport);
	return { host: place.address, port: place.port, transport: chosen };
}

const STUN_PORT = 3478;

export function natOf({ nat }: Settings): Nat {
	const [host, port] = nat.stunServer?.split(":") ?? [];
	return { ice: nat.ice, stunServer: host === undefined ? undefined : { host, port: Number(port ?? STUN_PORT) } };
}

/** An IPv6 address that requests may go to: a server's that is given by number, else any (RFC 3849: only the route counts). */
export function serverAddress6Of(settings: Settings): string {
	const { outboundProxy, registrar } = settings.account ?? {};
	const server = outboundProxy ?? registrar;
	const host = server === undefined ? "" : serverOf(server, "auto").host;
	return host.indexOf(":") >= 0 ? host : "2001:db8::1";
}

/** How signalling is carried, beside where to. */
export function carriageOf(settings: Settings): Carriage {
	const { keepAliveSec, tls } = settings.sip;
	const { authorities, pins, certificate, key } = tls;
	return {
		keepAliveSec,
		tls: {
			shipped: tls.shippedAuthorities,
			verify: tls.verify,
			...(authorities !== undefined && { authorities: utf8Encode(authorities) }),
			...(pins !== undefined && { pins: concat(...pins.split(",").map((pin) => fromHex(pin) ?? new Uint8Array(0))) }),
			...(certificate !== undefined &&
				key !== undefined && { certificate: utf8Encode(certificate), key: utf8Encode(key) }),
		},
	};
}

/**
 * The agreements to make pairs for ahead, best liked first; none that the board lacks. A pair is made before the cipher
 * is known, so exponents are long enough for the strongest that is offered (RFC 6189 section 5.1.5).
 */
export function keyAgreementsOf(settings: Settings, provider: Provider): ReadonlyMap<KeyAgreementCode, KeyAgreement> {
	const { enabled, keyAgreements, ciphers } = settings.zrtp;
	const cipherKeyByteLength = Math.max(...ciphers.map((code) => CIPHERS[code].keyByteLength));
	const found = new Map<KeyAgreementCode, KeyAgreement>();
	if (!enabled) return found;
	for (const listed of keyAgreements) {
		const agreement = KEY_AGREEMENTS[listed].find(provider);
		if (agreement !== undefined) found.set(pairedAs(listed), forKeysOf(agreement, cipherKeyByteLength));
	}
	return found;
}

function forKeysOf(agreement: KeyAgreement, cipherKeyByteLength: number): KeyAgreement {
	if (cipherKeyByteLength === 16) return agreement;
	return { ...agreement, generate: (random) => agreement.generate(random, cipherKeyByteLength) };
}

/** X25519 has two names on the wire, and one pair serves either. */
function pairedAs(code: KeyAgreementCode): KeyAgreementCode {
	return code === "E255" ? "X255" : code;
}

/**
 * @param identity asked for its ZID at every call: it has another one after a factory erase or a move
 * @returns undefined where ZRTP is switched off
 */
export function zrtpOf(
	settings: Settings,
	provider: Provider,
	random: RandomSource,
	identity: { readonly zid: Uint8Array },
	pool: KeyPool,
): Omit<SessionConfig, "ssrc" | "peerHelloHash"> | undefined {
	if (!settings.zrtp.enabled) return undefined;
	const { keyAgreements, hashes, ciphers, authTags, sasTypes } = settings.zrtp;
	return {
		provider,
		random,
		get zid() {
			return identity.zid;
		},
		clientId: `Sotto ${VERSION}`,
		suites: { keyAgreements, hashes, ciphers, authTags, sasTypes },
		allowClear: settings.zrtp.allowClear && !settings.zrtp.mandatory,
		keyPairs: (code) => pool.take(pairedAs(code)),
	};
}
