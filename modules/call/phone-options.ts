/** What a phone is made of: the composition root fills it in, phone.ts takes it apart for its calls. */
import type Audio from "hal/audio/audio";
import { DTLSIdentity } from "hal/dtls/dtls";
import { hasGcm } from "hal/rtp/rtp";
import type { TransportAddress } from "ice/types";
import type { Log } from "log/log";
import type { AgentConfig } from "sip/types";
import type { SecretStore } from "zrtp/store";
import type { SessionConfig } from "zrtp/types";
import type { CallContext } from "./call-context";
import type { Features } from "./features";
import { type KeyingPolicy, NO_KEYING } from "./keying-policy";
import { RtpPorts } from "./rtp-ports";
import type { Carriage } from "./transport/transports";

export interface PhoneOptions {
	/** The name of this phone, for screen and panel. */
	readonly name: string;
	/** Numeric address that sockets bind and SDP names. */
	readonly address: string;
	/** IPv6 address that signalling binds beside it. */
	readonly address6?: string | undefined;
	readonly sipPort: number;
	/** First RTP port, even; 0 takes any free pair. */
	readonly rtpPort: number;
	readonly agent: Omit<AgentConfig, "contact">;
	/** How signalling is carried; without it, as Signalling has it. */
	readonly carriage?: Carriage | undefined;
	readonly zrtp: Omit<SessionConfig, "ssrc" | "peerHelloHash"> | undefined;
	readonly auxsecret?: CallContext["auxsecret"];
	readonly mandatory: boolean;
	/** Keys that come with signalling; without it, none do. */
	readonly srtp?: KeyingPolicy;
	/** Ways through NATs; without it, media goes where SDP says. */
	readonly nat?: Nat | undefined;
	readonly codecs: readonly ("PCMA" | "PCMU")[];
	readonly autoAnswer: boolean;
	/** What the phone may do by itself; without it, FEATURES of features.ts. */
	readonly features?: Partial<Features>;
	readonly audio: Audio;
	readonly store: SecretStore;
	readonly log: Log;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** The owner's name for a SIP URI. */
	readonly nameOf: (uri: string) => string | undefined;
	/** Called after anything in `state` may have changed. */
	readonly onChange: () => void;
	/** The owner has changed what the phone does with callers. */
	readonly onWish?: (features: Features) => void;
}

export interface Nat {
	readonly ice: boolean;
	readonly stunServer: { readonly host: string; readonly port: number } | undefined;
}

/** What every call of the phone shares. */
export function contextOf(options: PhoneOptions, stunServer: () => TransportAddress | undefined): CallContext {
	const { address, rtpPort, audio, agent, store, zrtp, auxsecret, mandatory, srtp, nat, log, now, nameOf } = options;
	// Made when the first call asks, and not while the phone starts.
	let identity: DTLSIdentity | undefined;
	let keying: KeyingPolicy | undefined;
	const dtlsIdentity = (): DTLSIdentity | undefined => {
		try {
			identity ??= new DTLSIdentity();
		} catch (error) {
			log.area("media").warn(String(error));
		}
		return identity;
	};
	return {
		address,
		rtpPorts: new RtpPorts(rtpPort),
		audio,
		random: agent.random,
		store,
		zrtp,
		auxsecret,
		mandatory,
		get srtp() {
			keying ??= forThisBoard(srtp ?? NO_KEYING);
			return keying;
		},
		nat: nat && { provider: agent.provider, ice: nat.ice, stunServer },
		dtlsIdentity,
		zrtpLog: log.area("zrtp"),
		mediaLog: log.area("media"),
		now,
		nameOf,
	};
}

/** No suite that SRTP does not have here. */
function forThisBoard(policy: KeyingPolicy): KeyingPolicy {
	const wanted = policy.suites.some((name) => name.startsWith("AEAD_"));
	if (policy.policy === "off" || !wanted || hasGcm()) return policy;
	return { ...policy, suites: policy.suites.filter((name) => !name.startsWith("AEAD_")) };
}
