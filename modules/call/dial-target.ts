/** What a person dials, to a SIP URI. */

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
