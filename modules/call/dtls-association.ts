/**
 * One DTLS handshake over the media path of a stream (RFC 5763): packets come in by `receive`, answers go out, the timer
 * repeats what was lost, and in the end there are keys or a reason why there are none. keying.ts decides what becomes of
 * them.
 */
import { wipe } from "bytes/wipe";
import DTLS, { type DTLSIdentity } from "hal/dtls/dtls";
import type { AreaLog } from "log/log";
import type { MediaKeys } from "media/stream";
import type { DtlsRole, Fingerprint } from "srtp/fingerprint";
import Timer from "timer";

export interface DtlsAssociationOptions {
	readonly identity: DTLSIdentity;
	readonly role: DtlsRole;
	/** The peer's certificate, as signalling announced it. */
	readonly fingerprint: Fingerprint;
	/** Address and port of the peer. */
	readonly peer: string;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	readonly log: AreaLog;
	readonly write: (bytes: Uint8Array) => void;
	/** Once. The keys are wiped after the call. */
	readonly onKeys: (send: MediaKeys, receive: MediaKeys) => void;
	/** Once, and then nothing more. @param reason plain words */
	readonly onFailed: (reason: string) => void;
}

/** For so long a server can be asked for its last flight again (RFC 6347 section 4.2.4); a client's was heard. */
const LINGER_MS = 20_000;

export class DtlsAssociation {
	readonly #options: DtlsAssociationOptions;
	#dtls: DTLS | undefined;
	#timer: Timer | undefined;
	#done = false;

	constructor(options: DtlsAssociationOptions) {
		this.#options = options;
		const { identity, role, fingerprint, peer } = options;
		this.#dtls = new DTLS({ identity, role, hash: fingerprint.hash, fingerprint: fingerprint.bytes, peer });
	}

	get role(): DtlsRole {
		return this.#options.role;
	}

	/** A client begins, a server waits. */
	start(): void {
		this.#step(undefined);
	}

	receive(bytes: Uint8Array): void {
		this.#step(bytes);
	}

	/** Safe to repeat; nothing is called afterwards. */
	close(): void {
		this.#setTimer(undefined, () => {});
		this.#dtls?.close();
		this.#dtls = undefined;
	}

	#step(packet: Uint8Array | undefined): void {
		const dtls = this.#dtls;
		if (dtls === undefined) return;
		const { now, write, log, role } = this.#options;
		const state = dtls.step(now(), packet);
		for (let reply = dtls.read(); reply !== undefined; reply = dtls.read()) write(new Uint8Array(reply));
		switch (state) {
			case "handshaking": {
				const at = dtls.wakeAtMs;
				this.#setTimer(at === undefined ? undefined : at - now(), () => this.#step(undefined));
				return;
			}
			case "connected":
				if (this.#done) return;
				this.#done = true;
				log.info(`DTLS handshake complete, as ${role}`);
				this.#deliver(dtls);
				if (role === "client") this.close();
				else this.#setTimer(LINGER_MS, () => this.close());
				return;
			case "failed": {
				const { reason } = dtls;
				log.warn(`DTLS: ${reason}`);
				this.close();
				this.#options.onFailed(reason);
			}
		}
	}

	#deliver(dtls: DTLS): void {
		const { authTag } = dtls;
		const keysOf = (direction: "send" | "receive"): MediaKeys => {
			const { key, salt } = dtls.keys(direction);
			return { cipher: "AES1", authTag, key: new Uint8Array(key), salt: new Uint8Array(salt) };
		};
		const [send, receive] = [keysOf("send"), keysOf("receive")];
		this.#options.onKeys(send, receive);
		wipe(send.key, send.salt, receive.key, receive.salt);
	}

	#setTimer(delayMs: number | undefined, then: () => void): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		if (delayMs === undefined) return;
		this.#timer = Timer.set(
			() => {
				this.#timer = undefined;
				then();
			},
			Math.max(0, Math.ceil(delayMs)),
		);
	}
}
