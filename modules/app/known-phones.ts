/**
 * What the owner can do with the phones that this one knows: the screen (ui/) and the panel (remote.ts) command it, the
 * store obeys. During a call nothing but looking and naming is done: the call's own secrets are at stake, and a
 * passphrase takes the engine for seconds.
 */
import { fromHex, toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import type { AreaLog } from "log/log";
import type { Exported, Imported, KnownPhone, PeerBook } from "ui/screen";
import type { ImportDone, PeerTools, SecretStore, StoredPeer } from "zrtp/store";

/** UTF-8 octets of a name that the store keeps whole. */
export const NAME_MAXIMUM = 64;
export const PASSPHRASE_MINIMUM = 8;
/** More than a partition full of peers takes. */
const FILE_MAXIMUM = 1 << 20;

/** Where a file for another phone is left and found. */
export interface TransferFile {
	readonly path: string;
	readonly write: (path: string, bytes: Uint8Array) => void;
	readonly read: (path: string, byteLengthMaximum: number) => Uint8Array | undefined;
}

export interface KnownPhonesOptions {
	readonly store: SecretStore;
	/** undefined: nothing outlives the power, so nothing can be moved. */
	readonly tools: PeerTools | undefined;
	readonly file: TransferFile;
	/** Everything that the phone keeps goes, the store's content with it. */
	readonly eraseAll: () => void;
	/** Everything was erased. */
	readonly onErased: () => void;
	readonly inCall: () => boolean;
	/** Milliseconds since 1970; 0 while the clock is not set. */
	readonly wallClock: () => number;
	readonly log: AreaLog;
	/** Runs a task once the screen has been drawn. */
	readonly later: (task: () => void) => void;
	readonly onChange: () => void;
}

const IN_CALL = "not during a call: hang up first";
const NOT_KNOWN = "no such phone is known";
const IN_MEMORY = "this phone keeps nothing: its memory cannot be used";

export class KnownPhones implements PeerBook {
	readonly #options: KnownPhonesOptions;
	#changes = 0;

	constructor(options: KnownPhonesOptions) {
		this.#options = options;
	}

	get revision(): string {
		return `${this.#changes} ${this.#options.store.length}`;
	}

	get nowSec(): number | undefined {
		const nowMs = this.#options.wallClock();
		return nowMs > 0 ? Math.floor(nowMs / 1000) : undefined;
	}

	get refusal(): string | undefined {
		return this.#options.inCall() ? IN_CALL : undefined;
	}

	list(): readonly KnownPhone[] {
		try {
			return this.#options.store.list().map(shown).sort(byLastSeen);
		} catch (error) {
			this.#options.log.error(`the known phones cannot be read: ${reasonOf(error)}`);
			return [];
		}
	}

	rename(zid: string, name: string | undefined): string | undefined {
		if (name !== undefined && utf8Encode(name).length > NAME_MAXIMUM)
			return `a name takes ${NAME_MAXIMUM} octets of UTF-8 at most`;
		return this.#do(zid, "renamed", (octets) => this.#options.store.rename(octets, name));
	}

	unverify(zid: string): string | undefined {
		return (
			this.refusal ?? this.#do(zid, "no longer verified", (octets) => this.#options.store.setVerified(octets, false))
		);
	}

	/** Ends the trust in a PBX (RFC 6189 section 7.3.1); it stays known. */
	unenroll(zid: string): string | undefined {
		const { store } = this.#options;
		return this.refusal ?? this.#do(zid, "no longer trusted", (octets) => store.setPbxSecret(octets, undefined));
	}

	forget(zid: string): string | undefined {
		const { store } = this.#options;
		return (
			this.refusal ??
			this.#do(zid, "forgotten", (octets) => {
				const before = store.length;
				store.forget(octets);
				return store.length < before;
			})
		);
	}

	/** @returns the file's octets; wipes the passphrase */
	export(passphrase: Uint8Array): { readonly bytes: Uint8Array } | { readonly error: string } {
		const { tools, store, log } = this.#options;
		try {
			const error = this.#mayMove(tools) ?? tooShort(passphrase);
			if (error !== undefined || !tools) return { error: error ?? IN_MEMORY };
			const bytes = tools.exportPeers(passphrase);
			log.info(`${store.length} known phones were exported`);
			return { bytes };
		} catch (error) {
			return { error: this.#failed("exported", error) };
		} finally {
			wipe(passphrase);
		}
	}

	/** Wipes the passphrase. */
	import(bytes: Uint8Array, passphrase: Uint8Array): ImportDone | { readonly error: string } {
		const { tools, log, onChange } = this.#options;
		try {
			const error = this.#mayMove(tools);
			if (error !== undefined || !tools) return { error: error ?? IN_MEMORY };
			const outcome = tools.importPeers(bytes, passphrase);
			if ("error" in outcome) {
				log.warn(`import: ${outcome.error}`);
				return { error: outcome.error };
			}
			log.info(`import: ${outcome.added} phones added, ${outcome.kept} known already, ${outcome.leftOut} without room`);
			this.#changes += 1;
			onChange();
			return outcome;
		} catch (error) {
			this.#changes += 1;
			return { error: this.#failed("imported", error) };
		} finally {
			wipe(passphrase);
		}
	}

	exportFile(passphrase: Uint8Array, done: (result: Exported) => void): void {
		const { file, later, store, onChange } = this.#options;
		later(() => {
			done(this.#toFile(file, passphrase, store.length));
			onChange();
		});
	}

	importFile(passphrase: Uint8Array, done: (result: Imported) => void): void {
		const { file, later, onChange } = this.#options;
		later(() => {
			done(this.#fromFile(file, passphrase));
			onChange();
		});
	}

	erase(): string | undefined {
		if (this.refusal !== undefined) return this.refusal;
		const { eraseAll, onErased, log } = this.#options;
		try {
			eraseAll();
		} catch (error) {
			this.#changes += 1;
			return this.#failed("erased", error);
		}
		log.info("everything was erased; this phone is a new one");
		this.#changes += 1;
		onErased();
		return undefined;
	}

	#toFile(file: TransferFile, passphrase: Uint8Array, phones: number): Exported {
		const result = this.export(passphrase);
		if ("error" in result) return result;
		try {
			file.write(file.path, result.bytes);
			return { phones, place: file.path };
		} catch (error) {
			return { error: this.#failed("exported", error) };
		}
	}

	#fromFile(file: TransferFile, passphrase: Uint8Array): Imported {
		try {
			const bytes = file.read(file.path, FILE_MAXIMUM);
			if (bytes !== undefined) return this.import(bytes, passphrase);
			return { error: `there is no export to read: put it at ${file.path}` };
		} catch (error) {
			return { error: this.#failed("imported", error) };
		} finally {
			wipe(passphrase);
		}
	}

	#mayMove(tools: PeerTools | undefined): string | undefined {
		return this.refusal ?? (tools ? undefined : IN_MEMORY);
	}

	/** One command on one phone. */
	#do(zid: string, what: string, command: (zid: Uint8Array) => boolean): string | undefined {
		const octets = fromHex(zid);
		if (octets?.length !== 12) return "a ZID is 24 hexadecimal digits";
		const { log, onChange } = this.#options;
		try {
			if (!command(octets)) return NOT_KNOWN;
			log.info(`known phone ${zid.toLowerCase()} was ${what}`);
		} catch (error) {
			return this.#failed(what, error);
		} finally {
			this.#changes += 1;
			onChange();
		}
		return undefined;
	}

	#failed(what: string, error: unknown): string {
		const reason = `not ${what}: ${reasonOf(error)}`;
		this.#options.log.error(reason);
		return reason;
	}
}

function tooShort(passphrase: Uint8Array): string | undefined {
	return passphrase.length < PASSPHRASE_MINIMUM
		? `a passphrase has ${PASSPHRASE_MINIMUM} characters or more`
		: undefined;
}

function shown(peer: StoredPeer): KnownPhone {
	const { zid, verified, name, hasSecret, expired, lastSeenSec, addresses, note, hasPbxSecret } = peer;
	return {
		zid: toHex(zid),
		verified,
		secret: hasSecret !== true ? "none" : expired === true ? "expired" : "kept",
		addresses: addresses ?? [],
		...(name !== undefined && { name }),
		...(note !== undefined && { note }),
		...(hasPbxSecret === true && { gateway: true }),
		...(lastSeenSec !== undefined && { lastSeenSec }),
	};
}

/** Those without a time last; then by name, and the order of ZIDs between equals. */
function byLastSeen(a: KnownPhone, b: KnownPhone): number {
	const seen = (b.lastSeenSec ?? 0) - (a.lastSeenSec ?? 0);
	if (seen !== 0) return seen;
	const [first, second] = [a.name ?? "\uffff", b.name ?? "\uffff"];
	return first < second ? -1 : first > second ? 1 : 0;
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
