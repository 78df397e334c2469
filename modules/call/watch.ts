/**
 * What the phone has its servers tell it (RFC 6665): messages that wait in the mailbox (RFC 3842), and whether the
 * people on the owner's list are talking (RFC 4235). Actions of the agent come in, screen and panel read the states.
 */
import type { AreaLog } from "log/log";
import type { Account, Action, WatchedDialog } from "sip/types";
import { accountFor } from "./dial-target";
import type { CallEvent } from "./signalling";
import type { Lamp, Messages } from "./state";

export interface WatchOptions {
	/** Each asks its own server. Without any, nothing can be asked for; what comes unasked is taken. */
	readonly accounts: readonly Account[];
	/** Whether their mailboxes are to be asked for. */
	readonly mailbox: boolean;
	/** SIP URIs. */
	readonly watched: readonly string[];
	readonly post: (event: CallEvent) => void;
	readonly log: AreaLog;
}

type WatchAction = Extract<Action, { type: "messages" | "dialogs" | "subscribed" | "subscriptionFailed" }>;

export class Watch {
	readonly #options: WatchOptions;
	readonly #dialogs: Map<number, readonly WatchedDialog[]> = new Map();
	/** By account. */
	readonly #messages: Map<string, Messages> = new Map();
	/** Accounts whose server is asked. */
	readonly #begun: Set<string> = new Set();

	constructor(options: WatchOptions) {
		this.#options = options;
	}

	/** Of all accounts together; the mailbox is that of the first that has something waiting. undefined: nobody has said anything. */
	get messages(): Messages | undefined {
		const all = [...this.#messages.values()];
		const waiting = all.find((each) => each.waiting);
		const mailbox = (waiting ?? all[0])?.mailbox;
		if (all.length === 0) return undefined;
		return {
			waiting: waiting !== undefined,
			fresh: all.reduce((sum, { fresh }) => sum + fresh, 0),
			old: all.reduce((sum, { old }) => sum + old, 0),
			...(mailbox !== undefined && { mailbox }),
		};
	}

	/** In the order of the list. */
	get lamps(): readonly Lamp[] {
		return this.#options.watched.map((uri, index) => ({
			uri,
			state: lampOf(this.#dialogs.get(this.#numberOf(index))),
		}));
	}

	/** For an INVITE that takes a call which rings at that party; undefined: none does, or its server keeps it to itself. */
	replacesAt(uri: string): string | undefined {
		const dialogs = this.#dialogs.get(this.#numberOf(this.#options.watched.indexOf(uri)));
		return dialogs?.find(rings)?.replaces;
	}

	/** The registrar of that account knows us: before, it would tell us nothing. Safe to repeat. */
	begin(account: string): void {
		const { mailbox, watched, post } = this.#options;
		if (this.#begun.has(account)) return;
		this.#begun.add(account);
		if (mailbox)
			post({ type: "subscribe", subscription: this.#mailboxOf(account), account, package: "message-summary" });
		watched.forEach((uri, index) => {
			if (this.#asks(uri) === account)
				post({ type: "subscribe", subscription: this.#numberOf(index), account, package: "dialog", uri });
		});
	}

	end(): void {
		const { mailbox, watched, post } = this.#options;
		for (const account of this.#begun) {
			if (mailbox) post({ type: "unsubscribe", subscription: this.#mailboxOf(account) });
			watched.forEach((uri, index) => {
				if (this.#asks(uri) === account) post({ type: "unsubscribe", subscription: this.#numberOf(index) });
			});
		}
		this.#begun.clear();
	}

	note(action: WatchAction): void {
		const { log } = this.#options;
		switch (action.type) {
			case "messages": {
				const { waiting, mailbox, voice } = action;
				this.#messages.set(action.account, {
					waiting,
					fresh: voice?.fresh ?? 0,
					old: voice?.old ?? 0,
					...(mailbox !== undefined && { mailbox }),
				});
				return;
			}
			case "dialogs":
				this.#dialogs.set(action.subscription, action.dialogs);
				return;
			case "subscribed":
				log.debug(`subscription ${action.subscription} stands for ${action.expiresSec} s`);
				return;
			case "subscriptionFailed":
				this.#dialogs.delete(action.subscription);
				log.warn(`${this.#nameOf(action.subscription)} cannot be watched: ${action.reason}`);
		}
	}

	/** The account by whose server somebody is watched: the one that would call there. */
	#asks(uri: string): string | undefined {
		return accountFor(uri, this.#options.accounts)?.id;
	}

	/** Mailboxes have the first numbers, in the order of the accounts; then comes the list. */
	#mailboxOf(account: string): number {
		return 1 + this.#options.accounts.findIndex(({ id }) => id === account);
	}

	#numberOf(index: number): number {
		return 1 + this.#options.accounts.length + index;
	}

	#nameOf(subscription: number): string {
		const { accounts, watched } = this.#options;
		const account = accounts[subscription - 1];
		if (account !== undefined) return `the mailbox of ${account.aor}`;
		return watched[subscription - this.#numberOf(0)] ?? "somebody";
	}
}

function rings({ state, direction }: WatchedDialog): boolean {
	return direction === "recipient" && (state === "early" || state === "proceeding" || state === "trying");
}

function lampOf(dialogs: readonly WatchedDialog[] | undefined): Lamp["state"] {
	if (dialogs === undefined) return "unknown";
	if (dialogs.some(({ state }) => state === "confirmed")) return "busy";
	if (dialogs.some(rings)) return "ringing";
	return dialogs.every(({ state }) => state === "terminated") ? "idle" : "busy";
}
