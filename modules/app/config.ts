/** Checked settings, turned into what the SIP agent and the ZRTP engine are configured with. Pure functions. */
import { utf8Encode } from "bytes/text";
import type { KeyPool } from "crypto/key-pool";
import type { KeyAgreement, Provider, RandomSource } from "crypto/types";
import type { Settings } from "settings/check";
import type { Account, AgentConfig } from "sip/types";
import type { KeyAgreementCode, SessionConfig } from "zrtp/types";

export const VERSION = "0.1.0";

export function agentOf(settings: Settings, provider: Provider, random: RandomSource): Omit<AgentConfig, "contact"> {
	const { account } = settings;
	return {
		provider,
		random,
		userAgent: `Sotto/${VERSION}`,
		accounts: account ? [accountOf(account)] : [],
	};
}

function accountOf(account: NonNullable<Settings["account"]>): Account {
	const { registrar, outboundProxy } = account;
	return {
		id: "1",
		aor: account.aor,
		displayName: account.displayName,
		username: account.username,
		password: account.password === undefined ? undefined : utf8Encode(account.password),
		expiresSec: account.expiresSec,
		...(registrar !== undefined && { registrar: { ...hostPort(registrar), transport: "udp" } }),
		...(outboundProxy !== undefined && { outboundProxy: hostPort(outboundProxy) }),
	};
}

function hostPort(text: string): { host: string; port: number } {
	const [host = "", port] = text.split(":");
	return { host, port: port === undefined ? 5060 : Number(port) };
}

/** The agreements that are switched on, best liked first, so that pairs are made for those first. */
export function keyAgreementsOf(settings: Settings, provider: Provider): ReadonlyMap<KeyAgreementCode, KeyAgreement> {
	const primitives: Readonly<Record<KeyAgreementCode, KeyAgreement>> = {
		X255: provider.x25519,
		EC25: provider.p256,
		DH3k: provider.dh3072,
	};
	return new Map(
		settings.zrtp.enabled ? settings.zrtp.keyAgreements.map((code) => [code, primitives[code]] as const) : [],
	);
}

/** @returns undefined where ZRTP is switched off */
export function zrtpOf(
	settings: Settings,
	provider: Provider,
	random: RandomSource,
	zid: Uint8Array,
	pool: KeyPool,
): Omit<SessionConfig, "ssrc" | "peerHelloHash"> | undefined {
	if (!settings.zrtp.enabled) return undefined;
	const { keyAgreements, hashes, ciphers, authTags, sasTypes } = settings.zrtp;
	return {
		provider,
		random,
		zid,
		clientId: `Sotto ${VERSION}`,
		suites: { keyAgreements, hashes, ciphers, authTags, sasTypes },
		keyPairs: (code) => pool.take(code),
	};
}
