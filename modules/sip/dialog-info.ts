/**
 * application/dialog-info+xml (RFC 4235 section 4): what the dialogs of a watched party are, whole or in parts. A document
 * enters from notify.ts; the list of dialogs after it leaves to the lamp.
 * @module
 */

import { parseNumber } from "./syntax";
import type { Party, WatchedDialog } from "./types";
import { child, type Element, parseXml } from "./xml";

export const DIALOG_INFO_TYPE = "application/dialog-info+xml";

/** What is known of one watched party. */
export interface DialogState {
	/** Version of the last document; undefined before the first. */
	version: number | undefined;
	readonly dialogs: Map<string, WatchedDialog>;
}

/** More dialogs than this of one party are not shown. */
const MAX_DIALOGS = 32;
const MAX_TEXT = 256;
const STATES = ["trying", "proceeding", "early", "confirmed", "terminated"] as const;

/**
 * Takes one document (section 4.3). `old`: it is a repeat, or came late. `gap`: documents are missing, and the whole has to
 * be asked for. `fault`: it is none.
 */
export function applyDialogInfo(
	state: DialogState,
	text: string,
): { readonly type: "news"; readonly entity: string } | { readonly type: "old" | "gap" | "fault" } {
	const root = parseXml(text);
	const version = parseNumber(root?.attributes.get("version"));
	const entity = root?.attributes.get("entity");
	const kind = root?.attributes.get("state");
	if (root?.name !== "dialog-info" || version === undefined || entity === undefined) return { type: "fault" };
	if (kind !== "full" && kind !== "partial") return { type: "fault" };
	if (state.version !== undefined && version <= state.version) return { type: "old" };
	// Section 4.3: a part is worth something only on top of the document right before it.
	if (kind === "partial" && (state.version === undefined || version !== state.version + 1)) return { type: "gap" };
	state.version = version;
	if (kind === "full") state.dialogs.clear();
	for (const element of root.children) {
		const dialog = element.name === "dialog" ? read(element) : undefined;
		if (dialog === undefined) continue;
		if (dialog.state === "terminated") state.dialogs.delete(dialog.id);
		else if (state.dialogs.size < MAX_DIALOGS || state.dialogs.has(dialog.id)) state.dialogs.set(dialog.id, dialog);
	}
	return { type: "news", entity: entity.slice(0, MAX_TEXT) };
}

function read(element: Element): WatchedDialog | undefined {
	const id = element.attributes.get("id");
	const said = child(element, "state")?.text;
	const state = STATES.find((candidate) => candidate === said);
	if (id === undefined || id === "" || state === undefined) return undefined;
	const way = element.attributes.get("direction");
	const local = party(child(element, "local"));
	const remote = party(child(element, "remote"));
	const replaces = replacesOf(element);
	return {
		id: id.slice(0, MAX_TEXT),
		direction: way === "initiator" || way === "recipient" ? way : undefined,
		state,
		...(local !== undefined && { local }),
		...(remote !== undefined && { remote }),
		...(replaces !== undefined && { replaces }),
	};
}

/** Section 4.1.6: the identity, with its display name; the target only where there is none. */
function party(element: Element | undefined): Party | undefined {
	if (element === undefined) return undefined;
	const identity = child(element, "identity");
	const uri = identity?.text || child(element, "target")?.attributes.get("uri");
	if (uri === undefined || uri === "") return undefined;
	const name = identity?.attributes.get("display") ?? identity?.attributes.get("display-name");
	const shown = uri.slice(0, MAX_TEXT);
	return name === undefined || name === "" ? { uri: shown } : { uri: shown, displayName: name.slice(0, MAX_TEXT) };
}

/** RFC 3891 section 4 from the identifiers of section 4.1.1: the tags as the watched party sees them. */
function replacesOf(element: Element): string | undefined {
	const callId = element.attributes.get("call-id");
	const localTag = element.attributes.get("local-tag");
	const remoteTag = element.attributes.get("remote-tag");
	if (callId === undefined || localTag === undefined || remoteTag === undefined) return undefined;
	for (const text of [callId, localTag, remoteTag])
		if (text === "" || text.length > MAX_TEXT || !isPrintable(text)) return undefined;
	return `${callId};to-tag=${localTag};from-tag=${remoteTag}`;
}

/** What becomes part of a header of ours cannot end its line or add to it. */
function isPrintable(text: string): boolean {
	for (const character of text)
		if (character <= " " || character > "~" || ';,"<>?'.indexOf(character) >= 0) return false;
	return true;
}
