/** A device has no panel beside it: its screen, keys and voice are its own. */

export interface DeskOptions {
	readonly path: string;
	onMessage(this: Desk, text: string): void;
	onClose?(this: Desk): void;
}

export default class Desk {
	/** @throws Error always */
	constructor(_options: DeskOptions) {
		throw new Error("this board has no panel");
	}
	send(_text: string): boolean {
		return false;
	}
	close(): void {}
}
