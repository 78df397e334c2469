/**
 * Carries retained secrets between the ZRTP engine and the store (RFC 6189 sections 4.9 and 7.3.1). A store that fails
 * costs the line of secrets, never the call; every array that passes is wiped.
 */
import { wipe } from "bytes/wipe";
import type { AreaLog } from "log/log";
import type { RetainedSecrets, SecretStore } from "zrtp/store";
import type { Action } from "zrtp/types";

export interface SecretKeeperOptions {
	readonly store: SecretStore;
	readonly log: AreaLog;
}

export class SecretKeeper {
	readonly #store: SecretStore;
	readonly #log: AreaLog;

	constructor({ store, log }: SecretKeeperOptions) {
		this.#store = store;
		this.#log = log;
	}

	/** The caller wipes what it gets. */
	load(zid: Uint8Array): RetainedSecrets | undefined {
		try {
			return this.#store.lookup(zid);
		} catch (error) {
			this.#log.error(`the retained secret was not read: ${String(error)}`);
			return undefined;
		}
	}

	/** @param address where the peer was met; undefined: it says nothing about the peer @returns whether it is durable */
	save({ zid, secrets }: Extract<Action, { type: "saveSecrets" }>, address: string | undefined): boolean {
		try {
			this.#store.commit(zid, { ...secrets, ...(address !== undefined && { address }) });
			return true;
		} catch (error) {
			this.#log.error(`the retained secret was not stored: ${String(error)}`);
			return false;
		} finally {
			wipeSecrets(secrets);
		}
	}

	/** @returns whether this phone is enrolled now */
	enroll({ zid, pbxsecret }: Extract<Action, { type: "savePbxsecret" }>): boolean {
		try {
			const known = this.#store.setPbxSecret(zid, pbxsecret);
			if (known) this.#log.info("this phone is enrolled with the PBX");
			else this.#log.warn("not enrolled: nothing is kept of this PBX");
			return known;
		} catch (error) {
			this.#log.error(`the trusted key was not stored: ${String(error)}`);
			return false;
		} finally {
			wipe(pbxsecret);
		}
	}
}

export function wipeSecrets(secrets: RetainedSecrets | undefined): void {
	wipe(secrets?.rs1, secrets?.rs2, secrets?.pbxsecret);
}
