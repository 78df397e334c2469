#ifndef SOTTO_NETINET_IN_H
#define SOTTO_NETINET_IN_H

#include <sys/socket.h>

struct in_addr {
	uint32_t s_addr;
};

struct sockaddr_in {
	sa_family_t sin_family;
	uint16_t sin_port;
	struct in_addr sin_addr;
};

struct in6_addr {
	uint8_t s6_addr[16];
};

struct sockaddr_in6 {
	sa_family_t sin6_family;
	uint16_t sin6_port;
	uint32_t sin6_flowinfo;
	struct in6_addr sin6_addr;
	uint32_t sin6_scope_id;
};

enum { IPPROTO_IP = 0, IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_IPV6 = 41, IP_TOS = 1 };
enum { INET_ADDRSTRLEN = 16, INET6_ADDRSTRLEN = 46 };

#define IN6_IS_ADDR_V4MAPPED(ADDRESS) (((void)(ADDRESS), 0))

#ifndef htonl
#define htonl(VALUE) __builtin_bswap32(VALUE)
#define ntohl(VALUE) __builtin_bswap32(VALUE)
#endif
#ifndef htons
#define htons(VALUE) __builtin_bswap16(VALUE)
#define ntohs(VALUE) __builtin_bswap16(VALUE)
#endif

#endif
