/** What the registrars said: the agent's actions come in, screen and panel read the states. */
import type { AreaLog } from "log/log";
import type { Account, Action } from "sip/types";
import type { Registration } from "./state";

export type RegistrationAction = Extract<Action, { type: "registered" | "registrationFailed" }>;

/** The reason while a registrar has not said anything yet. */
export const REGISTERING = "registering";

export class Registrations {
	readonly #log: AreaLog;
	readonly #states: Map<string, Registration> = new Map();

	/** Accounts without a registrar are left out. */
	constructor(accounts: readonly Account[], log: AreaLog) {
		this.#log = log;
		for (const { id, aor, registrar } of accounts)
			if (registrar)
				this.#states.set(id, { aor, ok: false, transport: registrar.transport ?? "udp", reason: REGISTERING });
	}

	/** Accounts that register. */
	get accounts(): readonly string[] {
		return [...this.#states.keys()];
	}

	/** The first account that is registered right now: bare numbers are of its domain. */
	get first(): string | undefined {
		for (const [account, { ok }] of this.#states) if (ok) return account;
		return undefined;
	}

	get states(): readonly Registration[] {
		return [...this.#states.values()];
	}

	note(action: RegistrationAction): void {
		const before = this.#states.get(action.account);
		if (!before) return;
		const { aor, transport } = before;
		if (action.type === "registrationFailed") {
			this.#states.set(action.account, { aor, transport, ok: false, reason: action.reason });
			this.#log.warn(`${aor} is not registered: ${action.reason}`);
			return;
		}
		const ok = action.expiresSec > 0;
		const over = action.leg?.transport ?? "udp";
		this.#states.set(action.account, { aor, transport: over, ok, ...(!ok && { reason: "no longer registered" }) });
		this.#log.info(ok ? `registered ${aor} for ${action.expiresSec} s` : `no longer registered: ${aor}`);
	}
}
