/** What the handset knows of the device below it: board/device of each board starts one. */

export interface DeviceOptions {
	/** What keeps the device from its network, in a sentence for the screen; undefined: nothing any more. */
	readonly onNetworkFault: (text: string | undefined) => void;
}

export interface Device {
	/** Safe to repeat. */
	close(): void;
}
