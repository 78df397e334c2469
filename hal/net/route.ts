/**
 * The address of this device as one peer sees it: what goes into Via, Contact and the connection line of SDP.
 * @module
 */

/** Own numeric address on the way to a numeric `address`; undefined when there is no route. */
export function localAddress(this: void, address: string): string | undefined {
	return native("xs_net_route_local").call(this, address);
}
