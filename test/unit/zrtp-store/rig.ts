/** What the store's tests share: a flash file that is blank again, and a store on it. */
import { nativeProvider } from "crypto/native";
import { type PowerCut, PowerCutFlash } from "test/unit/flash/power-cut";
import { statePath } from "test/unit/flash/state-folder";
import { openStore, type Store, type StoreOptions } from "zrtp-store/store";
import { DEVICE_KEY_FILL, Seeded } from "./plain";

export * from "./plain";

/** One partition of a phone that is switched off and on again. */
export class Rig {
	readonly path: string;
	readonly sectorByteLength: number;
	readonly byteLength: number;
	readonly warnings: string[] = [];
	readonly random = new Seeded(7);
	/** Milliseconds since 1970 that the store is told. */
	time = 1_800_000_000_000;
	deviceKey = new Uint8Array(32).fill(DEVICE_KEY_FILL);
	flash: PowerCutFlash;

	/** @param partition of a board; this computer has as many as it likes of each */
	constructor(sectorCount = 4, sectorByteLength = 4096, partition: "store.flash" | "other.flash" = "store.flash") {
		this.path = statePath(partition);
		this.sectorByteLength = sectorByteLength;
		this.byteLength = sectorCount * sectorByteLength;
		this.flash = this.power();
		/* A board has one part of a name for all tests, one after the other. */
		this.blank();
		this.power();
	}

	/** Switches the flash off and on, perhaps to fail later. */
	power(cut: PowerCut = {}): PowerCutFlash {
		this.flash?.close();
		const { path, byteLength, sectorByteLength } = this;
		this.flash = new PowerCutFlash({ path, byteLength, sectorByteLength, durable: false }, cut);
		return this.flash;
	}

	/** Opens a store on the flash as it is powered now. */
	open(options: Partial<StoreOptions> = {}): Store {
		return openStore({
			flash: this.flash,
			provider: nativeProvider,
			deviceKey: this.deviceKey,
			random: this.random.bytes,
			now: () => this.time,
			onWarning: (text) => this.warnings.push(text),
			...options,
		});
	}

	/** Off and on again. */
	reopen(options: Partial<StoreOptions> = {}): Store {
		this.power();
		return this.open(options);
	}

	/** A factory-new part. */
	blank(): void {
		this.power();
		for (let offset = 0; offset < this.byteLength; offset += this.sectorByteLength) this.flash.erase(offset);
	}

	/** Changes what lies on flash, bits set or cleared, as no driver could. */
	overwrite(offset: number, bytes: Uint8Array): void {
		this.power();
		const sector = offset - (offset % this.sectorByteLength);
		const content = this.flash.read(sector, this.sectorByteLength);
		content.set(bytes, offset - sector);
		this.flash.erase(sector);
		this.flash.program(sector, content);
	}

	contents(): Uint8Array {
		return this.flash.read(0, this.byteLength);
	}
}
