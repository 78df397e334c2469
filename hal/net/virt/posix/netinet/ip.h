#ifndef SOTTO_NETINET_IP_H
#define SOTTO_NETINET_IP_H

enum { IPTOS_DSCP_EF = 0xb8 };

#endif
