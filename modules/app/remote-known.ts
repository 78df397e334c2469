/**
 * The panel's commands for the phones that this one knows: fields of a JSON object come in from remote.ts, are checked,
 * and go to known-phones.ts. Passphrases and exports go nowhere else.
 */
import { fromBase64, toBase64 } from "bytes/base64";
import { utf8Encode } from "bytes/text";
import type { KnownPhones } from "./known-phones";

/** The commands of the known phones. @returns why nothing was done */
export function commandKnown(
	{ known, send }: { readonly known: KnownPhones; readonly send: (text: string) => void },
	command: "peers" | "rename" | "unverify" | "unenroll" | "forget" | "export" | "import" | "erase",
	fields: ReadonlyMap<string, unknown>,
): string | undefined {
	const text = (name: string): string | undefined => {
		const value = fields.get(name);
		return typeof value === "string" ? value : undefined;
	};
	const answer = (result: unknown): undefined => {
		send(JSON.stringify({ [command]: result }));
		return undefined;
	};
	switch (command) {
		case "peers":
			return fields.get("peers") === true ? answer(known.list()) : "peers takes true";
		case "erase": {
			if (text("erase") !== "everything") return 'erase takes "everything": it cannot be taken back';
			return known.erase() ?? answer("everything");
		}
		case "export":
		case "import": {
			const passphrase = text("passphrase");
			if (passphrase === undefined) return "passphrase takes text";
			if (command === "export") {
				if (fields.get("export") !== true) return "export takes true";
				const result = known.export(utf8Encode(passphrase));
				return "error" in result ? result.error : answer(toBase64(result.bytes));
			}
			const bytes = fromBase64(text("import") ?? "-");
			if (!bytes) return "import takes an export in base64";
			const result = known.import(bytes, utf8Encode(passphrase));
			return "error" in result ? result.error : answer(result);
		}
		default: {
			const zid = text(command);
			if (zid === undefined) return `${command} takes a ZID as text`;
			if (command !== "rename") return known[command](zid) ?? answer(zid);
			const name = text("name");
			if (name === undefined) return "name takes text; an empty one takes the name away";
			return known.rename(zid, name.trim() === "" ? undefined : name) ?? answer(zid);
		}
	}
}
