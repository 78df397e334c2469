/**
 * The way of requests outside a dialog: through the outbound proxy, to the registrar, or straight to the host in the
 * URI (RFC 3261 section 8.1.2). Accounts and dialled URIs enter; the place to look for leaves to exchange.ts.
 * @module
 */

import type { Leg } from "./flows";
import type { Account, Server } from "./types";
import { bracketed, type Place, parseUri, placeOf, type Uri } from "./uri";

/** The preloaded route of requests outside a dialog (section 8.1.2). */
export function routesOf(account: Account | undefined): string[] {
	const proxy = account?.outboundProxy;
	if (proxy === undefined) return [];
	const port = proxy.port === undefined ? "" : `:${proxy.port}`;
	const transport = proxy.transport === undefined || proxy.transport === "udp" ? "" : `;transport=${proxy.transport}`;
	return [`<sip:${bracketed(proxy.host)}${port}${transport};lr>`];
}

/** Where the account registers; undefined: it does not. */
export function registrarOf(account: Account): Place | undefined {
	const server = account.registrar === undefined ? undefined : (account.outboundProxy ?? account.registrar);
	return server === undefined ? undefined : serverPlace(server);
}

/**
 * Where an INVITE goes: through the outbound proxy; inside the account's own domain to its registrar, which knows where
 * its users are; else straight to the host that was dialled.
 */
export function wayOut(account: Account | undefined, uri: Uri): Place {
	const proxy = account?.outboundProxy;
	// Section 26.2.2: a sips: URI is asked for over TLS at every hop.
	const sips = uri.scheme === "sips";
	if (proxy !== undefined) return sips ? secured(serverPlace(proxy)) : serverPlace(proxy);
	const own = parseUri(account?.aor ?? "");
	const registrar = account?.registrar;
	const inside = uri.host === own?.host && (uri.port === undefined || uri.port === own.port);
	if (!inside || registrar === undefined) return placeOf(uri);
	return sips ? secured(serverPlace(registrar)) : serverPlace(registrar);
}

/** What a request to that place goes over for certain: TLS only where nothing else would be tried. */
export function certainLeg(place: Place): Leg {
	const transport = place.sips ? "tls" : (place.transport ?? "udp");
	return { transport, secure: transport === "tls" };
}

function serverPlace(server: Server): Place {
	return { address: server.host, port: server.port, transport: server.transport };
}

function secured(place: Place): Place {
	// A port that was given for another transport is not that of TLS.
	const port = place.transport === "tls" ? place.port : undefined;
	return { address: place.address, port, transport: "tls", sips: true };
}
