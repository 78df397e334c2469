/** Everything about the call's keys and its packets, for whoever wants to know exactly. */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import { type InfoRow, type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { codeName, TEXT } from "ui/text";
import { addressText, durationText } from "ui/wording";
import { ConfirmScreen } from "./confirm";
import { DecisionScreen } from "./decision";
import { backKeys, RowsPage, sentenceRows } from "./rows";

export class DetailsScreen implements Screen {
	readonly name = "details";
	readonly #shell: Shell;
	readonly callId: number;
	readonly #page = new RowsPage();

	constructor(shell: Shell, callId: number) {
		this.#shell = shell;
		this.callId = callId;
	}

	/** What can be done about the call's encryption has its key here, where nobody presses it by mistake. */
	softKeys({ call }: View): SoftKeys {
		if (call?.question)
			return [soft(call.question.about === "enrollment" ? TEXT.soft.gateway : TEXT.soft.decide), ...backKeys.slice(1)];
		if (call?.clear === "possible") return [soft(TEXT.soft.endEncryption), ...backKeys.slice(1)];
		if (call?.clear === "done") return [soft(TEXT.soft.encrypt, "primary"), ...backKeys.slice(1)];
		return backKeys;
	}

	regions({ call, seconds }: View): readonly Region[] {
		if (!call) return [];
		return this.#page.regions(TEXT.detailsTitle, durationText(seconds), this.#rows(call));
	}

	key(name: string, { call }: View): void {
		if (this.#page.key(name)) return;
		if (name === "soft1" && call) this.#change(call);
		else if (name === "hook") this.#shell.phone.hangup(this.callId);
		else if (name === "soft4" || name === "cancel" || name === "ok") this.#shell.back();
	}

	#change(call: CallState): void {
		const shell = this.#shell;
		if (call.question) shell.open(new DecisionScreen(shell, call, call.question));
		else if (call.clear === "done") {
			shell.back();
			shell.phone.encrypt(true, call.id);
		} else if (call.clear === "possible") {
			const { title, text } = TEXT.endEncryption;
			const look = { icon: "lock-open", color: "amber", title, text } as const;
			const onYes = () => {
				shell.back();
				shell.phone.encrypt(false, call.id);
			};
			shell.open(new ConfirmScreen(shell, { look, action: TEXT.soft.endEncryption, onYes }, this));
		}
	}

	#rows(call: CallState): readonly InfoRow[] {
		const { canvas } = this.#shell;
		const remarks = (call.remarks ?? []).flatMap((text) => sentenceRows(canvas, TEXT.detail.remark, text));
		return [...rowsOf(call), ...remarks];
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
	const { gateway } = call;
	add(label.gateway, gateway && `${gateway.name}, ${gateway.trusted ? TEXT.trusted : TEXT.notTrusted}`);
	if (call.disclosure === true) add(label.disclosure, TEXT.disclosed);
	add(label.words, call.sas);
	add(label.sasType, call.sasType && codeName(call.sasType));
	if (call.keying === "zrtp") add(label.retained, TEXT.retainedShort[call.retained]);
	add(label.keyAgreement, call.keyAgreement && codeName(call.keyAgreement));
	add(label.hash, call.hash && codeName(call.hash));
	add(label.cipher, call.cipher && codeName(call.cipher));
	add(label.authTag, call.authTag && codeName(call.authTag));
	add(label.secureAfter, call.secureAfterMs === undefined ? undefined : `${Math.round(call.secureAfterMs)} ms`);
	add(label.sharedWords, call.sharedWords && TEXT.sharedWords[call.sharedWords]);
	add(label.streams, call.streams === undefined ? undefined : `${call.streams}`);
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
