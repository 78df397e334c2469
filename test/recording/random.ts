/**
 * Takes the place of crypto/random in the program that tests watch. Draws of a key's length are written down: private
 * keys, H0, and key and salt of SDES, of which AES-128-GCM has the fewest octets. Shorter ones are ZIDs, stream numbers, IVs and SIP's tags, which go out for everybody to read.
 */
import type { RandomSource } from "crypto/types";
import { entropy } from "hal/crypto/crypto";
import { record } from "test/recording/recorder";

const KEY_BYTE_LENGTH = 28;

export const hardwareRandom: RandomSource = (byteLength) => {
	const bytes = new Uint8Array(byteLength);
	entropy(bytes);
	if (byteLength >= KEY_BYTE_LENGTH) record("random", bytes);
	return bytes;
};
