/**
 * Modules of the Moddable SDK that only an ESP32 board uses, as far as it uses them, for our own type check; the SDK's own
 * typings take their place when it builds. The shape of mc/config is what our boards write into their manifests.
 */

declare module "mc/config" {
	const config: {
		readonly model: string;
		readonly keys?: {
			readonly buttons?: readonly { readonly pin: number; readonly name: string }[];
			/** TCA8418: `names` by row and column, "" for a place without a key. */
			readonly matrix?: {
				/** The I2C controller, where another one has wires of its own. */
				readonly port?: number;
				readonly data: number;
				readonly clock: number;
				readonly hz: number;
				readonly address: number;
				readonly rows: number;
				readonly columns: number;
				readonly names: readonly (readonly string[])[];
			};
		};
		/** Pin that holds the screen in reset while it is high; the SDK's driver knows the other kind. */
		readonly screenReset?: number;
		readonly [name: string]: unknown;
	};
	export default config;
}

declare module "time" {
	const Time: { set(seconds: number): void; readonly microseconds?: number };
	export default Time;
}

declare module "preference" {
	const Preference: { get(domain: string, key: string): string | boolean | number | ArrayBuffer | undefined };
	export default Preference;
}

declare module "sntp" {
	export default class SNTP {
		static readonly time: 1;
		static readonly error: -1;
		static readonly retry: 2;
		constructor(options: { host: string }, callback: (message: -1 | 1 | 2, value?: number) => void);
	}
}

declare module "embedded:io/digital" {
	export default class Digital {
		static readonly InputPullUp: number;
		static readonly Output: number;
		static readonly Falling: number;
		constructor(options: { pin: number; mode: number; edge?: number; onReadable?: (this: Digital) => void });
		write(value: number): void;
		close(): void;
	}
}

declare module "embedded:io/i2c" {
	export default class I2C {
		constructor(options: { data: number; clock: number; hz: number; address: number; port?: number });
		write(bytes: Uint8Array): void;
		read(byteLength: number): ArrayBuffer;
	}
}

declare module "embedded:network/interface/wifi" {
	export default class WiFi {
		constructor(options: { onChanged?: (property: "connection" | "address") => void });
		connect(options: { SSID: string; password?: string }): void;
		readonly connection: number;
		readonly address: string | undefined;
	}
}

declare module "embedded:network/interface/ethernet" {
	export default class Ethernet {
		constructor(options: { onChanged?: (property: "connection" | "address") => void });
		readonly connection: number;
		readonly address: string | undefined;
	}
}
