/** The settings table as a JSON Schema (2020-12) and as a page of documentation; run by `npm run docs`. */
import { TABLE } from "./table";
import type { GroupSetting, Setting } from "./types";

/** @returns the schema as plain data. */
export function jsonSchema(): Record<string, unknown> {
	return {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title: "Sotto phone config",
		...schemaOf(TABLE),
	};
}

function schemaOf(setting: Setting): Record<string, unknown> {
	const described = { description: setting.what };
	const preset = "default" in setting && setting.default !== undefined ? { default: setting.default } : {};
	switch (setting.type) {
		case "text":
			return {
				...described,
				type: "string",
				maxLength: setting.maxLength,
				...(setting.pattern !== undefined && { pattern: `^(?:${setting.pattern})$` }),
				...(setting.secret && { writeOnly: true }),
				...preset,
			};
		case "integer":
			return {
				...described,
				type: "integer",
				minimum: setting.minimum,
				maximum: setting.maximum,
				...(setting.multipleOf !== undefined && { multipleOf: setting.multipleOf }),
				...preset,
			};
		case "boolean":
			return { ...described, type: "boolean", ...preset };
		case "choice":
			return { ...described, enum: setting.choices, ...preset };
		case "preference":
			return {
				...described,
				type: "array",
				items: { enum: setting.choices },
				minItems: 1,
				maxItems: setting.choices.length,
				uniqueItems: true,
				...(setting.mandatory !== undefined && { contains: { const: setting.mandatory } }),
				...preset,
			};
		case "group":
			return {
				...described,
				type: "object",
				additionalProperties: false,
				...(setting.required && { required: setting.required }),
				properties: Object.fromEntries(
					Object.entries(setting.members).map(([name, member]) => [name, schemaOf(member)]),
				),
			};
		case "list":
			return { ...described, type: "array", maxItems: setting.maxItems, items: schemaOf(setting.item) };
	}
}

/** @returns docs/settings.md, whole. */
export function settingsPage(): string {
	const lines = [
		"# Settings",
		"",
		"Written by `npm run docs` from modules/settings/table.ts. A config is one JSON object, served by the config URL.",
		"A config with a fault is refused whole: the last good one stays in force and the log names each fault by its path.",
		"",
		"| setting | type | default | what it does |",
		"|---|---|---|---|",
	];
	rows(TABLE, "", lines);
	return `${lines.join("\n")}\n`;
}

function rows(group: GroupSetting, path: string, lines: string[]): void {
	for (const [name, member] of Object.entries(group.members)) {
		const at = path === "" ? name : `${path}.${name}`;
		if (member.type === "group") {
			lines.push(`| **${at}** | group | | ${member.what} |`);
			rows(member, at, lines);
		} else if (member.type === "list") {
			lines.push(`| **${at}** | list, at most ${member.maxItems} | | ${member.what} |`);
			rows(member.item, `${at}[]`, lines);
		} else {
			const required = group.required?.includes(name) ? "required" : "";
			const preset =
				"default" in member && member.default !== undefined ? `\`${JSON.stringify(member.default)}\`` : required;
			lines.push(`| ${at} | ${typeText(member)} | ${preset} | ${member.what} |`);
		}
	}
}

function typeText(member: Exclude<Setting, { type: "group" | "list" }>): string {
	switch (member.type) {
		case "text":
			return member.secret ? "text, secret" : "text";
		case "integer":
			return `${member.minimum} to ${member.maximum}${member.unit ? ` ${member.unit}` : ""}`;
		case "boolean":
			return "true or false";
		case "choice":
			return member.choices.join(", ");
		case "preference":
			return `list of ${member.choices.join(", ")}`;
	}
}
