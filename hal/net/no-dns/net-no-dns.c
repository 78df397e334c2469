/* For boards whose resolver knows addresses alone (lwIP): SIP falls back on them (RFC 3263 section 4.2). */
#include "net-dns.h"

#include <stddef.h>

void dnsAsk(const char* name, int type, DnsAnswer* answer)
{
	(void)name;
	(void)type;
	answer->count = 0;
	answer->ttlSec = 3600;
	answer->error = NULL;
}
