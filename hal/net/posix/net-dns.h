/*
 * Service records of the DNS, for net-resolve.c: hal/net/libresolv asks the system's resolver; on a board whose
 * resolver knows addresses alone, hal/net/no-dns says so.
 */
#ifndef SOTTO_HAL_NET_DNS_H
#define SOTTO_HAL_NET_DNS_H

#include <stdint.h>

#define DNS_RECORDS 8
/** Longest name, with its end. */
#define DNS_NAME_LENGTH 256
/** Types as they stand in a question. */
#define DNS_SRV 33
#define DNS_NAPTR 35

/** SRV: priority, weight, port, and the target as `name`. NAPTR: order, preference, and the rest. */
typedef struct {
	uint16_t numbers[3];
	char flags[8], service[32];
	char name[DNS_NAME_LENGTH];
} DnsRecord;

typedef struct {
	DnsRecord records[DNS_RECORDS];
	/** 0 without an error: there are none. */
	int count;
	/** The shortest of all records. */
	uint32_t ttlSec;
	/** In plain words, lower case; NULL: the name server answered. */
	const char* error;
} DnsAnswer;

/** Asks, and waits for the answer: not for the VM's thread. What cannot be read in a record leaves it out. */
void dnsAsk(const char* name, int type, DnsAnswer* answer);

#endif
