/** Messages as a name server writes them, for the tests of this room: whole ones, and such as no honest server sends. */
import { DNS_TYPE, encodeQuestion, type ServiceType } from "dns/message";

/** Octets of a name without compression; "" is the root. */
export function nameBytes(name: string): number[] {
	const bytes: number[] = [];
	for (const label of name === "" ? [] : name.split(".")) {
		bytes.push(label.length);
		for (let i = 0; i < label.length; i++) bytes.push(label.charCodeAt(i));
	}
	bytes.push(0);
	return bytes;
}

export const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const text = (value: string): number[] => [value.length, ...[...value].map((each) => each.charCodeAt(0))];

export interface Resource {
	/** Octets; default: a pointer to the question's name. */
	readonly owner?: readonly number[];
	readonly type: number;
	readonly class?: number;
	readonly ttlSec?: number;
	readonly data: readonly number[];
	/** Where the length is not that of the data. */
	readonly byteLength?: number;
}

export const srv = (priority: number, weight: number, port: number, target: string, more: object = {}): Resource => ({
	type: DNS_TYPE.SRV,
	data: [...u16(priority), ...u16(weight), ...u16(port), ...nameBytes(target)],
	...more,
});

export const naptr = (
	order: number,
	preference: number,
	flags: string,
	service: string,
	replacement: string,
	expression = "",
): Resource => ({
	type: DNS_TYPE.NAPTR,
	data: [
		...u16(order),
		...u16(preference),
		...text(flags),
		...text(service),
		...text(expression),
		...nameBytes(replacement),
	],
});

export interface Message {
	readonly id?: number;
	readonly name: string;
	readonly type?: ServiceType;
	readonly flags?: number;
	readonly records?: readonly Resource[];
	/** What the header says, where it is not the truth. */
	readonly questions?: number;
	readonly answers?: number;
}

export function answerTo({
	id = 7,
	name,
	type = DNS_TYPE.SRV,
	flags = 0x8180,
	records = [],
	...said
}: Message): Uint8Array {
	const bytes: number[] = [];
	const add = (some: ArrayLike<number>): void => {
		for (let i = 0; i < some.length; i++) bytes.push(some[i] ?? 0);
	};
	add([...u16(id), ...u16(flags), ...u16(said.questions ?? 1), ...u16(said.answers ?? records.length), ...u32(0)]);
	add(encodeQuestion(id, name, type).subarray(12));
	for (const record of records) {
		const { owner = [0xc0, 12], class: ownClass = 1, ttlSec = 300, data, byteLength = data.length } = record;
		add([...owner, ...u16(record.type), ...u16(ownClass), ...u32(ttlSec), ...u16(byteLength)]);
		add(data);
	}
	return new Uint8Array(bytes);
}
