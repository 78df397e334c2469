/** The phone's keys: names come from the board's C (see keys.h) and go to the screen, in the order they were pressed. */

export interface KeysOptions {
	/** Called once for each key. */
	onKey(this: Keys, name: string): void;
}

export default class Keys extends Native("xs_keys_destructor") {
	/** @throws {Error} where another Keys is listening */
	constructor(options: KeysOptions) {
		super();
		native("xs_keys_constructor").call(this, options);
	}
	/** Safe to repeat; onKey is not called again. */
	close(): void {
		native("xs_keys_close").call(this);
	}
	/** Keys lost since the program began, because the queue was full or nobody listened. */
	get dropped(): number {
		return native("xs_keys_dropped").call(this);
	}
}
