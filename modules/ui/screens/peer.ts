/** One known phone: what it is called, how far it is trusted, when and where it was met; and what can be done with it. */
import type { Region } from "ui/canvas";
import { type InfoRow, type KnownPhone, type Screen, type Shell, type SoftKeys, soft } from "ui/screen";
import { TEXT } from "ui/text";
import { header, paragraph } from "ui/widgets";
import { addressText, groupsOf, momentText, nameOf } from "ui/wording";
import { ConfirmScreen } from "./confirm";
import { failure } from "./message";
import { RenameScreen } from "./rename";
import { RowsPage } from "./rows";

export class PeerScreen implements Screen {
	readonly name = "peer";
	readonly #shell: Shell;
	readonly #parent: Screen;
	readonly #page = new RowsPage();
	readonly #zid: string;
	#phone: KnownPhone | undefined;
	#revision: string;

	/** @param parent the list */
	constructor(shell: Shell, phone: KnownPhone, parent: Screen) {
		this.#shell = shell;
		this.#phone = phone;
		this.#zid = phone.zid;
		this.#parent = parent;
		this.#revision = shell.known.revision;
	}

	softKeys(): SoftKeys {
		const phone = this.#known();
		if (!phone) return [undefined, undefined, undefined, soft(TEXT.soft.back)];
		return [
			soft(TEXT.soft.rename),
			phone.gateway === true ? soft(TEXT.soft.unenroll) : phone.verified ? soft(TEXT.soft.unverify) : undefined,
			soft(TEXT.soft.forget),
			soft(TEXT.soft.back),
		];
	}

	regions(): readonly Region[] {
		const phone = this.#known();
		if (!phone) return [header(TEXT.known.title, "", "user"), paragraph(TEXT.known.gone, 96, 2, "muted")];
		const icon = phone.gateway === true ? "router" : phone.verified ? "shield-check" : "user";
		const right = phone.verified ? TEXT.known.verified : "";
		return this.#page.regions(nameOf(phone), right, rowsOf(phone, this.#shell.known.nowSec), icon);
	}

	key(name: string): void {
		const phone = this.#known();
		const shell = this.#shell;
		if (name === "hook") shell.back();
		else if (name === "soft4" || name === "cancel" || name === "ok") shell.open(this.#parent);
		else if (!phone || this.#page.key(name)) return;
		else if (name === "soft1") shell.open(new RenameScreen(shell, phone, this));
		else if (name === "soft2" && phone.gateway === true) this.#ask("unenroll", "shield-off", TEXT.soft.unenroll, this);
		else if (name === "soft2" && phone.verified) this.#ask("unverify", "shield-off", TEXT.soft.unverify, this);
		else if (name === "soft3") this.#ask("forget", "trash-2", TEXT.soft.forget, this.#parent);
	}

	/** @param after what comes to the front when it is done */
	#ask(
		command: "unverify" | "unenroll" | "forget",
		icon: "shield-off" | "trash-2",
		action: string,
		after: Screen,
	): void {
		const shell = this.#shell;
		const { refusal } = shell.known;
		if (refusal !== undefined) {
			shell.open(failure(shell, refusal, this));
			return;
		}
		const onYes = () => {
			const reason = shell.known[command](this.#zid);
			shell.open(reason === undefined ? after : failure(shell, reason, this));
		};
		const { title, text } = TEXT[command];
		const named = this.#phone ? nameOf(this.#phone) : "";
		const look = { icon, color: "amber", title: `${title} ${named}?`, text } as const;
		shell.open(new ConfirmScreen(shell, { look, action, onYes }, this));
	}

	/** As it is now; undefined: forgotten meanwhile. */
	#known(): KnownPhone | undefined {
		const { known } = this.#shell;
		if (this.#revision !== known.revision) {
			this.#revision = known.revision;
			this.#phone = known.list().find((phone) => phone.zid === this.#zid);
		}
		return this.#phone;
	}
}

function rowsOf(phone: KnownPhone, nowSec: number | undefined): InfoRow[] {
	const label = TEXT.known;
	const groups = groupsOf(phone.zid);
	return [
		{ label: label.name, value: phone.name ?? label.noName },
		{ label: label.trust, value: phone.verified ? label.compared : label.notCompared },
		{ label: label.memory, value: label.secret[phone.secret] },
		{
			label: label.lastSeen,
			value: phone.lastSeenSec === undefined ? label.unknown : momentText(phone.lastSeenSec, nowSec),
		},
		...phone.addresses.map((uri, index) => ({ label: index === 0 ? label.address : "", value: addressText(uri) })),
		...(phone.gateway === true ? [{ label: label.gateway, value: label.enrolled }] : []),
		...(phone.note === undefined ? [] : [{ label: label.note, value: phone.note }]),
		{ label: label.zid, value: groups.slice(0, 3).join(" ") },
		{ label: "", value: groups.slice(3).join(" ") },
	];
}
