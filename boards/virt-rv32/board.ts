/** The bare board as data: what the composition root needs to know of it. */
import { nativeProvider } from "crypto/native";

export const board = Object.freeze({
	/** Shown in User-Agent and in our ZRTP Hello. */
	model: "virt-rv32",
	/** Which crypto serves each primitive: all of it mbedTLS and libsodium. */
	provider: nativeProvider,
	/** Raw NOR flash in the second bank; the names are those of hal/flash/virt, which gives each sector a block. */
	flash: Object.freeze({
		secrets: Object.freeze({ file: "secrets.flash", byteLength: 256 * 1024, sectorByteLength: 4096 }),
		settings: Object.freeze({ file: "settings.flash", byteLength: 128 * 1024, sectorByteLength: 4096 }),
	}),
	/** Stands for the key that hardware derives from eFuses. */
	deviceKeyFile: "device.key",
	/** In which all that is known of other phones moves to another handset. */
	transferFile: "known-phones.sotto",
	/** A microphone and a speaker of its own. */
	voice: true,
	screen: Object.freeze({ width: 320, height: 240 }),
});
