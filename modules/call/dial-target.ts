/** What a person dials, to a SIP URI. */

/**
 * By which line a call leaves: the one whose domain the address has, since its server knows it; else the first.
 * @param uri SIP URI to call @returns undefined where there are none
 */
export function accountFor<Line extends { readonly aor: string }>(
	uri: string,
	accounts: readonly Line[],
): Line | undefined {
	const domain = domainOf(uri);
	return accounts.find(({ aor }) => domainOf(aor) === domain) ?? accounts[0];
}

function domainOf(uri: string): string | undefined {
	return uri.split("@")[1]?.split(/[;?]/)[0]?.toLowerCase();
}

/** @param aor of the account that calls; its domain completes a bare name or number. @returns undefined: no address */
export function dialTarget(text: string, aor: string | undefined): string | undefined {
	const target = text.trim();
	if (/^sips?:[^\s@]+@[^\s@]+$/i.test(target)) return target;
	if (/^[^\s@:]+@[^\s@]+$/.test(target)) return `sip:${target}`;
	const domain = aor?.split("@")[1];
	if (domain === undefined || !/^[\w.+*#-]+$/.test(target)) return undefined;
	// In the user part # stands escaped (RFC 3261 section 25.1).
	return `sip:${target.replace(/#/g, "%23")}@${domain}`;
}
