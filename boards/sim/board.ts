/** The simulator as data: what the composition root needs to know of this board. */
import { compose } from "crypto/compose";
import { nativeProvider } from "crypto/native";
import { nobleSha3 } from "crypto/noble-sha3";

export const board = Object.freeze({
	/** Shown in User-Agent and in our ZRTP Hello. */
	model: "sim",
	/** Which crypto serves each primitive: SHA-3 is noble's, since Debian's mbedTLS has none (docs/adr/0005-sha-3-is-nobles.md). */
	provider: compose("sim", nativeProvider, nobleSha3),
	/** Raw NOR flash, one file each in the state folder. */
	flash: Object.freeze({
		secrets: Object.freeze({ file: "secrets.flash", byteLength: 256 * 1024, sectorByteLength: 4096 }),
		settings: Object.freeze({ file: "settings.flash", byteLength: 128 * 1024, sectorByteLength: 4096 }),
	}),
	/** Stands for the key that hardware derives from eFuses. */
	deviceKeyFile: "device.key",
	/** In which all that is known of other phones moves to another handset. */
	transferFile: "known-phones.sotto",
	screen: Object.freeze({ width: 320, height: 240 }),
	/** No microphone and speaker of its own: the person sits at the panel. */
	voice: false,
});
