/**
 * A heap as the seed wrote it (boards/virt-rv32/seed/words.h), made smaller: slots that are equal and whose place means
 * nothing to a program are one. What goes out is assembly and the table that the engine takes it from.
 */
import { BuildError } from "./process";

const TABLES = ["keys", "names", "symbols"] as const;
/** Of the engine's xsAll.h. */
const INSTANCE_KIND = 13;
const TEXT_KINDS = [6, 44];
const ENVIRONMENT_BEHAVIOR = 4;
const INTERNAL_FLAG = 1;

/** Next, head, and the two words of the value. */
type Slot = [string, string, string, string];

const kindOf = (slot: Slot): number => Number.parseInt(slot[1], 16) & 0xff;
const flagsOf = (slot: Slot): number => (Number.parseInt(slot[1], 16) >> 8) & 0xff;
const idOf = (slot: Slot): number => Number.parseInt(slot[1], 16) >>> 16;

export class PreloadedHeap {
	readonly #values = new Map<string, number>();
	readonly #sections = new Map<string, string[]>();
	readonly #slots: Slot[];
	/** Each slot's place among those that are left. */
	readonly #places: readonly number[];
	readonly #kept: readonly number[];
	/** Words of each chunk of data, its header before them, by the place of its first byte. */
	readonly #chunks = new Map<number, readonly string[]>();

	/** @throws {BuildError} where it ends before its end */
	constructor(words: string) {
		let lines: string[] = [];
		for (const line of words.split("\n")) {
			if (line.startsWith("section ")) {
				lines = [];
				this.#sections.set(line.slice("section ".length), lines);
			} else if (line.startsWith("value ")) {
				const [, name = "", value] = line.split(" ");
				this.#values.set(name, Number(value));
			} else if (line !== "") lines.push(line);
		}
		if (!this.#sections.has("end")) throw new BuildError("The seed did not finish.");
		const data = this.#section("data");
		for (let at = 0; at < data.length; ) {
			const end = at + 2 + 2 * Math.ceil(Number.parseInt(data[at] ?? "0", 16) / 8);
			this.#chunks.set(4 * (at + 2), data.slice(at, end));
			at = end;
		}
		this.#slots = inFours(this.#section("slots"));
		const same = merge(this.#slots);
		this.#kept = same.flatMap((to, at) => (to === at ? [at] : []));
		const place = new Map(this.#kept.map((at, index) => [at, index]));
		this.#places = same.map((to) => place.get(to) ?? 0);
	}

	/** Each address of the program that the heap leads to. */
	programAddresses(): number[] {
		const all = [...this.#sections.values()].flat();
		return all.filter((word) => word.startsWith("!")).map((word) => Number.parseInt(word.slice(1), 16));
	}

	/** nameOf: an expression for an address of the program. textAt: the text of C that lies at one. */
	program(
		nameOf: (address: number) => string,
		textAt: (address: number) => Uint8Array,
	): { readonly assembly: string; readonly table: string } {
		const texts = new Map<string, number>();
		const text = (content: string): string => {
			const number = texts.get(content) ?? texts.size;
			texts.set(content, number);
			return `.Ltext${number}`;
		};
		const chunks = new Set<number>();
		const word = (it: string): string => {
			const value = Number.parseInt(it.slice(1), 16);
			switch (it[0]) {
				case "@":
					return `hostPreloadSlots+${16 * (this.#places[value] ?? 0)}`;
				case "=":
					chunks.add(value);
					return `.Ldata${value}`;
				case "!":
					return nameOf(value);
				case '"':
					return text(Buffer.from(textAt(value)).toString("latin1"));
				default:
					return `0x${it}`;
			}
		};
		const section = (name: string, words: readonly string[]): string[] => [
			`.section .rodata.${label(name)},"a"\n.balign 16\n.global ${label(name)}\n${label(name)}:`,
			...words.map((it) => `.word ${word(it)}`),
			".word 0",
		];
		/* A text needs no header, and one that C has as well is there once. */
		const slotWords = (slot: Slot): string[] => {
			if (!slot[2].startsWith("=") || !TEXT_KINDS.includes(kindOf(slot))) return slot.map((it) => `.word ${word(it)}`);
			const content = textOf(this.#chunks.get(Number.parseInt(slot[2].slice(1), 16)) ?? []);
			return [slot[0], slot[1]]
				.map((it) => `.word ${word(it)}`)
				.concat(`.word ${text(content)}`, `.word ${word(slot[3])}`);
		};
		const slots = (name: string, all: readonly Slot[]): string[] => [
			...section(name, []).slice(0, 1),
			...all.flatMap(slotWords),
		];
		const heads = [
			...slots(
				"slots",
				this.#kept.flatMap((at) => {
					const slot = this.#slots[at];
					return slot === undefined ? [] : [slot];
				}),
			),
			...slots("stack", inFours(this.#section("stack"))),
			...TABLES.flatMap((name) => section(name, this.#section(name))),
		];
		/* A chunk's words may lead to others. */
		const data: string[] = [];
		for (const at of chunks) {
			const [size = "0", link = "0", ...rest] = this.#chunks.get(at) ?? [];
			data.push(`.balign 8\n.word 0x${size}, 0x${link}\n.Ldata${at}:`, ...rest.map((it) => `.word ${word(it)}`));
		}
		const assembly = [
			...heads,
			'.section .rodata.hostPreloadData,"a"',
			...data,
			/* Merged with the same texts of C. */
			'.section .rodata.str1.1,"aMS",@progbits,1',
			...[...texts].map(([content, number]) => `.Ltext${number}: .asciz ${assemblyString(content)}`),
			"",
		].join("\n");
		return { assembly, table: this.#table() };
	}

	#section(name: string): string[] {
		return this.#sections.get(name) ?? [];
	}

	#table(): string {
		const count = (name: string) => this.#section(name).length;
		return `#include "xsAll.h"
extern const txSlot ${label("slots")}[], ${label("stack")}[];
extern txSlot* const ${TABLES.map((name) => `${label(name)}[]`).join(", ")};
const txPreparation hostPreparation = {
	.version = {XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION, 0},
	.aliasCount = ${this.#values.get("aliases") ?? 0},
	.heapCount = ${this.#kept.length},
	.heap = (txSlot*)(uintptr_t)${label("slots")},
	.stackCount = ${count("stack") / 4},
	.stack = (txSlot*)(uintptr_t)${label("stack")},
	.keyCount = ${count("keys")},
	.keys = (txSlot**)(uintptr_t)${label("keys")},
	.nameModulo = ${count("names")},
	.names = (txSlot**)(uintptr_t)${label("names")},
	.symbolModulo = ${count("symbols")},
	.symbols = (txSlot**)(uintptr_t)${label("symbols")},
	.profileID = ${this.#values.get("profile") ?? 0},
};
`;
	}
}

const label = (name: string): string => `hostPreload${(name[0] ?? "").toUpperCase()}${name.slice(1)}`;

function inFours(words: readonly string[]): Slot[] {
	const slots: Slot[] = [];
	for (let at = 0; at + 3 < words.length; at += 4)
		slots.push([words[at] ?? "0", words[at + 1] ?? "0", words[at + 2] ?? "0", words[at + 3] ?? "0"]);
	return slots;
}

/** Words to the first zero byte, each byte a character. */
function textOf(chunk: readonly string[]): string {
	const bytes = Buffer.alloc(4 * Math.max(0, chunk.length - 2));
	chunk.slice(2).forEach((word, at) => {
		bytes.writeUInt32LE(Number.parseInt(word, 16), 4 * at);
	});
	return bytes.subarray(0, bytes.indexOf(0)).toString("latin1");
}

/** For each slot the first one that is equal to it. An object is never equal to another, but a scope, which no program sees, may be. */
function merge(slots: readonly Slot[]): number[] {
	const same = slots.map((_, at) => at);
	const follow = (word: string): string =>
		word.startsWith("@") ? `@${(same[Number.parseInt(word.slice(1), 16)] ?? 0).toString(16)}` : word;
	const isObject = slots.map((slot) => kindOf(slot) === INSTANCE_KIND && !isScope(slots, slot));
	for (let changed = true; changed; ) {
		changed = false;
		const first = new Map<string, number>();
		slots.forEach((slot, at) => {
			if (same[at] !== at || isObject[at]) return;
			const key = `${follow(slot[0])} ${slot[1]} ${follow(slot[2])} ${follow(slot[3])}`;
			const to = first.get(key);
			if (to === undefined) first.set(key, at);
			else {
				same[at] = to;
				changed = true;
			}
		});
		same.forEach((to, at) => {
			let last = to;
			while (same[last] !== last) last = same[last] ?? last;
			same[at] = last;
		});
	}
	return same;
}

function isScope(slots: readonly Slot[], slot: Slot): boolean {
	if (!slot[0].startsWith("@")) return false;
	const first = slots[Number.parseInt(slot[0].slice(1), 16)];
	return first !== undefined && (flagsOf(first) & INTERNAL_FLAG) !== 0 && idOf(first) === ENVIRONMENT_BEHAVIOR;
}

/** Bytes of a text, each as a character, as the assembler reads them. */
function assemblyString(content: string): string {
	const escaped = [...content].map((character) => {
		const code = character.charCodeAt(0);
		if (character === '"' || character === "\\") return `\\${character}`;
		return code >= 32 && code < 127 ? character : `\\${code.toString(8).padStart(3, "0")}`;
	});
	return `"${escaped.join("")}"`;
}
