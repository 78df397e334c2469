/**
 * The cable between a simulated phone and its panel: a Unix socket. JSON passes through here; the frame buffer, keys and
 * sound pass in C between the socket's thread and hal/display, hal/keys and hal/audio. docs/panel.md has the framing.
 */

export interface DeskOptions {
	/** The panel's socket in the file system. */
	readonly path: string;
	/** One JSON text from the panel, at most 512 KB. */
	onMessage(this: Desk, text: string): void;
	/** The panel has gone; nothing comes after it. */
	onClose?(this: Desk): void;
}

export default class Desk extends Native("xs_desk_destructor") {
	/** @throws Error naming the path when no panel listens there; Error where there is a desk already */
	constructor(options: DeskOptions) {
		super();
		native("xs_desk_constructor").call(this, options);
	}
	/** Sends one JSON text; false where the panel does not keep up and it was dropped. */
	send(text: string): boolean {
		return native("xs_desk_send").call(this, text);
	}
	/** Safe to repeat; no callback comes after it. */
	close(): void {
		native("xs_desk_close").call(this);
	}
}
