/**
 * The words the settings table is written in. A setting is data: its path in the JSON config, what it may
 * hold, its default, and one sentence for the person who writes the config.
 */

export interface Describes {
	/** One sentence: what it does. It becomes the documentation and the schema's description. */
	readonly what: string;
}

export interface TextSetting extends Describes {
	readonly type: "text";
	readonly default?: string;
	/** In characters (code points), as JSON Schema counts. */
	readonly maxLength: number;
	/** A regular expression the whole text must match. */
	readonly pattern?: string;
	/** True for passwords: never shown, never logged. */
	readonly secret?: true;
}

export interface NumberSetting extends Describes {
	readonly type: "integer";
	readonly default?: number;
	readonly minimum: number;
	readonly maximum: number;
	/** The number is a multiple of it. */
	readonly multipleOf?: number;
	readonly unit?: string;
}

export interface BooleanSetting extends Describes {
	readonly type: "boolean";
	readonly default: boolean;
}

export interface ChoiceSetting extends Describes {
	readonly type: "choice";
	readonly default?: string;
	readonly choices: readonly string[];
}

/** A preference list: some of the choices, each at most once, first is liked best. */
export interface PreferenceSetting extends Describes {
	readonly type: "preference";
	readonly default: readonly string[];
	readonly choices: readonly string[];
	/** A choice that must be in the list, because the standard makes it mandatory. */
	readonly mandatory?: string;
}

export interface GroupSetting extends Describes {
	readonly type: "group";
	readonly members: Readonly<Record<string, Setting>>;
	readonly required?: readonly string[];
	/** The group may be missing altogether, and is then undefined. */
	readonly optional?: true;
}

export interface ListSetting extends Describes {
	readonly type: "list";
	readonly item: GroupSetting;
	readonly maxItems: number;
}

export type Setting =
	| TextSetting
	| NumberSetting
	| BooleanSetting
	| ChoiceSetting
	| PreferenceSetting
	| GroupSetting
	| ListSetting;

/** The TypeScript type of what a checked setting holds. */
export type ValueOf<S extends Setting> = S extends { type: "text" }
	? S extends { default: string }
		? string
		: string | undefined
	: S extends { type: "integer" }
		? S extends { default: number }
			? number
			: number | undefined
		: S extends { type: "boolean" }
			? boolean
			: S extends { type: "choice"; choices: readonly (infer C)[] }
				? S extends { default: string }
					? C
					: C | undefined
				: S extends { type: "preference"; choices: readonly (infer C)[] }
					? readonly C[]
					: S extends GroupSetting
						? S extends { optional: true }
							? GroupValue<S> | undefined
							: GroupValue<S>
						: S extends ListSetting
							? readonly GroupValue<S["item"]>[]
							: never;

type RequiredKeys<G extends GroupSetting> = G extends { required: readonly (infer K)[] } ? K : never;

export type GroupValue<G extends GroupSetting> = {
	readonly [K in keyof G["members"]]: K extends RequiredKeys<G>
		? Exclude<ValueOf<G["members"][K]>, undefined>
		: ValueOf<G["members"][K]>;
};
