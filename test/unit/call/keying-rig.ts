/** Both ends of one stream's keys, without a network: what each stream is told is written down. */
import { now } from "board/clock";
import { Keying, type KeyingStatus } from "call/keying";
import type { KeyingPolicy } from "call/keying-policy";
import { DTLSIdentity } from "hal/dtls/dtls";
import { Log } from "log/log";
import type { MediaKeys } from "media/stream";

export const POLICY: KeyingPolicy = {
	policy: "best-effort",
	offer: "sdes",
	suites: ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"],
	inClear: false,
};
export const ZRTP_KEYS: MediaKeys = {
	cipher: "AES1",
	authTag: "HS80",
	key: new Uint8Array(16),
	salt: new Uint8Array(14),
};

/** What the media stream was told, in order: each installation with the first octet of its key. */
class Stream {
	readonly told: string[] = [];
	/** What was written, and to whom it goes. */
	readonly sent: Uint8Array[] = [];
	dtls = false;
	expectDtls(): void {
		this.dtls = true;
	}
	write(bytes: Uint8Array): void {
		this.sent.push(bytes);
	}
	installKeys(direction: "send" | "receive", { key, authTag }: MediaKeys): void {
		this.told.push(`${direction} ${authTag} ${key[0]}`);
	}
	clearKeys(): void {
		this.told.push("clear");
	}
	/** What was told since the last time. */
	take(): string[] {
		return this.told.splice(0);
	}
}

export interface End {
	readonly keying: Keying;
	readonly stream: Stream;
}

export function end(first: number, policy: Partial<KeyingPolicy> = {}, protectedLeg = true): End {
	let next = first;
	const stream = new Stream();
	let identity: DTLSIdentity | undefined;
	const keying = new Keying({
		policy: { ...POLICY, ...policy },
		random: (byteLength) => new Uint8Array(byteLength).fill(next++),
		log: new Log({ now: () => 0 }).area("media"),
		stream,
		identity: () => {
			identity ??= new DTLSIdentity();
			return identity;
		},
		now,
		onChange: () => {},
	});
	keying.protectedLeg = protectedLeg;
	return { keying, stream };
}

/** One offer and its answer, in force at both ends. @returns the answer, or why there is none */
export function agree(alice: End, bob: End): string | undefined {
	const offer = alice.keying.offer();
	const answer = bob.keying.answer(offer);
	if ("fault" in answer) return answer.fault;
	const fault = alice.keying.judge(offer, answer);
	if (fault !== undefined) return fault;
	bob.keying.connect({ profile: answer.protocol, keying: { ours: answer, theirs: offer } });
	alice.keying.connect({ profile: answer.protocol, keying: { ours: offer, theirs: answer } });
	return undefined;
}

export function server({ keying }: End): [KeyingStatus["by"], KeyingStatus["server"]] {
	return [keying.status.by, keying.status.server];
}
