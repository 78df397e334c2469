/** Every provider there is: each vector runs through each of them. What the native one lacks is composed in, as a board does. */
import { compose } from "crypto/compose";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import { nobleSha512_256 } from "crypto/noble-hash";
import { nobleSha3 } from "crypto/noble-sha3";
import type { Provider } from "crypto/types";

export const providers: readonly Provider[] = Object.freeze([
	nobleProvider,
	compose("native with noble's SHA-3", nativeProvider, nobleSha3, { sha512_256: nobleSha512_256 }),
]);
