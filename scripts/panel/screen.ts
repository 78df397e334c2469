/** The phone's frame buffer as a picture. */
import { PNG } from "pngjs";

export interface Screen {
	readonly width: number;
	readonly height: number;
	/** The picture as a PNG file, base64. */
	readonly png: string;
}

/**
 * @param payload u16le width, u16le height, then RGB565 little-endian pixels, row by row
 * @returns undefined when the length does not fit the size
 */
export function screenOf(payload: Buffer): Screen | undefined {
	if (payload.length < 4) return undefined;
	const width = payload.readUInt16LE(0);
	const height = payload.readUInt16LE(2);
	if (width === 0 || height === 0 || payload.length !== 4 + width * height * 2) return undefined;
	const png = new PNG({ width, height, colorType: 2 });
	for (let index = 0; index < width * height; index++) {
		const pixel = payload.readUInt16LE(4 + index * 2);
		const [red, green, blue] = [(pixel >> 11) & 0x1f, (pixel >> 5) & 0x3f, pixel & 0x1f];
		png.data[index * 4] = (red << 3) | (red >> 2);
		png.data[index * 4 + 1] = (green << 2) | (green >> 4);
		png.data[index * 4 + 2] = (blue << 3) | (blue >> 2);
		png.data[index * 4 + 3] = 255;
	}
	return { width, height, png: PNG.sync.write(png, { colorType: 2, deflateLevel: 3 }).toString("base64") };
}
