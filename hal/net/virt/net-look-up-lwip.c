/* Names to addresses on a bare board: lwIP asks the name server that DHCP or the setting told. IPv4. */
#include "../net-resolve.h"
#include <lwip/dns.h>

static void finish(NetQuery* query, const ip_addr_t* address)
{
	if (address != NULL) {
		ipaddr_ntoa_r(address, query->addresses[0], sizeof query->addresses[0]);
		query->count = 1;
	} else
		query->reason = "the name server does not know it or does not answer";
	netLookedUp(query);
}

/* By an interrupt. */
static void found(const char* name, const ip_addr_t* address, void* refcon)
{
	(void)name;
	finish(refcon, address);
}

void netLookUp(NetQuery* query)
{
	ip_addr_t address;
	netLock();
	err_t error = dns_gethostbyname(query->name, &address, found, query);
	if (error != ERR_INPROGRESS)
		finish(query, error == ERR_OK ? &address : NULL);
	netUnlock();
}
