/**
 * Whom this device asks for names: what DHCP or its setting said, or /etc/resolv.conf where there is one. Goes to the
 * question for service records; addresses of hosts are resolve.ts's.
 * @module
 */

/** Numeric addresses in the order of asking, looked up anew each time; none: there is no network yet. */
export function nameServers(this: void): readonly string[] {
	return native("xs_net_name_servers").call(this);
}
