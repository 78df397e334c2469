/**
 * The phone's flash: retained secrets and the last good config. A partition that cannot be used is left exactly as it
 * is, told in one sentence that names it, and done without: the phone goes on.
 */
import { board } from "board/board";
import { hardwareRandom } from "crypto/random";
import { deviceKey } from "hal/flash/device-key";
import Flash from "hal/flash/flash";
import type { AreaLog } from "log/log";
import type { PeerTools, SecretStore } from "zrtp/store";
import { openStore, type Store } from "zrtp-store/store";
import { LastGood } from "./last-good";
import { VolatileStore } from "./volatile-store";

export class Storage {
	readonly secrets: SecretStore;
	/** Export and import of `secrets`; undefined: they are in memory alone. */
	readonly peerTools: PeerTools | undefined;
	/** undefined: the config has to be fetched at every start. */
	readonly lastGood: LastGood | undefined;
	/** What the person has to know; undefined: all is well. */
	readonly fault: string | undefined;
	readonly #eraseSecrets: () => void;
	readonly #stores: (Store | VolatileStore)[] = [];
	readonly #flashes: Flash[] = [];

	/** @param folder where the simulator keeps its flash files */
	constructor(folder: string, log: AreaLog) {
		const faults: string[] = [];
		const fault = (what: string, error: unknown): void => {
			const text = `${what}: ${error instanceof Error ? error.message : String(error)}`;
			log.error(text);
			faults.push(text);
		};
		const store = this.#openSecrets(folder, log, fault);
		const secrets = store ?? this.#inMemory();
		this.secrets = secrets;
		this.#eraseSecrets = () => secrets.eraseAll();
		this.peerTools = store;
		this.lastGood = this.#openLastGood(folder, fault);
		this.fault = faults[0];
	}

	/** Factory erase. The secrets last: a power cut in between leaves a phone that visibly has not been erased. */
	eraseAll(): void {
		this.lastGood?.erase();
		this.#eraseSecrets();
	}

	/** Wipes what is in memory; safe to repeat. */
	close(): void {
		for (const store of this.#stores.splice(0)) store.close();
		for (const flash of this.#flashes.splice(0)) flash.close();
	}

	#openSecrets(folder: string, log: AreaLog, fault: (what: string, error: unknown) => void): Store | undefined {
		const path = `${folder}/${board.flash.secrets.file}`;
		try {
			const flash = this.#openFlash(path, board.flash.secrets);
			const store = openStore({
				flash,
				provider: board.provider,
				deviceKey: deviceKey(`${folder}/${board.deviceKeyFile}`),
				random: hardwareRandom,
				now: () => Date.now(),
				onWarning: (text) => log.warn(`${path}: ${text}`),
			});
			this.#stores.push(store);
			return store;
		} catch (error) {
			fault(`Secrets cannot be kept, every peer will be new (${path})`, error);
			return undefined;
		}
	}

	#inMemory(): VolatileStore {
		const store = new VolatileStore(hardwareRandom);
		this.#stores.push(store);
		return store;
	}

	#openLastGood(folder: string, fault: (what: string, error: unknown) => void): LastGood | undefined {
		const path = `${folder}/${board.flash.settings.file}`;
		try {
			return new LastGood(this.#openFlash(path, board.flash.settings));
		} catch (error) {
			fault(`Settings cannot be kept (${path})`, error);
			return undefined;
		}
	}

	#openFlash(path: string, partition: { readonly byteLength: number; readonly sectorByteLength: number }): Flash {
		const flash = new Flash({ path, byteLength: partition.byteLength, sectorByteLength: partition.sectorByteLength });
		this.#flashes.push(flash);
		return flash;
	}
}
