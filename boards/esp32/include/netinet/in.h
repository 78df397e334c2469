/* lwIP has no test for IPv4 addresses mapped into IPv6. */
#ifndef SOTTO_NETINET_IN_H
#define SOTTO_NETINET_IN_H
#include_next <netinet/in.h>
#ifndef IN6_IS_ADDR_V4MAPPED
#define IN6_IS_ADDR_V4MAPPED(a)                                                                                        \
	((a)->un.u32_addr[0] == 0 && (a)->un.u32_addr[1] == 0 && (a)->un.u32_addr[2] == htonl(0xffff))
#endif
#endif
