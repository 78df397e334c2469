#ifndef SOTTO_NETINET_TCP_H
#define SOTTO_NETINET_TCP_H

enum { TCP_NODELAY = 1 };

#endif
