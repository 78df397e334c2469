/**
 * Runs on XS, for counting instructions: handshakes of the ZRTP engine with itself, both sides in one process and nothing
 * lost. Arguments: the key agreement's code and how many handshakes; prints each SAS. What it does beside the engine is
 * what a phone has to do: run the key agreement, keep the secrets' place (empty here, as the peer's is), pass packets on.
 */

import { exit, print, programArguments } from "board/process";
import { nativeProvider as provider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import { createSession, type Session, step } from "zrtp/engine";
import { KEY_AGREEMENTS } from "zrtp/suites";
import type { Event, KeyAgreementCode, SessionConfig } from "zrtp/types";

const STEP_MS = 10;
const GIVE_UP_MS = 20_000;

class Side {
	readonly session: Session;
	peer: Side | undefined;
	wakeAt: number | undefined;
	sas: string | undefined;
	secure = false;
	readonly inbox: Uint8Array[] = [];

	constructor(keyAgreement: KeyAgreementCode, ssrc: number) {
		const config: SessionConfig = {
			provider,
			random: hardwareRandom,
			zid: hardwareRandom(12),
			clientId: "Sotto bench",
			ssrc,
			suites: {
				keyAgreements: [keyAgreement],
				hashes: ["S256"],
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

function handshake(keyAgreement: KeyAgreementCode): string {
	const a = new Side(keyAgreement, 0x1000);
	const b = new Side(keyAgreement, 0x1001);
	a.peer = b;
	b.peer = a;
	a.feed({ type: "start", now: 0 });
	b.feed({ type: "start", now: 0 });
	for (let now = 0; !(a.secure && b.secure); now += STEP_MS) {
		if (now > GIVE_UP_MS) throw new Error("the handshake did not end secure");
		for (const side of [a, b]) if (side.wakeAt !== undefined && side.wakeAt <= now) side.feed({ type: "tick", now });
		while (a.inbox.length + b.inbox.length > 0)
			for (const side of [a, b]) {
				const bytes = side.inbox.shift();
				if (bytes !== undefined) side.feed({ type: "packet", now, bytes });
			}
	}
	if (a.sas === undefined || a.sas !== b.sas) throw new Error("the two ends show different strings");
	for (const side of [a, b]) side.feed({ type: "stop", now: 0 });
	return a.sas;
}

const [code = "", count = "1"] = programArguments();
const keyAgreement = (Object.keys(KEY_AGREEMENTS) as KeyAgreementCode[]).find((key) => key === code);
if (keyAgreement === undefined) throw new RangeError(`no key agreement ${code}`);
for (let i = 0; i < Number(count); i++) print(handshake(keyAgreement));
exit(0);
