/** Takes the place of crypto/native in a phone for measuring: what a board without native crypto would pay. */
export { nobleProvider as nativeProvider } from "crypto/noble";
