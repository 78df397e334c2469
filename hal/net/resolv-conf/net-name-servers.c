/* The name servers of a system that has /etc/resolv.conf. */
#include "net.h"
#include "mc.xs.h"

#include <stdio.h>
#include <string.h>

#define RESOLVER_FILE "/etc/resolv.conf"
/** As many as the C library asks. */
#define SERVERS_MOST 3

void xs_net_name_servers(xsMachine* the)
{
	char line[256], text[NET_ADDRESS_LENGTH];
	int port;
	xsIndex count = 0;
	FILE* file = fopen(RESOLVER_FILE, "re");
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	while (file && count < SERVERS_MOST && fgets(line, sizeof(line), file)) {
		NetAddress address;
		if (sscanf(line, "nameserver %63s", text) != 1 || !netParseAddress(text, 0, &address))
			continue;
		/* As a socket tells it: an answer counts only from whom was asked. */
		netFormatAddress(&address, text, &port);
		xsmcSetString(xsVar(0), text);
		xsmcSetIndex(xsResult, count++, xsVar(0));
	}
	if (file)
		fclose(file);
	/* As the C library has it: nobody is named, so there is one on this computer. */
	if (count == 0) {
		xsmcSetString(xsVar(0), "127.0.0.1");
		xsmcSetIndex(xsResult, 0, xsVar(0));
	}
}
