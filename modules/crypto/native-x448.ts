/**
 * X448 in C. A file of its own, like native-modp: not every board's library has the curve.
 * @module
 */
import { x448Agree, x448PublicKey } from "hal/crypto/x448";
import { montgomery } from "./native-montgomery";
import { x448PrivateKey } from "./private-keys";

export const nativeX448 = montgomery("X448", 56, x448PrivateKey, x448PublicKey, x448Agree);
