/**
 * Whether the other end still wants to be sent to (RFC 7675): a check on each selected pair about every five seconds, which
 * keeps a NAT's binding open, too.
 * @module
 */

import { priorityOf } from "./candidate";
import type { Ice } from "./state";
import { BINDING } from "./stun";
import type { ComponentId } from "./types";

/** Section 5.1: 5 s, from 80 to 120 percent of it; without consent for 30 s sending ends. */
const PERIOD_MS = 5000;
const EXPIRY_MS = 30_000;

export function askConsent(ice: Ice, now: number): void {
	const { remote } = ice;
	if (remote === undefined) return;
	for (const [component, consent] of ice.consent) {
		const pair = ice.selected.get(component);
		if (pair === undefined || consent.nextAt > now) continue;
		if (now - consent.agreedAt >= EXPIRY_MS && !ice.consentLost) {
			ice.consentLost = true;
			ice.act({ type: "consentLost" });
		}
		consent.nextAt = now + PERIOD_MS * (0.8 + (0.4 * (ice.config.random(1)[0] ?? 0)) / 255);
		const role = ice.controlling ? { controlling: ice.tieBreaker } : { controlled: ice.tieBreaker };
		const parts = {
			type: BINDING.request,
			username: `${remote.ufrag}:${ice.ufrag}`,
			priority: priorityOf("prflx", component),
			...role,
		};
		ice.request(now, "consent", component, pair.remote, parts, { pair, password: remote.pwd });
	}
}

export function agreed(ice: Ice, now: number, component: ComponentId): void {
	const consent = ice.consent.get(component);
	if (consent) consent.agreedAt = now;
	ice.consentLost = false;
}
