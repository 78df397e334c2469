/* All that libsrtp2 asks of a system's network: the order of octets. */
#ifndef SOTTO_NETINET_IN_H
#define SOTTO_NETINET_IN_H

#define htonl(VALUE) __builtin_bswap32(VALUE)
#define ntohl(VALUE) __builtin_bswap32(VALUE)
#define htons(VALUE) __builtin_bswap16(VALUE)
#define ntohs(VALUE) __builtin_bswap16(VALUE)

#endif
