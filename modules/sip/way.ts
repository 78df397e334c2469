/**
 * The way of requests outside a dialog: through the outbound proxy, to the registrar, or straight to the host in the
 * URI (RFC 3261 section 8.1.2). Accounts and dialled URIs enter; the place to look for leaves to exchange.ts.
 * @module
 */

import { parseAddress } from "./address";
import type { Core } from "./core";
import type { Leg } from "./flows";
import { headerList, type Response } from "./message";
import type { Account, Server } from "./types";
import { bracketed, type Place, parseUri, placeOf, type Uri } from "./uri";

/** More than that between a phone and its home nobody has. */
const MAX_SERVICE_ROUTES = 8;

/** The outbound proxy's Route, for REGISTER too. */
export function proxyRoute(account: Account | undefined): string[] {
	const proxy = account?.outboundProxy;
	if (proxy === undefined) return [];
	const port = proxy.port === undefined ? "" : `:${proxy.port}`;
	const transport = proxy.transport === undefined || proxy.transport === "udp" ? "" : `;transport=${proxy.transport}`;
	return [`<sip:${bracketed(proxy.host)}${port}${transport};lr>`];
}

/**
 * The preloaded route of every other request outside a dialog (section 8.1.2): the outbound proxy, then what the
 * registrar gave (RFC 3608 section 5).
 */
export function routesOf(core: Core, account: Account | undefined): string[] {
	const service = core.registrationOf(account)?.serviceRoutes ?? [];
	const proxy = account?.outboundProxy;
	const first = serviceRoutePlace(core, account);
	// A registrar that names the outbound proxy itself means it once.
	const same = proxy !== undefined && first?.address === proxy.host && (first.port ?? proxy.port) === proxy.port;
	return [...proxyRoute(account), ...(same ? service.slice(1) : service)];
}

/** Service-Route of a 2xx to REGISTER; none when one of them leads nowhere. */
export function serviceRoutesOf(response: Response): readonly string[] {
	const routes = headerList(response, "service-route");
	const usable = routes.length <= MAX_SERVICE_ROUTES && routes.every((route) => placeOfRoute(route) !== undefined);
	return usable ? routes : [];
}

export function serviceRoutePlace(core: Core, account: Account | undefined): Place | undefined {
	return placeOfRoute(core.registrationOf(account)?.serviceRoutes[0]);
}

function placeOfRoute(route: string | undefined): Place | undefined {
	const uri = route === undefined ? undefined : parseUri(parseAddress(route)?.uri ?? "");
	return uri === undefined ? undefined : placeOf(uri);
}

/** Where the account registers; undefined: it does not. */
export function registrarOf(account: Account): Place | undefined {
	const server = account.registrar === undefined ? undefined : (account.outboundProxy ?? account.registrar);
	return server === undefined ? undefined : serverPlace(server);
}

/** Where a redirection of the account's leads: never from TLS to less. */
export function placeAs(account: Account, uri: Uri): Place {
	const place = placeOf(uri);
	return registrarOf(account)?.transport === "tls" ? secured(place) : place;
}

/**
 * Where an INVITE goes: through the outbound proxy or the registrar's own route; inside the account's own domain to its registrar, which knows where
 * its users are; else straight to the host that was dialled.
 */
export function wayOut(core: Core, account: Account | undefined, uri: Uri): Place {
	const proxy = account?.outboundProxy;
	// Section 26.2.2: a sips: URI is asked for over TLS at every hop.
	const sips = uri.scheme === "sips";
	if (proxy !== undefined) return sips ? secured(serverPlace(proxy)) : serverPlace(proxy);
	const route = serviceRoutePlace(core, account);
	if (route !== undefined) return sips ? secured(route) : route;
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
