/*
 * Service records by the resolver of the C library, which knows the name servers of the system, repeats, and goes over
 * to TCP for long answers. Names from the DNS go on only where they are names of hosts.
 */
#include "net-dns.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdbool.h>
#include <string.h>

#define DNS_ANSWER_BYTES 8192

/** A domain name of letters, digits, dots, hyphens and underscores; the root is empty. */
static bool dnsIsName(const char* name)
{
	for (; *name; name++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", *name))
			return false;
	return true;
}

/** The name at `at`, uncompressed; false where there is none. */
static bool dnsName(const ns_msg* message, const uint8_t* at, const uint8_t* end, char name[DNS_NAME_LENGTH])
{
	if (at >= end || dn_expand(ns_msg_base(*message), ns_msg_end(*message), at, name, DNS_NAME_LENGTH) < 0)
		return false;
	return dnsIsName(name);
}

/** The character string at `*at` (RFC 1035 section 3.3), printable and no longer than `size` allows. */
static bool dnsString(const uint8_t** at, const uint8_t* end, char* text, size_t size)
{
	if (*at >= end)
		return false;
	size_t length = *(*at)++;
	if (length > (size_t)(end - *at) || length >= size)
		return false;
	for (size_t i = 0; i < length; i++) {
		if ((*at)[i] <= ' ' || (*at)[i] > '~')
			return false;
		text[i] = (char)(*at)[i];
	}
	text[length] = 0;
	*at += length;
	return true;
}

static bool dnsRead(const ns_msg* message, const ns_rr* record, DnsRecord* to)
{
	const uint8_t* at = ns_rr_rdata(*record);
	const uint8_t* end = at + ns_rr_rdlen(*record);
	int numbers = ns_rr_type(*record) == ns_t_srv ? 3 : 2;
	memset(to, 0, sizeof(*to));
	if (end - at < 2 * numbers)
		return false;
	for (int i = 0; i < numbers; i++, at += 2)
		to->numbers[i] = (uint16_t)(at[0] << 8 | at[1]);
	if (ns_rr_type(*record) == ns_t_srv)
		return dnsName(message, at, end, to->name);
	/* A regular expression (RFC 3403 section 4.1) has no place in SIP's location of servers. */
	char expression[2];
	return dnsString(&at, end, to->flags, sizeof(to->flags)) && dnsString(&at, end, to->service, sizeof(to->service)) &&
		   dnsString(&at, end, expression, sizeof(expression)) && dnsName(message, at, end, to->name);
}

static void dnsParse(const uint8_t* bytes, int byteLength, int type, DnsAnswer* answer)
{
	ns_msg message;
	ns_rr record;
	if (ns_initparse(bytes, byteLength, &message) < 0) {
		answer->error = "the name server's answer cannot be read";
		return;
	}
	for (int i = 0; i < ns_msg_count(message, ns_s_an) && answer->count < DNS_RECORDS; i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) < 0)
			return;
		if ((int)ns_rr_type(record) != type || !dnsRead(&message, &record, &answer->records[answer->count]))
			continue;
		if (answer->count++ == 0 || ns_rr_ttl(record) < answer->ttlSec)
			answer->ttlSec = ns_rr_ttl(record);
	}
}

void dnsAsk(const char* name, int type, DnsAnswer* answer)
{
	struct __res_state state;
	uint8_t bytes[DNS_ANSWER_BYTES];
	answer->count = 0;
	answer->ttlSec = 60;
	answer->error = NULL;
	memset(&state, 0, sizeof(state));
	if (res_ninit(&state)) {
		answer->error = "there is no name server";
		return;
	}
	int byteLength = res_nquery(&state, name, ns_c_in, type, bytes, sizeof(bytes));
	if (byteLength > (int)sizeof(bytes))
		byteLength = sizeof(bytes);
	if (byteLength >= 0)
		dnsParse(bytes, byteLength, type, answer);
	else if (state.res_h_errno != HOST_NOT_FOUND && state.res_h_errno != NO_DATA)
		answer->error = "the name server does not answer";
	res_nclose(&state);
}
