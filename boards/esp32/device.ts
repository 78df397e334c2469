/**
 * An ESP32 as a device. What has to be there before anything else of the phone: lwIP before the first socket (it ends the
 * program otherwise), events before the first thread that waits for one, and the radio, whose noise feeds the chip's random
 * numbers, before the first key.
 */
import type { Device, DeviceOptions } from "app/device";
import Timer from "timer";
import { Network } from "./network";
import { markValid, prepare, print } from "./process";

/** An image that has run for so long is kept; one that ends before goes back to the image before it. */
const GOOD_AFTER_MS = 60_000;

export function startDevice({ onNetworkFault }: DeviceOptions): Device {
	prepare();
	let network: Network | undefined;
	const told = (text: string | undefined): void => {
		if (text !== undefined) print(text);
		onNetworkFault(text);
	};
	try {
		network = new Network(told);
	} catch (error) {
		told(`This phone has no network: ${error instanceof Error ? error.message : String(error)}`);
	}
	let good: Timer | undefined = Timer.set(() => {
		good = undefined;
		markValid();
	}, GOOD_AFTER_MS);
	return {
		close: () => {
			network?.close();
			if (good !== undefined) Timer.clear(good);
			good = undefined;
		},
	};
}
