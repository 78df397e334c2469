/**
 * The screen of a board that has no frame buffer: its glass remembers what was drawn. Runs of pixels come in as the board
 * draws them (`A`: x, y, RGB565 little-endian to the right), and at `E` (width, height) the picture goes out as a frame.
 */

const SIDE_MOST = 1024;

export class Glass {
	#rows: Buffer[] = [];

	draw(run: Buffer): void {
		if (run.length < 4) return;
		const x = run.readUInt16LE(0);
		const y = run.readUInt16LE(2);
		if (y >= SIDE_MOST || x + (run.length - 4) / 2 > SIDE_MOST) return;
		while (this.#rows.length <= y) this.#rows.push(Buffer.alloc(2 * SIDE_MOST));
		run.copy(this.#rows[y] as Buffer, 2 * x, 4);
	}

	/** Width and height, then the rows: what a phone with a frame buffer sends as `F`. */
	frame(size: Buffer): Buffer {
		const width = Math.min(size.readUInt16LE(0), SIDE_MOST);
		const height = Math.min(size.readUInt16LE(2), SIDE_MOST);
		const head = Buffer.alloc(4);
		head.writeUInt16LE(width, 0);
		head.writeUInt16LE(height, 2);
		const blank = Buffer.alloc(2 * width);
		const rows = Array.from({ length: height }, (_, y) => this.#rows[y]?.subarray(0, 2 * width) ?? blank);
		return Buffer.concat([head, ...rows]);
	}
}
