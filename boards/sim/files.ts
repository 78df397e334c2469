/** Files of this computer that the owner carries from one phone to another. On hardware another way takes their place. */

/**
 * Writes a file that only its owner can read; it appears whole or not at all, in place of one that was there.
 * @throws Error naming the file and the reason
 */
export function writeFile(this: void, path: string, bytes: Uint8Array): void {
	native("xs_files_write").call(this, path, bytes);
}

/**
 * @returns undefined where there is no such file
 * @throws Error naming the file when it cannot be read or is longer than byteLengthMaximum
 */
export function readFile(this: void, path: string, byteLengthMaximum: number): Uint8Array | undefined {
	const bytes = read(path, byteLengthMaximum);
	return bytes && new Uint8Array(bytes);
}

function read(this: void, path: string, byteLengthMaximum: number): ArrayBuffer | undefined {
	return native("xs_files_read").call(this, path, byteLengthMaximum);
}
