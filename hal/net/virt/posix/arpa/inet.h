#ifndef SOTTO_ARPA_INET_H
#define SOTTO_ARPA_INET_H

#include <netinet/in.h>

/* IPv6 addresses are known for what they are, and no socket takes them. */
int inet_pton(int family, const char* text, void* address);
const char* inet_ntop(int family, const void* address, char* text, socklen_t byteLength);

#endif
