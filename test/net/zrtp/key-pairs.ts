/** Pairs dealt out in turn: an exchange needs a fresh one for secrecy, not for its state machine, and they cost time. */
import { nativeProvider } from "crypto/native";
import type { KeyPair } from "crypto/types";
import { seededBytes } from "test/net/seeded";

const COUNT = 16;

/** For SessionConfig.keyPairs of an end that agrees by X255 alone. */
export function dealtKeyPairs(): () => KeyPair {
	const made = Array.from({ length: COUNT }, (_, i) => nativeProvider.x25519.generate(seededBytes(9000 + i)));
	let next = 0;
	return () => {
		const pair = made[next++ % COUNT];
		if (pair === undefined) throw new Error("no pair");
		// The engine wipes what it is given.
		return { publicKey: pair.publicKey, privateKey: pair.privateKey.slice() };
	};
}
