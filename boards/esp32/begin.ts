/**
 * What has to be there before the handset: lwIP before the first socket (it ends the program otherwise), events before the
 * first thread that waits for one, and the radio, whose noise feeds the chip's random numbers, before the first key.
 * Imported by ./start before the handset; never preloaded, since its body is what runs.
 */
import Timer from "timer";
import { Network } from "./network";
import { markValid, prepare, print } from "./process";

/** An image that has run for so long is kept; one that ends before goes back to the image before it. */
const GOOD_AFTER_MS = 60_000;

prepare();
try {
	Network.start();
} catch (error) {
	print(`no network: ${error instanceof Error ? error.message : String(error)}`);
}
Timer.set(() => markValid(), GOOD_AFTER_MS);
