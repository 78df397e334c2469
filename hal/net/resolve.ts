/**
 * Host names to numeric addresses, by whatever the system is set up to ask. The name comes from settings or from a SIP
 * message; the addresses go to UDP.write and to TCP.
 * @module
 */

/** At least one address, IPv4 first; or the reason in plain words, naming the host. */
export type ResolveResult = { readonly addresses: readonly string[] } | { readonly error: string };

interface QueryOptions {
	readonly name: string;
	onResult(this: Query, addresses: string[], reason: string | undefined): void;
}

/** A question under way. close() is safe to repeat; no callback comes after it. */
export class Query extends Native("xs_net_resolve_destructor") {
	constructor(options: QueryOptions) {
		super();
		native("xs_net_resolve_constructor").call(this, options);
	}

	close(): void {
		native("xs_net_resolve_close").call(this);
	}
}

/** Looks `name` up; a numeric address is its own answer. onResult comes once and never before this returns. */
export function resolve(name: string, onResult: (result: ResolveResult) => void): Query {
	return new Query({
		name,
		onResult(addresses, reason) {
			if (addresses.length > 0) onResult({ addresses });
			else onResult({ error: `cannot find the host ${name}: ${reason ?? "it has no address"}` });
		},
	});
}
