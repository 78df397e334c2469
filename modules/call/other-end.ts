/**
 * Who is at the other end of one call: which phone its first stream met, by ZID, what to call it, and whether its address
 * encrypted before. call.ts tells it of sessions and of what they agreed; security.ts and the screen read it.
 */
import { equal } from "bytes/equal";
import type { Sas } from "zrtp/types";
import type { CallContext } from "./call-context";
import { encryptedBefore } from "./encrypted-before";
import { PeerName } from "./peer-name";

export class OtherEnd {
	readonly #context: CallContext;
	readonly #peer: string;
	readonly #displayName: string | undefined;
	/** Sessions of the first stream when the owner's word was given; another one is another phone. */
	#sessions = 0;
	/** Of the phone that was there before the present one, and of this one. */
	#formerZid: Uint8Array | undefined;
	#metZid: Uint8Array | undefined;
	#name: PeerName;
	/** A device in the middle that the owner trusts; the far party is behind it. */
	#gateway: PeerName;
	/** undefined: the store was not asked yet. */
	#encryptedBefore: boolean | undefined;

	/** @param peer SIP URI @param displayName what signalling calls it */
	constructor(context: CallContext, peer: string, displayName: string | undefined) {
		this.#context = context;
		this.#peer = peer;
		this.#displayName = displayName;
		this.#name = new PeerName(context.store, context.zrtpLog);
		this.#gateway = new PeerName(context.store, context.zrtpLog);
	}

	/** What to show: the owner's name for it, else what it calls itself. */
	get name(): string {
		const peer = this.#peer;
		return this.#name.given ?? this.#context.nameOf(peer) ?? this.#displayName ?? peer.replace(/^sips?:/, "");
	}

	/** The owner's name for the device in the middle, where there is one. */
	get gatewayName(): string | undefined {
		return this.#gateway.given;
	}

	/** Its address encrypted in earlier calls. The store is asked once. */
	get encryptedBefore(): boolean {
		this.#encryptedBefore ??= encryptedBefore(this.#context, this.#peer);
		return this.#encryptedBefore;
	}

	/** The owner names it. Behind a device in the middle there is somebody else each time: the name is for this call. */
	give(sas: Sas, name: string): void {
		if (sas.mitm) this.#name.callOnce(name);
		else this.#name.give(sas.peerZid, name);
	}

	/**
	 * How many sessions the first stream has had. True: another phone may have come in the place of one that was there, and
	 * nothing that the owner said of that one holds.
	 */
	changed(sessions: number): boolean {
		const former = this.#sessions;
		if (former === sessions) return false;
		this.#sessions = sessions;
		if (former === 0) return false;
		const { store, zrtpLog } = this.#context;
		this.#formerZid = this.#metZid;
		this.#name = new PeerName(store, zrtpLog);
		this.#gateway = new PeerName(store, zrtpLog);
		return true;
	}

	/** Keys are agreed. True: with another phone than before, which was not said yet. */
	meet(sas: Sas, verifiedHere: boolean): boolean {
		const isNew = this.#metZid === undefined || !equal(this.#metZid, sas.peerZid);
		this.#metZid = sas.peerZid;
		// Anybody can send another's ZID; its name is for who also has the secret, or the owner's word.
		const known = sas.retained === "match" || verifiedHere;
		if (known) (sas.mitm ? this.#gateway : this.#name).learn(sas.peerZid);
		return isNew && this.isAnother(sas.peerZid);
	}

	/** Not the phone that was there when the call's keys were first agreed, or last. */
	isAnother(zid: Uint8Array): boolean {
		return this.#formerZid !== undefined && !equal(zid, this.#formerZid);
	}
}
