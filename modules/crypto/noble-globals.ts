/**
 * The one global that @noble/curves asks for while it loads and XS does not have. Imported before it, for its effect
 * alone; an engine that has a TextEncoder keeps its own.
 * @module
 */
import { utf8Encode } from "bytes/text";

class TextEncoder {
	encode(text = ""): Uint8Array {
		return utf8Encode(text);
	}
}

if (!("TextEncoder" in globalThis))
	Object.defineProperty(globalThis, "TextEncoder", { value: TextEncoder, configurable: true, writable: true });
