/** An ESP32 board as data: what the composition root needs to know. The rest of it stands in the board's own manifest. */
import { nativeProvider } from "crypto/native";
import config from "mc/config";

export const board = Object.freeze({
	/** Shown in User-Agent and in our ZRTP Hello. */
	model: config.model,
	/** Which crypto serves each primitive: mbedTLS, with the chip's accelerators where the IDF uses them. */
	provider: nativeProvider,
	/** Raw NOR flash: labels of the partition table, with the sizes that stand there. */
	flash: Object.freeze({
		secrets: Object.freeze({ file: "secrets", byteLength: 256 * 1024, sectorByteLength: 4096 }),
		settings: Object.freeze({ file: "settings", byteLength: 128 * 1024, sectorByteLength: 4096 }),
	}),
	/** Names nothing here: the key comes from eFuses. */
	deviceKeyFile: "device-key",
	/** Names nothing here: there is no way yet to carry a file to this board. */
	transferFile: "known-phones",
	screen: Object.freeze({ width: 320, height: 240 }),
	/** A microphone and a speaker of its own. */
	voice: true,
});
