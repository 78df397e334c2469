/*
 * Which of this computer's addresses a peer would see: asked of the kernel's routing table without sending anything.
 */
#include "net.h"
#include "mc.xs.h"

#include <errno.h>
#include <unistd.h>

/* (address) -> numeric address, or undefined when there is no route. */
void xs_net_route_local(xsMachine* the)
{
	char text[NET_ADDRESS_LENGTH];
	NetAddress address;
	int port;
	xsmcToStringBuffer(xsArg(0), text, sizeof(text));
	/* Any port will do: a connected UDP socket sends nothing by itself. */
	if (!netParseAddress(text, 9, &address))
		xsRangeError("address: \"%s\" is no numeric IPv4 or IPv6 address", text);
	int fd = netSocket(&address, SOCK_DGRAM);
	/* A board without this kind of address has no route to one. */
	if (fd < 0 && errno == EAFNOSUPPORT)
		return;
	if (fd < 0)
		netThrow(the, "cannot look for a route to", &address, errno);
	if (!connect(fd, (struct sockaddr*)&address.storage, address.byteLength)) {
		NetAddress local = {.byteLength = sizeof(local.storage)};
		if (!getsockname(fd, (struct sockaddr*)&local.storage, &local.byteLength)) {
			netFormatAddress(&local, text, &port);
			xsmcSetString(xsResult, text);
		}
	}
	close(fd);
}
