/**
 * The keys of a board, as its manifest lists them (config, keys): buttons on pins of their own, and a matrix behind a
 * TCA8418 keypad controller on the I2C bus. Names are those of hal/keys/keys.h.
 */
import Digital from "embedded:io/digital";
import I2C from "embedded:io/i2c";
import config from "mc/config";
import Timer from "timer";

export interface KeysOptions {
	/** Called once for each key. */
	onKey(this: Keys, name: string): void;
}

/** How often the controller is asked, and how long a button must be at rest. */
const POLL_MS = 20;
const BOUNCE_MS = 30;

/** Registers of the TCA8418 (its data sheet, table 3). */
const CFG = 0x01;
const INT_STAT = 0x02;
const KEY_LCK_EC = 0x03;
const KEY_EVENT_A = 0x04;
const KP_GPIO1 = 0x1d;
/** KE_IEN: key events are reported. */
const KEY_EVENTS_ON = 0x01;
/** An event's highest bit says that the key went down; the rest is 10 * row + column + 1. */
const PRESSED = 0x80;
const COLUMNS = 10;
/** The controller's queue. */
const EVENTS_MOST = 10;

export default class Keys {
	readonly #onKey: (name: string) => void;
	readonly #buttons: Digital[] = [];
	readonly #lastPress: number[] = [];
	#matrix: I2C | undefined;
	#poll: Timer | undefined;
	#dropped = 0;
	#now = 0;

	constructor(options: KeysOptions) {
		this.#onKey = (name) => options.onKey.call(this, name);
		for (const [index, { pin, name }] of (config.keys?.buttons ?? []).entries()) {
			const pressed = (): void => this.#button(index, name);
			const options = { pin, mode: Digital.InputPullUp, edge: Digital.Falling, onReadable: pressed };
			this.#buttons.push(new Digital(options));
		}
		try {
			if (config.keys?.matrix) this.#openMatrix(config.keys.matrix);
		} catch {
			// No keypad answers: the phone rings and shows it all the same.
			this.#matrix = undefined;
			this.#dropped++;
		}
		this.#poll = Timer.repeat(() => this.#tick(), POLL_MS);
	}

	/** Safe to repeat; onKey is not called again. */
	close(): void {
		if (this.#poll === undefined) return;
		Timer.clear(this.#poll);
		this.#poll = undefined;
		for (const button of this.#buttons.splice(0)) button.close();
		// The SDK's typings leave its close() out.
		(this.#matrix as { close?(): void } | undefined)?.close?.();
		this.#matrix = undefined;
	}

	/** Keys lost because the controller's queue was full. */
	get dropped(): number {
		return this.#dropped;
	}

	#button(index: number, name: string): void {
		const last = this.#lastPress[index];
		this.#lastPress[index] = this.#now;
		if (last === undefined || this.#now - last >= BOUNCE_MS) this.#onKey(name);
	}

	#openMatrix({
		port,
		data,
		clock,
		hz,
		address,
		rows,
		columns,
	}: NonNullable<NonNullable<typeof config.keys>["matrix"]>): void {
		const io = new I2C({ data, clock, hz, address, ...(port !== undefined && { port }) });
		const columnMask = (1 << columns) - 1;
		io.write(Uint8Array.of(KP_GPIO1, (1 << rows) - 1, columnMask & 0xff, columnMask >> 8));
		io.write(Uint8Array.of(CFG, KEY_EVENTS_ON));
		this.#matrix = io;
	}

	#tick(): void {
		this.#now += POLL_MS;
		const io = this.#matrix;
		if (io === undefined) return;
		try {
			const waiting = this.#read(io, KEY_LCK_EC) & 0x0f;
			for (let i = 0; i < waiting && i < EVENTS_MOST; i++) this.#event(this.#read(io, KEY_EVENT_A));
			if (waiting > 0) this.#clear(io);
		} catch {
			// A disturbed bus: the next poll asks again.
			this.#dropped++;
		}
	}

	#event(event: number): void {
		if ((event & PRESSED) === 0) return;
		const code = (event & ~PRESSED) - 1;
		const { matrix } = config.keys ?? {};
		const name = matrix?.names[Math.floor(code / COLUMNS)]?.[code % COLUMNS];
		if (name !== undefined && name !== "") this.#onKey(name);
	}

	/** Bit 3 of the status: the queue ran over since it was cleared last. */
	#clear(io: I2C): void {
		if ((this.#read(io, INT_STAT) & 0x08) !== 0) this.#dropped++;
		io.write(Uint8Array.of(INT_STAT, 0x1f));
	}

	#read(io: I2C, register: number): number {
		io.write(Uint8Array.of(register));
		return new Uint8Array(io.read(1))[0] ?? 0;
	}
}
