/**
 * What the phone has its servers tell it (RFC 6665): messages that wait in the mailbox (RFC 3842), and whether the
 * people on the owner's list are talking (RFC 4235). Actions of the agent come in, screen and panel read the states.
 */
import type { AreaLog } from "log/log";
import type { Action, WatchedDialog } from "sip/types";
import type { CallEvent } from "./signalling";
import type { Lamp, Messages } from "./state";

export interface WatchOptions {
	/** Without one nothing can be asked for; what comes unasked is taken. */
	readonly account: string | undefined;
	/** Whether the mailbox is to be asked for. */
	readonly mailbox: boolean;
	/** SIP URIs. */
	readonly watched: readonly string[];
	readonly post: (event: CallEvent) => void;
	readonly log: AreaLog;
}

type WatchAction = Extract<Action, { type: "messages" | "dialogs" | "subscribed" | "subscriptionFailed" }>;

const MAILBOX = 1;
/** Of the first on the list. */
const FIRST = 2;

export class Watch {
	readonly #options: WatchOptions;
	readonly #dialogs: Map<number, readonly WatchedDialog[]> = new Map();
	#messages: Messages | undefined;
	#began = false;

	constructor(options: WatchOptions) {
		this.#options = options;
	}

	/** undefined: nobody has said anything of messages. */
	get messages(): Messages | undefined {
		return this.#messages;
	}

	/** In the order of the list. */
	get lamps(): readonly Lamp[] {
		return this.#options.watched.map((uri, index) => ({ uri, state: lampOf(this.#dialogs.get(FIRST + index)) }));
	}

	/** For an INVITE that takes a call which rings at that party; undefined: none does, or its server keeps it to itself. */
	replacesAt(uri: string): string | undefined {
		const dialogs = this.#dialogs.get(FIRST + this.#options.watched.indexOf(uri));
		return dialogs?.find(rings)?.replaces;
	}

	/** The registrar knows us: before, it would tell us nothing. Safe to repeat. */
	begin(): void {
		const { account, mailbox, watched, post } = this.#options;
		if (this.#began || account === undefined) return;
		this.#began = true;
		if (mailbox) post({ type: "subscribe", subscription: MAILBOX, account, package: "message-summary" });
		watched.forEach((uri, index) => {
			post({ type: "subscribe", subscription: FIRST + index, account, package: "dialog", uri });
		});
	}

	end(): void {
		const { mailbox, watched, post } = this.#options;
		if (!this.#began) return;
		this.#began = false;
		if (mailbox) post({ type: "unsubscribe", subscription: MAILBOX });
		watched.forEach((_, index) => {
			post({ type: "unsubscribe", subscription: FIRST + index });
		});
	}

	note(action: WatchAction): void {
		const { log } = this.#options;
		switch (action.type) {
			case "messages": {
				const { waiting, mailbox, voice } = action;
				this.#messages = {
					waiting,
					fresh: voice?.fresh ?? 0,
					old: voice?.old ?? 0,
					...(mailbox !== undefined && { mailbox }),
				};
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

	#nameOf(subscription: number): string {
		return subscription === MAILBOX ? "the mailbox" : (this.#options.watched[subscription - FIRST] ?? "somebody");
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
