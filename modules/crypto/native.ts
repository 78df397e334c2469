/**
 * The provider in C: mbedTLS by way of hal/crypto. Imports nothing of noble, so that a board served by it alone never
 * loads any of that.
 * @module
 */
import { compose } from "./compose";
import { nativeModp3072 } from "./native-modp3072";
import { nativePrimitives } from "./native-psa";
import type { Provider } from "./types";

export const nativeProvider: Provider = compose("native", nativePrimitives, { dh3072: nativeModp3072 });
