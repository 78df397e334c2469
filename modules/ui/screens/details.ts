/** Everything about the call's keys and its packets, for whoever wants to know exactly. */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import type { InfoRow, Screen, Shell, SoftKeys, View } from "ui/screen";
import { codeName, TEXT } from "ui/text";
import { addressText, durationText } from "ui/wording";
import { backKeys, RowsPage } from "./rows";

export class DetailsScreen implements Screen {
	readonly name = "details";
	readonly #shell: Shell;
	readonly #callId: number;
	readonly #page = new RowsPage();

	constructor(shell: Shell, callId: number) {
		this.#shell = shell;
		this.#callId = callId;
	}

	softKeys(): SoftKeys {
		return backKeys;
	}

	regions({ call, seconds }: View): readonly Region[] {
		return call ? this.#page.regions(TEXT.detailsTitle, durationText(seconds), rowsOf(call)) : [];
	}

	key(name: string): void {
		if (this.#page.key(name)) return;
		if (name === "hook") this.#shell.phone.hangup(this.#callId);
		else if (name === "soft4" || name === "cancel" || name === "ok") this.#shell.back();
	}
}

function rowsOf(call: CallState): InfoRow[] {
	const label = TEXT.detail;
	const rows: InfoRow[] = [
		{ label: label.peer, value: addressText(call.peer) },
		{ label: label.lock, value: TEXT.lockShort[call.lock] },
		{ label: label.keying, value: TEXT.keying[call.keying] },
	];
	const add = (name: string, value: string | undefined) => {
		if (value !== undefined) rows.push({ label: name, value });
	};
	add(label.words, call.sas);
	add(label.sasType, call.sasType && codeName(call.sasType));
	if (call.keying === "zrtp") add(label.retained, TEXT.retainedShort[call.retained]);
	add(label.keyAgreement, call.keyAgreement && codeName(call.keyAgreement));
	add(label.hash, call.hash && codeName(call.hash));
	add(label.cipher, call.cipher && codeName(call.cipher));
	add(label.authTag, call.authTag && codeName(call.authTag));
	add(label.secureAfter, call.secureAfterMs === undefined ? undefined : `${Math.round(call.secureAfterMs)} ms`);
	add(label.codec, call.codec);
	const stats = call.stats;
	if (stats) {
		add(label.encrypted, `${stats.encryptedSent} out, ${stats.encryptedReceived} in`);
		add(label.clear, `${stats.clearSent} out, ${stats.clearReceived} in`);
		add(label.lost, `${stats.lost}, late ${stats.late}`);
		add(label.rejected, `${stats.rejected}, replayed ${stats.replayed}`);
		add(label.jitter, `${Math.round(stats.jitterMs)} ms, buffer ${Math.round(stats.bufferMs)} ms`);
	}
	return rows;
}
