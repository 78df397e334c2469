/**
 * A ZRTP engine with what call/ gives it: a cache, the key agreement, a clock. It runs the actions and keeps a record of
 * them; packets wait in `outbox` for a network or a test to take them.
 */

import { equal } from "bytes/equal";
import { toHex } from "bytes/hex";
import { wipe } from "bytes/wipe";
import { nativeProvider } from "crypto/native";
import { seededBytes } from "test/net/seeded";
import { createSession, type Session, step } from "zrtp/engine";
import { copyRecord } from "zrtp/secrets";
import type { RetainedSecrets } from "zrtp/store";
import { KEY_AGREEMENTS } from "zrtp/suites";
import type {
	Action,
	Event,
	FailCode,
	RetainedStatus,
	Sas,
	SessionConfig,
	SrtpKeys,
	SuiteLists,
	WarnCode,
} from "zrtp/types";

export const SUITES: SuiteLists = Object.freeze({
	keyAgreements: Object.freeze(["X255", "EC25", "DH3k"] as const),
	hashes: Object.freeze(["S256"] as const),
	ciphers: Object.freeze(["AES1"] as const),
	authTags: Object.freeze(["HS80", "HS32"] as const),
	sasTypes: Object.freeze(["B32", "B256"] as const),
});

/** Retained secrets by ZID in hexadecimal: what survives from one call to the next. */
export type Cache = Map<string, RetainedSecrets>;

export interface EndpointOptions extends Partial<Omit<SessionConfig, "random" | "zid" | "ssrc">> {
	/** Decides everything this end draws at random, its SSRC too. */
	readonly seed: number;
	readonly cache?: Cache;
	/** Default: from the name, so that it stays the same from call to call. */
	readonly zid?: Uint8Array;
	readonly ssrc?: number;
	/** Answers `saveSecrets` with this. Default true. */
	readonly canSave?: boolean;
	/** Called with what arrived instead of running the key agreement; the test answers. */
	readonly onAgree?: (action: Extract<Action, { type: "agree" }>) => void;
}

export class Endpoint {
	readonly name: string;
	readonly session: Session;
	readonly cache: Cache;
	readonly zid: Uint8Array;
	readonly config: SessionConfig;
	/** Packets sent and not yet taken. */
	outbox: Uint8Array[] = [];
	readonly warnings: WarnCode[] = [];
	readonly failures: FailCode[] = [];
	/** Names of PBXs that asked to be trusted. */
	readonly enrollments: string[] = [];
	/** Types of all actions but `send` and `wakeAt`, with the direction of keys. */
	readonly history: string[] = [];
	wakeAt: number | undefined;
	sas: Sas | undefined;
	sendKeys: SrtpKeys | undefined;
	receiveKeys: SrtpKeys | undefined;
	secureAt: number | undefined;
	retained: RetainedStatus | undefined;
	peerErrorCode: number | undefined;
	readonly #options: EndpointOptions;

	constructor(name: string, options: EndpointOptions) {
		this.name = name;
		this.#options = options;
		this.cache = options.cache ?? new Map();
		const random = seededBytes(options.seed);
		this.zid = options.zid ?? Uint8Array.from({ length: 12 }, (_, i) => name.charCodeAt(i % name.length));
		const [a = 0, b = 0, c = 0] = random(3);
		const { seed: _seed, cache: _cache, canSave: _canSave, onAgree: _onAgree, ...rest } = options;
		this.config = {
			provider: nativeProvider,
			clientId: `test ${name}`,
			suites: SUITES,
			...rest,
			random,
			zid: this.zid,
			ssrc: options.ssrc ?? (a << 16) | (b << 8) | c,
		};
		this.session = createSession(this.config);
	}

	/** Feeds an event and everything that answers its actions. */
	feed(first: Event): readonly Action[] {
		const events: Event[] = [first];
		const all: Action[] = [];
		for (let event = events.shift(); event; event = events.shift()) {
			for (const action of step(this.session, event)) {
				all.push(action);
				const answer = this.#run(action, event.now);
				if (answer) events.push(answer);
			}
		}
		return all;
	}

	start(now: number): void {
		this.feed({ type: "start", now });
	}

	packet(now: number, bytes: Uint8Array): readonly Action[] {
		return this.feed({ type: "packet", now, bytes });
	}

	/** The packets waiting in the outbox, which is empty afterwards. */
	take(): Uint8Array[] {
		const packets = this.outbox;
		this.outbox = [];
		return packets;
	}

	/** Nothing more will change by itself: secure, failed, or waiting for a peer that is not there. */
	get settled(): boolean {
		return this.secureAt !== undefined || this.failures.length > 0;
	}

	/** Whether media keyed with the other end's send keys would pass the authentication here. */
	accepts(keys: SrtpKeys): boolean {
		const own = this.receiveKeys;
		return own !== undefined && equal(own.key, keys.key) && equal(own.salt, keys.salt);
	}

	#run(action: Action, now: number): Event | undefined {
		if (action.type !== "send" && action.type !== "wakeAt")
			this.history.push(action.type === "installKeys" ? `installKeys ${action.direction}` : action.type);
		switch (action.type) {
			case "send":
				this.outbox.push(action.bytes);
				return undefined;
			case "wakeAt":
				this.wakeAt = action.at;
				return undefined;
			case "loadSecrets": {
				const record = this.cache.get(toHex(action.zid));
				return { type: "secretsLoaded", now, secrets: record && copyRecord(record) };
			}
			case "saveSecrets":
				return { type: "secretsSaved", now, saved: this.#save(action.zid, action.secrets) };
			case "agree": {
				if (this.#options.onAgree) {
					this.#options.onAgree(action);
					return undefined;
				}
				const agreement = KEY_AGREEMENTS[action.keyAgreement].of(this.config.provider);
				const sharedSecret = agreement.agree(action.privateKey, action.peerPublicKey);
				return { type: "agreed", now, sharedSecret };
			}
			case "installKeys":
				if (action.direction === "send") this.sendKeys = action.keys;
				else this.receiveKeys = action.keys;
				return undefined;
			case "clearKeys":
				this.sendKeys = undefined;
				this.receiveKeys = undefined;
				return undefined;
			case "showSas":
				this.sas = action.sas;
				return undefined;
			case "secure":
				this.secureAt = now;
				this.retained = action.retained;
				return undefined;
			case "warn":
				this.warnings.push(action.code);
				return undefined;
			case "failed":
				this.failures.push(action.code);
				this.peerErrorCode = action.errorCode;
				return undefined;
			case "savePbxsecret":
				this.#savePbxsecret(action.zid, action.pbxsecret);
				return undefined;
			case "enroll":
				this.enrollments.push(action.peerClientId);
				return undefined;
			case "securing":
			case "cleared":
				return undefined;
		}
	}

	#savePbxsecret(zid: Uint8Array, pbxsecret: Uint8Array | undefined): void {
		const { pbxsecret: _old, ...record } = this.cache.get(toHex(zid)) ?? { verified: false };
		this.cache.set(toHex(zid), { ...record, ...(pbxsecret && { pbxsecret: pbxsecret.slice() }) });
		wipe(pbxsecret);
	}

	#save(zid: Uint8Array, secrets: RetainedSecrets): boolean {
		if (this.#options.canSave === false) return false;
		const key = toHex(zid);
		const { pbxsecret } = this.cache.get(key) ?? {};
		if (secrets.rs1 === undefined && secrets.rs2 === undefined) this.cache.delete(key);
		else
			this.cache.set(key, {
				...copyRecord(secrets),
				expired: secrets.lifetimeSec === 0,
				...(pbxsecret && { pbxsecret }),
			});
		wipe(secrets.rs1, secrets.rs2);
		return true;
	}
}
