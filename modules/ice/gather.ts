/**
 * Finding out what our address looks like from outside (RFC 8445 section 5.1.1): one Binding request a component to the STUN
 * server. Nobody vouches for the answer, and nobody needs to: a wrong one only makes a candidate that no check reaches.
 * @module
 */

import { priorityOf } from "./candidate";
import { type Ice, isSame, type Transaction } from "./state";
import { BINDING, type StunMessage } from "./stun";

export function startGathering(ice: Ice, now: number): void {
	const { stunServer, components } = ice.config;
	if (stunServer !== undefined)
		for (const { id } of components) ice.request(now, "gather", id, stunServer, { type: BINDING.request });
	finishWhenAnswered(ice);
}

/** A good answer of the server. */
export function gathered(ice: Ice, transaction: Transaction, message: StunMessage): void {
	const { component } = transaction;
	const host = ice.candidates.find((candidate) => candidate.component === component && candidate.type === "host");
	if (message.mapped && host && !isSame(message.mapped, host))
		ice.candidates.push({
			...message.mapped,
			foundation: "2",
			component,
			priority: priorityOf("srflx", component),
			type: "srflx",
			related: { address: host.address, port: host.port },
		});
	finishWhenAnswered(ice);
}

/** Answered or given up: the description is as good as it gets. */
export function finishWhenAnswered(ice: Ice): void {
	if (ice.gathered) return;
	for (const { purpose } of ice.transactions.values()) if (purpose === "gather") return;
	ice.gathered = true;
	ice.act({ type: "gathered", description: ice.description });
}
