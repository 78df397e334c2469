import Resource from "Resource";
import Bitmap from "commodetto/Bitmap";
import Poco from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import parseBMP from "commodetto/parseBMP";
import Display from "hal/display/display";
import { equal, ok, test, throws } from "test/harness";

const UNPAINTED = 0xf81f;

class Sheet {
	readonly display: Display;
	readonly poco: InstanceType<typeof Poco>;
	constructor(width = 320, height = 240, displayListLength = 1 << 16) {
		this.display = new Display({ width, height });
		this.poco = new Poco(this.display, { displayListLength });
	}
	at(x: number, y: number): number {
		return new Uint16Array(this.display.snapshot())[y * this.display.width + x] ?? -1;
	}
	/** Pixels that differ from a color, as [x, y] with the least and the greatest of each. */
	box(background: number): { left: number; top: number; right: number; bottom: number } | undefined {
		const pixels = new Uint16Array(this.display.snapshot());
		const width = this.display.width;
		let found: { left: number; top: number; right: number; bottom: number } | undefined;
		for (let index = 0; index < pixels.length; index += 1) {
			if (pixels[index] === background) continue;
			const x = index % width;
			const y = Math.floor(index / width);
			found ??= { left: x, top: y, right: x, bottom: y };
			found.left = Math.min(found.left, x);
			found.right = Math.max(found.right, x);
			found.bottom = y;
		}
		return found;
	}
	close(): void {
		this.poco.close();
		this.display.close();
	}
}

function loadFont(name: string) {
	const font = parseBMF(new Resource(`${name}.fnt`));
	font.bitmap = parseBMP(new Resource(`${name}-alpha.bmp`));
	return font;
}

test("a color is RGB565", () => {
	const sheet = new Sheet();
	equal(sheet.poco.makeColor(255, 255, 255), 0xffff);
	equal(sheet.poco.makeColor(255, 0, 0), 0xf800);
	equal(sheet.poco.makeColor(0, 255, 0), 0x07e0);
	equal(sheet.poco.makeColor(0, 0, 255), 0x001f);
	throws(() => sheet.poco.makeColor(256, 0, 0), RangeError);
	sheet.close();
});

test("a rectangle fills its pixels and no other", () => {
	const sheet = new Sheet(40, 30);
	const { poco } = sheet;
	poco.begin();
	poco.fillRectangle(0, 0, 0, 40, 30);
	poco.fillRectangle(0xffff, 5, 6, 7, 8);
	poco.end();
	equal(sheet.box(0), { left: 5, top: 6, right: 11, bottom: 13 });
	sheet.close();
});

test("nothing is drawn outside the begun area, the clip or the screen", () => {
	const sheet = new Sheet(40, 30);
	const { poco } = sheet;
	poco.begin();
	poco.fillRectangle(0, 0, 0, 40, 30);
	poco.end();
	poco.begin(10, 10, 10, 10);
	poco.fillRectangle(0, -100, -100, 1000, 1000);
	poco.clip(12, 12, 100, 3);
	poco.fillRectangle(0xffff, -2_000_000_000, -2_000_000_000, 2_147_483_647, 2_147_483_647);
	poco.fillRectangle(0xffff, -5, -5, 2_147_483_647, 2_147_483_647);
	poco.clip();
	poco.end();
	equal(sheet.box(0), { left: 12, top: 12, right: 19, bottom: 14 });
	sheet.close();
});

test("an empty clip draws nothing, and a clip tells whether something is left", () => {
	const sheet = new Sheet(40, 30);
	const { poco } = sheet;
	poco.begin();
	poco.fillRectangle(0, 0, 0, 40, 30);
	equal(poco.clip(50, 50, 5, 5) as unknown, undefined);
	poco.fillRectangle(0xffff, 0, 0, 40, 30);
	poco.clip();
	equal(poco.clip(1, 1, 5, 5) as unknown, true);
	poco.clip();
	poco.end();
	equal(sheet.box(0), undefined);
	sheet.close();
});

test("origin moves what follows, and both stacks must be empty at the end", () => {
	const sheet = new Sheet(40, 30);
	const { poco } = sheet;
	poco.begin();
	poco.fillRectangle(0, 0, 0, 40, 30);
	poco.origin(3, 4);
	poco.origin(10, 10);
	poco.fillRectangle(0xffff, 0, 0, 2, 2);
	poco.origin();
	poco.origin();
	poco.end();
	equal(sheet.box(0), { left: 13, top: 14, right: 14, bottom: 15 });
	poco.begin();
	poco.origin(1, 1);
	throws(() => poco.end(), /stack not cleared/);
	poco.begin();
	poco.clip();
	throws(() => poco.end(), /under\/overflow/);
	poco.begin();
	poco.clip(0, 0, 4, 4);
	poco.origin();
	throws(() => poco.end(), /under\/overflow/);
	sheet.close();
});

test("what is not painted is magenta, and drawing needs begin", () => {
	const sheet = new Sheet(8, 8);
	const { poco } = sheet;
	poco.begin(2, 2, 2, 2);
	poco.end();
	equal(sheet.box(0), { left: 2, top: 2, right: 3, bottom: 3 });
	equal(sheet.at(2, 2), UNPAINTED);
	throws(() => poco.fillRectangle(0, 0, 0, 1, 1), /begin first/);
	throws(() => poco.end(), /begin first/);
	throws(() => poco.begin(4, 4, 8, 8), RangeError);
	throws(() => poco.begin(-1, 0, 2, 2), RangeError);
	sheet.close();
});

test("a frame holds as many calls as fit the display list", () => {
	const sheet = new Sheet(8, 8, 160);
	const { poco } = sheet;
	poco.begin();
	poco.fillRectangle(0, 20, 20, 8, 8); // outside: takes no room
	for (let count = 0; count < 10; count += 1) poco.fillRectangle(0, 0, 0, 8, 8);
	poco.end();
	poco.begin();
	for (let count = 0; count < 11; count += 1) poco.fillRectangle(0, 0, 0, 8, 8);
	throws(() => poco.end(), /display list overflow/);
	poco.begin();
	poco.fillRectangle(0, 0, 0, 8, 8);
	poco.end();
	sheet.close();
});

test("blending is between the two colors", () => {
	const sheet = new Sheet(8, 8);
	const { poco } = sheet;
	poco.begin();
	poco.fillRectangle(0, 0, 0, 8, 8);
	poco.blendRectangle(0xffff, 128, 0, 0, 4, 8);
	poco.blendRectangle(0xffff, 255, 4, 0, 2, 8);
	poco.blendRectangle(0xffff, 0, 6, 0, 2, 8);
	poco.end();
	equal(sheet.at(0, 0), (16 << 11) | (32 << 5) | 16);
	equal(sheet.at(4, 0), 0xffff);
	equal(sheet.at(6, 0), 0);
	throws(() => {
		poco.begin();
		poco.blendRectangle(0, 256, 0, 0, 1, 1);
	}, RangeError);
	sheet.close();
});

test("a gray bitmap is alpha: 0 is opaque, 15 lets everything through", () => {
	const sheet = new Sheet(8, 2);
	const { poco } = sheet;
	const bits = new Bitmap(4, 1, Bitmap.Gray16, new Uint8Array([0x0f, 0x78]).buffer, 0);
	poco.begin();
	poco.fillRectangle(0, 0, 0, 8, 2);
	poco.drawGray(bits, 0xffff, 2, 0);
	poco.end();
	equal(sheet.at(2, 0), 0xffff);
	equal(sheet.at(3, 0), 0);
	ok(sheet.at(4, 0) > sheet.at(5, 0) && sheet.at(5, 0) > 0);
	equal(sheet.at(6, 0), 0);
	sheet.close();
});

test("a part outside a bitmap, and a buffer too small for it, are refused", () => {
	const sheet = new Sheet(8, 8);
	const { poco } = sheet;
	const bits = new Bitmap(4, 2, Bitmap.Gray16, new ArrayBuffer(4), 0);
	throws(() => new Bitmap(4, 3, Bitmap.Gray16, new ArrayBuffer(4), 0), RangeError);
	throws(() => new Bitmap(4, 2, Bitmap.Gray16, new ArrayBuffer(4), 1), RangeError);
	poco.begin();
	poco.fillRectangle(0, 0, 0, 8, 8);
	throws(() => poco.drawGray(bits, 0, 0, 0, 1, 0, 4, 2), /invalid src/);
	throws(() => poco.drawGray(bits, 0, 0, 0, 0, 1, 4, 2), /invalid src/);
	throws(() => poco.drawGray(bits, 0, 0, 0, -1, 0, 2, 2), /invalid src/);
	const liar = { width: 400, height: 400, pixelFormat: 4, offset: 0, buffer: new ArrayBuffer(8) } as unknown as Bitmap;
	throws(() => poco.drawGray(liar, 0, 0, 0), /invalid bitmap/);
	throws(() => poco.drawBitmap(bits, 0, 0), /pixel format/);
	poco.end();
	sheet.close();
});

test("a color bitmap is copied, clipped at every side", () => {
	const sheet = new Sheet(4, 4);
	const { poco } = sheet;
	const pixels = new Uint16Array(16).map((_, index) => 0x1000 + index);
	const bits = new Bitmap(4, 4, Bitmap.RGB565LE, pixels.buffer, 0);
	for (const [x, y] of [
		[-2, -2],
		[2, 2],
		[-3, 3],
	] as const) {
		poco.begin();
		poco.fillRectangle(0, 0, 0, 4, 4);
		poco.drawBitmap(bits, x, y);
		poco.end();
		for (let row = 0; row < 4; row += 1)
			for (let column = 0; column < 4; column += 1) {
				const inside = column - x >= 0 && column - x < 4 && row - y >= 0 && row - y < 4;
				equal(sheet.at(column, row), inside ? 0x1000 + (row - y) * 4 + column - x : 0);
			}
	}
	sheet.close();
});

test("text is drawn within its measure and its line", () => {
	const sheet = new Sheet();
	const { poco } = sheet;
	const font = loadFont("body-16");
	ok(font.height >= 18 && font.height <= 24, `line height ${font.height}`);
	ok(font.ascent > 10 && font.ascent < font.height);
	const text = "Ägypten gjpq 0123";
	const width = poco.getTextWidth(text, font);
	poco.begin();
	poco.fillRectangle(0, 0, 0, 320, 240);
	poco.drawText(text, font, 0xffff, 50, 60);
	poco.end();
	const box = sheet.box(0);
	ok(box);
	ok(box.left >= 49 && box.right <= 50 + width + 1, JSON.stringify(box));
	ok(box.top >= 60 && box.bottom < 60 + font.height, JSON.stringify(box));
	sheet.close();
});

test("a text's width is the sum of its characters; digits are equally wide; unknown characters have none", () => {
	const sheet = new Sheet();
	const { poco } = sheet;
	const font = loadFont("small-13");
	const width = (text: string) => poco.getTextWidth(text, font);
	equal(width(""), 0);
	equal(width("abc"), width("a") + width("b") + width("c"));
	for (const digit of "123456789") equal(width(digit), width("0"));
	equal(width("\u{1f512}漢\u0007"), 0);
	ok(width("…") > 0 && width("€") > 0 && width("ž") > 0);
	sheet.close();
});

test("text with a width ends in an ellipsis and stays within it", () => {
	const sheet = new Sheet();
	const { poco } = sheet;
	const font = loadFont("body-16");
	for (const width of [0, 5, 30, 100, 101, 102, 200]) {
		poco.begin();
		poco.fillRectangle(0, 0, 0, 320, 240);
		poco.drawText("A very long name that nobody has", font, 0xffff, 40, 40, width);
		poco.end();
		const box = sheet.box(0);
		if (width >= 30) ok(box && box.right < 40 + width + 1, `${width}: ${JSON.stringify(box)}`);
	}
	sheet.close();
});

test("text half outside the screen is cut there", () => {
	const sheet = new Sheet(64, 32);
	const { poco } = sheet;
	const font = loadFont("title-22");
	for (const [x, y] of [
		[-20, -10],
		[50, 20],
		[-500, 3],
		[2_000_000_000, 2_000_000_000],
		[-2_000_000_000, -2_000_000_000],
	] as const) {
		poco.begin();
		poco.fillRectangle(0, 0, 0, 64, 32);
		poco.drawText("WWWWWWWW", font, 0xffff, x, y);
		poco.end();
	}
	sheet.close();
});

test("malformed text and lone surrogates do no harm", () => {
	const sheet = new Sheet(64, 32);
	const { poco } = sheet;
	const font = loadFont("small-13");
	poco.begin();
	poco.fillRectangle(0, 0, 0, 64, 32);
	for (const text of ["\ud800", "a\udfffb", "\u0000a", "\uffff", "a\u0301", "\u202eabc", "x".repeat(1000)])
		poco.drawText(text, font, 0xffff, 0, 0);
	poco.end();
	equal(poco.getTextWidth("\u0000a", font), poco.getTextWidth("a", font));
	sheet.close();
});

test("what is no font and no picture is refused in words", () => {
	throws(() => parseBMF(new ArrayBuffer(2)), /not a BMFont/);
	const good = new Uint8Array(new Resource("sas-44.fnt").slice(0));
	for (let length = 0; length < good.length; length += 7) throws(() => parseBMF(good.slice(0, length).buffer));
	throws(() => parseBMP(new ArrayBuffer(3)), /BMP/);
	throws(() => parseBMP(new ArrayBuffer(300)), /not a BMP/);
	throws(() => new Resource("nothing.bmp"), /nothing\.bmp/);
	equal(Resource.exists("nothing.bmp"), false);
	equal(Resource.exists("sas-44.fnt"), true);
});

test("a closed Poco draws no more, and closing twice is fine", () => {
	const sheet = new Sheet();
	sheet.poco.close();
	sheet.poco.close();
	throws(() => sheet.poco.begin(), /closed/);
	sheet.display.close();
	sheet.display.close();
	throws(() => sheet.display.width, /closed/);
});
