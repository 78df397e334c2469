/* What the IDF's lwIP leaves out of IP's names. */
#ifndef SOTTO_NETINET_IP_H
#define SOTTO_NETINET_IP_H
/* Expedited forwarding (RFC 3246), as it stands in the TOS octet. */
#define IPTOS_DSCP_EF 0xb8
#endif
