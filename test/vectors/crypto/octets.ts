/** Vectors are hexadecimal text; a typing error in one must not pass as an empty message. */
import { fromHex } from "bytes/hex";

export function octets(hex: string): Uint8Array {
	const bytes = fromHex(hex);
	if (bytes === undefined) throw new Error(`no hexadecimal: ${hex}`);
	return bytes;
}
