/**
 * The provider in C: mbedTLS by way of hal/crypto, libsodium for X25519. It has no SHA-3, since mbedTLS 2.28 has
 * none: a board that wants N256 and N384 composes noble's in. Imports nothing of noble, so that a board served by it alone
 * never loads any of that.
 * @module
 */
import { compose } from "./compose";
import { nativeModp2048, nativeModp3072 } from "./native-modp";
import { nativeX25519 } from "./native-montgomery";
import { nativePrimitives } from "./native-psa";
import { nativeX448 } from "./native-x448";

export const nativeProvider = compose("native", nativePrimitives, {
	x25519: nativeX25519,
	x448: nativeX448,
	dh2048: nativeModp2048,
	dh3072: nativeModp3072,
});
