/**
 * The RandomSource of a running phone: the port's entropy. Tests give a seeded one of their own instead.
 * @module
 */
import { entropy } from "hal/crypto/crypto";
import type { RandomSource } from "./types";

/** Fresh octets from hal/crypto. @throws Error when the system has no entropy to give */
export const hardwareRandom: RandomSource = (byteLength) => {
	const bytes = new Uint8Array(byteLength);
	entropy(bytes);
	return bytes;
};
