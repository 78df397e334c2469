/**
 * A small XML reader for the documents that come in NOTIFY: elements, attributes and text, and nothing else that XML has.
 * Text enters from dialog-info.ts; a tree leaves. Whatever a document needs a declaration for (entities, a DTD, processing
 * instructions) is refused, so that nothing in it can grow or reach outside.
 * @module
 */

export interface Element {
	/** Without its namespace prefix. */
	readonly name: string;
	/** Attributes by name, prefixes and all. */
	readonly attributes: ReadonlyMap<string, string>;
	readonly children: readonly Element[];
	/** Its own text, trimmed. */
	readonly text: string;
}

/** Longer documents are not read: twenty dialogs have about 8 KB. */
export const MAX_XML_LENGTH = 16384;
const MAX_DEPTH = 12;
const MAX_ELEMENTS = 512;
const MAX_ATTRIBUTES = 16;
const NAMED: Readonly<Record<string, string>> = Object.freeze({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" });

interface Open {
	readonly written: string;
	readonly name: string;
	readonly attributes: ReadonlyMap<string, string>;
	readonly children: Element[];
	text: string;
}

/** The root element; undefined when the document is malformed, too large, too deep or uses what is not read. */
export function parseXml(document: string): Element | undefined {
	if (document.length > MAX_XML_LENGTH) return undefined;
	const open: Open[] = [];
	let root: Element | undefined;
	let count = 0;
	let at = document.charCodeAt(0) === 0xfeff ? 1 : 0;
	const start = at;
	while (at < document.length) {
		const less = document.indexOf("<", at);
		const text = decode(document.slice(at, less < 0 ? document.length : less));
		const top = open[open.length - 1];
		if (text === undefined || (top === undefined && text.trim() !== "")) return undefined;
		if (top !== undefined) top.text += text;
		if (less < 0) break;
		if (document.startsWith("<!--", less)) {
			const end = document.indexOf("-->", less + 4);
			if (end < 0) return undefined;
			at = end + 3;
			continue;
		}
		if (document.startsWith("<![CDATA[", less)) {
			const end = document.indexOf("]]>", less + 9);
			if (end < 0 || top === undefined) return undefined;
			top.text += document.slice(less + 9, end);
			at = end + 3;
			continue;
		}
		const close = tagEnd(document, less + 1);
		if (close < 0) return undefined;
		const inner = document.slice(less + 1, close);
		at = close + 1;
		if (inner.startsWith("?")) {
			// The XML declaration, at the very beginning, and no other instruction.
			if (less !== start || !inner.startsWith("?xml") || !inner.endsWith("?")) return undefined;
			continue;
		}
		if (inner.startsWith("!")) return undefined;
		if (inner.startsWith("/")) {
			const done = open.pop();
			if (done === undefined || done.written !== inner.slice(1).trim()) return undefined;
			root = finish(done, open) ?? root;
			continue;
		}
		if (root !== undefined || ++count > MAX_ELEMENTS || open.length >= MAX_DEPTH) return undefined;
		const empty = inner.endsWith("/");
		const begun = begin(empty ? inner.slice(0, -1) : inner);
		if (begun === undefined) return undefined;
		if (empty) root = finish(begun, open) ?? root;
		else open.push(begun);
	}
	return open.length === 0 ? root : undefined;
}

/** The first child of that name. */
export function child(element: Element, name: string): Element | undefined {
	return element.children.find((candidate) => candidate.name === name);
}

/** The `>` that ends a tag, outside quotes; -1 without one. */
function tagEnd(document: string, from: number): number {
	let quote = "";
	for (let at = from; at < document.length; at++) {
		const character = document.charAt(at);
		if (quote !== "") {
			if (character === quote) quote = "";
		} else if (character === '"' || character === "'") quote = character;
		else if (character === ">") return at;
		else if (character === "<") return -1;
	}
	return -1;
}

/** Adds a finished element to the one around it; gives it back when it is the root. */
function finish(done: Open, open: readonly Open[]): Element | undefined {
	const { name, attributes, children } = done;
	const element: Element = { name, attributes, children, text: done.text.trim() };
	const parent = open[open.length - 1];
	if (parent === undefined) return element;
	parent.children.push(element);
	return undefined;
}

/** `name a="1" b='2'`. */
function begin(tag: string): Open | undefined {
	let at = nameEnd(tag, 0);
	const written = tag.slice(0, at);
	if (written === "") return undefined;
	const attributes = new Map<string, string>();
	for (;;) {
		at = skipSpace(tag, at);
		if (at >= tag.length) break;
		const end = nameEnd(tag, at);
		const key = tag.slice(at, end);
		at = skipSpace(tag, end);
		if (key === "" || tag.charAt(at) !== "=") return undefined;
		at = skipSpace(tag, at + 1);
		const quote = tag.charAt(at);
		const close = quote === '"' || quote === "'" ? tag.indexOf(quote, at + 1) : -1;
		const value = close < 0 ? undefined : decode(tag.slice(at + 1, close));
		if (value === undefined || attributes.has(key) || attributes.size >= MAX_ATTRIBUTES) return undefined;
		attributes.set(key, value);
		at = close + 1;
	}
	return { written, name: written.slice(written.indexOf(":") + 1), attributes, children: [], text: "" };
}

function nameEnd(text: string, from: number): number {
	let at = from;
	while (at < text.length && isName(text.charCodeAt(at))) at++;
	return at;
}

/** Letters, digits and `-._:`, and all beyond ASCII. */
function isName(code: number): boolean {
	if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code > 0x7f) return true;
	return (code >= 0x30 && code <= 0x3a) || code === 0x2d || code === 0x2e || code === 0x5f;
}

function skipSpace(text: string, from: number): number {
	let at = from;
	while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
	return at;
}

/** Text with the five named entities and character references; any other entity is undefined. */
function decode(text: string): string | undefined {
	if (text.indexOf("&") < 0) return text;
	let result = "";
	let at = 0;
	for (;;) {
		const amp = text.indexOf("&", at);
		if (amp < 0) return result + text.slice(at);
		const semicolon = text.indexOf(";", amp);
		if (semicolon < 0 || semicolon - amp > 10) return undefined;
		const name = text.slice(amp + 1, semicolon);
		const character = name.startsWith("#") ? reference(name) : NAMED[name];
		if (character === undefined) return undefined;
		result += text.slice(at, amp) + character;
		at = semicolon + 1;
	}
}

function reference(name: string): string | undefined {
	const hex = name.startsWith("#x");
	const digits = name.slice(hex ? 2 : 1);
	let code = 0;
	for (const digit of digits) {
		const value = "0123456789abcdef".indexOf(digit.toLowerCase());
		if (value < 0 || value >= (hex ? 16 : 10)) return undefined;
		code = code * (hex ? 16 : 10) + value;
	}
	const usable = digits !== "" && code <= 0x10ffff && code >= 9 && (code < 0xd800 || code > 0xdfff);
	return usable ? String.fromCodePoint(code) : undefined;
}
