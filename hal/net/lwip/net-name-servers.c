/* The name servers that lwIP was told by DHCP or by a setting. */
#include "xsmc.h"
#include "mc.xs.h"

#include <lwip/dns.h>

void xs_net_name_servers(xsMachine* the)
{
	char text[IPADDR_STRLEN_MAX];
	xsIndex count = 0;
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	for (u8_t i = 0; i < DNS_MAX_SERVERS; i++) {
		ip_addr_t address = *dns_getserver(i);
		if (ip_addr_isany_val(address) || !ipaddr_ntoa_r(&address, text, sizeof(text)))
			continue;
		xsmcSetString(xsVar(0), text);
		xsmcSetIndex(xsResult, count++, xsVar(0));
	}
}
