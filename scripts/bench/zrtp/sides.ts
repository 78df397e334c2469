/**
 * Runs on XS: handshakes of the ZRTP engine with itself, both sides in one process and nothing lost. What it does beside
 * the engine is what a phone has to do: run the key agreement, keep the secrets' place (empty here, as the peer's is),
 * pass packets on.
 */

import { nativeProvider as provider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import { createSession, type Session, step } from "zrtp/engine";
import { KEY_AGREEMENTS } from "zrtp/suites";
import type { Event, HashCode, KeyAgreementCode, SessionConfig } from "zrtp/types";

const STEP_MS = 10;
const GIVE_UP_MS = 20_000;

export class Side {
	readonly session: Session;
	peer: Side | undefined;
	wakeAt: number | undefined;
	sas: string | undefined;
	secure = false;
	readonly inbox: Uint8Array[] = [];

	constructor(keyAgreement: KeyAgreementCode, hash: HashCode, ssrc: number) {
		const config: SessionConfig = {
			provider,
			random: hardwareRandom,
			zid: hardwareRandom(12),
			clientId: "Sotto bench",
			ssrc,
			suites: {
				keyAgreements: [keyAgreement],
				hashes: [hash],
				ciphers: ["AES1"],
				authTags: ["HS80"],
				sasTypes: ["B32"],
			},
		};
		this.session = createSession(config);
	}

	feed(first: Event): void {
		let event: Event | undefined = first;
		while (event !== undefined) {
			const { now }: Event = event;
			let answer: Event | undefined;
			for (const action of step(this.session, event)) {
				switch (action.type) {
					case "send":
						this.peer?.inbox.push(action.bytes);
						break;
					case "wakeAt":
						this.wakeAt = action.at;
						break;
					case "loadSecrets":
						answer = { type: "secretsLoaded", now, secrets: undefined };
						break;
					case "saveSecrets":
						answer = { type: "secretsSaved", now, saved: true };
						break;
					case "agree": {
						const { keyAgreement, privateKey, peerPublicKey } = action;
						const sharedSecret = KEY_AGREEMENTS[keyAgreement].of(provider).agree(privateKey, peerPublicKey);
						answer = { type: "agreed", now, sharedSecret };
						break;
					}
					case "showSas":
						this.sas = action.sas.text;
						break;
					case "secure":
						this.secure = true;
						break;
					case "failed":
						throw new Error(action.code);
					default:
				}
			}
			event = answer;
		}
	}
}

/** Both sides, secure. @param watch called after each event */
export function secured(
	keyAgreement: KeyAgreementCode,
	hash: HashCode = "S256",
	watch?: () => void,
): readonly [Side, Side] {
	const a = new Side(keyAgreement, hash, 0x1000);
	const b = new Side(keyAgreement, hash, 0x1001);
	a.peer = b;
	b.peer = a;
	const feed = (side: Side, event: Event): void => {
		side.feed(event);
		watch?.();
	};
	feed(a, { type: "start", now: 0 });
	feed(b, { type: "start", now: 0 });
	for (let now = 0; !(a.secure && b.secure); now += STEP_MS) {
		if (now > GIVE_UP_MS) throw new Error("the handshake did not end secure");
		for (const side of [a, b]) if (side.wakeAt !== undefined && side.wakeAt <= now) feed(side, { type: "tick", now });
		while (a.inbox.length + b.inbox.length > 0)
			for (const side of [a, b]) {
				const bytes = side.inbox.shift();
				if (bytes !== undefined) feed(side, { type: "packet", now, bytes });
			}
	}
	if (a.sas === undefined || a.sas !== b.sas) throw new Error("the two ends show different strings");
	return [a, b];
}
