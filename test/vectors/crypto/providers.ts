/** Every provider there is: each vector runs through each of them. A composed one has nothing that is not in these. */
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import type { Provider } from "crypto/types";

export const providers: readonly Provider[] = Object.freeze([nobleProvider, nativeProvider]);
