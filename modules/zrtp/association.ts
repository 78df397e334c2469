/**
 * What the streams of one call share (RFC 6189 sections 4.4.3, 4.5.2): ZRTPSess, the ZIDs and algorithms of the first
 * stream, its SAS, and the nonces that have been used. The first stream's session owns it; sessions of added streams are
 * given it as `joins`. It ends with the first session, since both end with the call.
 */

import { toHex } from "bytes/hex";
import { wipe } from "bytes/wipe";
import type { Provider } from "crypto/types";
import { renewedZrtpSess } from "./kdf";
import type { Sas, Suite } from "./types";

export interface AssociationFacts {
	/** Becomes the Association's, which wipes it. */
	readonly zrtpSess: Uint8Array;
	readonly suite: Suite | (Omit<Suite, "keyAgreement"> & { readonly keyAgreement: "Prsh" });
	/** Of the exchange that made ZRTPSess: roles of later ones may differ. */
	readonly zidI: Uint8Array;
	readonly zidR: Uint8Array;
	readonly peerZid: Uint8Array;
}

export class Association {
	#facts: AssociationFacts | undefined;
	#sas: Sas | undefined;
	readonly #nonces = new Set<string>();

	/** Undefined: the first stream is not secure yet, or the call is over. */
	get facts(): AssociationFacts | undefined {
		return this.#facts;
	}

	/** The one SAS of the call, with the owner's word on it. */
	get sas(): Sas | undefined {
		return this.#sas;
	}
	set sas(sas: Sas | undefined) {
		this.#sas = sas;
	}

	open(facts: AssociationFacts): void {
		this.close();
		this.#facts = facts;
	}

	/** False: this nonce was there before, in whichever stream. */
	takeNonce(nonce: Uint8Array): boolean {
		const text = toHex(nonce);
		if (this.#nonces.has(text)) return false;
		this.#nonces.add(text);
		return true;
	}

	/** After a GoClear: earlier keys can no longer be derived (section 4.7.2.1). */
	renew(provider: Provider): void {
		const facts = this.#facts;
		if (facts === undefined) return;
		const zrtpSess = renewedZrtpSess(provider, facts.suite.hash, facts.zrtpSess, facts);
		wipe(facts.zrtpSess);
		this.#facts = { ...facts, zrtpSess };
	}

	/** Wipes ZRTPSess. */
	close(): void {
		wipe(this.#facts?.zrtpSess);
		this.#facts = undefined;
	}
}
