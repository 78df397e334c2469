/**
 * A config is read whole or refused whole: every fault is told with its JSON path, and what was in force
 * stays in force. Unknown members are faults too, because a misspelt name would otherwise be a silent default.
 */
import { TABLE } from "./table";
import type { GroupValue, Setting } from "./types";

export type Settings = GroupValue<typeof TABLE>;

export interface Fault {
	/** JSON path, for example `zrtp.keyAgreements[1]`; empty for the whole. */
	readonly path: string;
	/** What was expected, in plain words; the value itself is named only where it is not a secret. */
	readonly message: string;
}

export type CheckResult =
	| { readonly settings: Settings; readonly faults?: undefined }
	| { readonly settings?: undefined; readonly faults: readonly Fault[] };

/** A hostile config must not fill the log. */
const MAX_FAULTS = 20;

class Faults {
	readonly list: Fault[] = [];

	/** @returns undefined, for the value that is not there */
	add(path: string, message: string): undefined {
		if (this.list.length < MAX_FAULTS) this.list.push({ path, message });
		return undefined;
	}
}

/** @param json the parsed config. Absent settings take their defaults. */
export function check(json: unknown): CheckResult {
	const faults = new Faults();
	const value = read(TABLE, json, "", faults);
	if (faults.list.length > 0) return { faults: faults.list };
	// The walk has held every member against TABLE, from which the type is computed.
	return { settings: value as Settings };
}

/** What a phone runs on that has no config. */
export const DEFAULTS = (): Settings => {
	const { settings } = check({});
	if (!settings) throw new Error("the settings table's own defaults do not pass its check");
	return settings;
};

function kind(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "object") return "an object";
	return typeof value === "string" ? "text" : `a ${typeof value}`;
}

/** In code points. */
function lengthOf(text: string): number {
	let length = 0;
	for (const _ of text) length++;
	return length;
}

function read(setting: Setting, value: unknown, path: string, faults: Faults): unknown {
	const fault = (message: string): undefined => faults.add(path, message);
	switch (setting.type) {
		case "text": {
			if (value === undefined) return setting.default;
			if (typeof value !== "string") return fault(`must be text, not ${kind(value)}`);
			const length = lengthOf(value);
			if (length > setting.maxLength) return fault(`must be at most ${setting.maxLength} characters, is ${length}`);
			if (setting.pattern !== undefined && !new RegExp(`^(?:${setting.pattern})$`).test(value))
				return fault(setting.secret ? "does not have the right form" : `does not have the right form: ${setting.what}`);
			return value;
		}
		case "integer": {
			if (value === undefined) return setting.default;
			if (typeof value !== "number" || !Number.isInteger(value))
				return fault(`must be a whole number, not ${kind(value)}`);
			if (value < setting.minimum || value > setting.maximum)
				return fault(`must be from ${setting.minimum} to ${setting.maximum}, is ${value}`);
			if (setting.multipleOf !== undefined && value % setting.multipleOf !== 0)
				return fault(`must be a multiple of ${setting.multipleOf}, is ${value}`);
			return value;
		}
		case "boolean": {
			if (value === undefined) return setting.default;
			return typeof value === "boolean" ? value : fault(`must be true or false, not ${kind(value)}`);
		}
		case "choice": {
			if (value === undefined) return setting.default;
			return setting.choices.some((choice) => choice === value)
				? value
				: fault(`must be one of ${setting.choices.join(", ")}`);
		}
		case "preference":
			return readPreference(setting, value, path, faults);
		case "group":
			return readGroup(setting, value, path, faults);
		case "list": {
			if (value === undefined) return [];
			if (!Array.isArray(value)) return fault(`must be a list, not ${kind(value)}`);
			if (value.length > setting.maxItems)
				return fault(`must have at most ${setting.maxItems} entries, has ${value.length}`);
			return value.map((item, index) => read(setting.item, item, `${path}[${index}]`, faults));
		}
	}
}

function readPreference(
	setting: Extract<Setting, { type: "preference" }>,
	value: unknown,
	path: string,
	faults: Faults,
): unknown {
	if (value === undefined) return setting.default;
	if (!Array.isArray(value) || value.length === 0)
		return faults.add(path, `must be a list of ${setting.choices.join(", ")}, best liked first`);
	if (value.length > setting.choices.length)
		return faults.add(path, `has ${value.length} entries, more than there are choices`);
	value.forEach((item, index) => {
		if (!setting.choices.some((choice) => choice === item))
			faults.add(`${path}[${index}]`, `must be one of ${setting.choices.join(", ")}`);
		else if (value.indexOf(item) !== index) faults.add(`${path}[${index}]`, "stands in the list twice");
	});
	if (setting.mandatory !== undefined && !value.includes(setting.mandatory))
		faults.add(path, `must contain ${setting.mandatory}, which every implementation has`);
	return value;
}

function readGroup(
	setting: Extract<Setting, { type: "group" }>,
	value: unknown,
	path: string,
	faults: Faults,
): unknown {
	if (value === undefined && setting.optional) return undefined;
	const given = value === undefined ? {} : value;
	if (typeof given !== "object" || given === null || Array.isArray(given))
		return faults.add(path, `must be an object, not ${kind(given)}`);
	const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
	for (const name of Object.keys(given)) {
		if (!Object.keys(setting.members).includes(name))
			faults.add(at(name.slice(0, 40)), `is not a setting; known here: ${Object.keys(setting.members).join(", ")}`);
	}
	const members = new Map<string, unknown>(Object.entries(given));
	const result: Record<string, unknown> = {};
	for (const [name, member] of Object.entries(setting.members)) {
		if (setting.required?.includes(name) && members.get(name) === undefined) {
			faults.add(at(name), "is missing");
			continue;
		}
		const checked = read(member, members.get(name), at(name), faults);
		if (checked !== undefined) result[name] = checked;
	}
	return result;
}
