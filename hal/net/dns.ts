/**
 * Service records of the DNS (RFC 2782, RFC 3403), by whatever the system is set up to ask. The name comes from settings
 * or a SIP URI; the records go to the search for SIP servers (RFC 3263). Addresses are resolve.ts's.
 * @module
 */

export interface SrvRecord {
	readonly priority: number;
	readonly weight: number;
	readonly port: number;
	/** Without the dot at its end; empty: the service is decidedly not there. */
	readonly target: string;
}

export interface NaptrRecord {
	readonly order: number;
	readonly preference: number;
	readonly flags: string;
	readonly service: string;
	readonly replacement: string;
}

/** Up to eight; none: the name server says that there are none. `ttlSec`: how long that is good. */
export type DnsResult<R> = { readonly records: readonly R[]; readonly ttlSec: number } | { readonly error: string };

interface QuestionOptions {
	readonly name: string;
	/** As it stands in a question: 33 or 35. */
	readonly type: number;
	/** `fields` of all records, one after the other. */
	onResult(this: Question, fields: (string | number)[], reason: string | undefined, ttlSec: number): void;
}

/** A question under way. close() is safe to repeat; no callback comes after it. */
export class Question extends Native("xs_net_resolve_destructor") {
	constructor(options: QuestionOptions) {
		super();
		native("xs_net_resolve_constructor").call(this, options);
	}

	close(): void {
		native("xs_net_resolve_close").call(this);
	}
}

const SRV = 33;
const NAPTR = 35;

/** Asks for SRV records; onResult comes once and never before this returns. @throws RangeError for a name no DNS has */
export function askSrv(name: string, onResult: (result: DnsResult<SrvRecord>) => void): Question {
	return ask(name, SRV, 4, onResult, ([priority, weight, port, target]) => ({
		priority: Number(priority),
		weight: Number(weight),
		port: Number(port),
		target: String(target),
	}));
}

export function askNaptr(name: string, onResult: (result: DnsResult<NaptrRecord>) => void): Question {
	return ask(name, NAPTR, 5, onResult, ([order, preference, flags, service, replacement]) => ({
		order: Number(order),
		preference: Number(preference),
		flags: String(flags),
		service: String(service),
		replacement: String(replacement),
	}));
}

function ask<R>(
	name: string,
	type: number,
	fieldCount: number,
	onResult: (result: DnsResult<R>) => void,
	read: (fields: readonly (string | number)[]) => R,
): Question {
	return new Question({
		name,
		type,
		onResult(fields, reason, ttlSec) {
			if (reason !== undefined) {
				onResult({ error: `cannot ask for ${name}: ${reason}` });
				return;
			}
			const records: R[] = [];
			for (let at = 0; at < fields.length; at += fieldCount) records.push(read(fields.slice(at, at + fieldCount)));
			onResult({ records, ttlSec });
		},
	});
}
