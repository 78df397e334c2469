/** A device has no files: what would be carried by file between two phones has no way in or out here yet. */

/** @throws Error always, in words for the person */
export function writeFile(this: void, _path: string, _bytes: Uint8Array): void {
	throw new Error("this phone cannot write files yet");
}

/** @throws Error always, in words for the person */
export function readFile(this: void, _path: string, _byteLengthMaximum: number): Uint8Array | undefined {
	throw new Error("this phone cannot read files yet");
}
