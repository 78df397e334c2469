/** What the XS engine has beyond the language. */

/** Debug output: values as text, without spaces and without a line end. */
declare function trace(...values: readonly unknown[]): void;

interface StringConstructor {
	/** The bytes must be well-formed UTF-8; otherwise it throws. */
	fromArrayBuffer(buffer: ArrayBuffer): string;
}

interface ArrayBufferConstructor {
	/** The text's UTF-8 bytes. */
	fromString(text: string): ArrayBuffer;
}
