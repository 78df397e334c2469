#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../rtp-sockets.h"
/* lwIP gives its networks no names that people know. */
#ifdef __linux__
#include <net/if.h>
#define HAS_SCOPES
#endif

/* Where RTP usually lives; below the ports that the system hands out. */
#define PORT_FIRST 16384u
#define PORT_PAIRS 8000u
#define TRIES 200

/* Before the four octets of an IPv4 address. */
static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

typedef union {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
} SocketName;

bool rtpAddressIsIPv6(const PacketSource* address)
{
	return memcmp(address->address, mapped, sizeof mapped) != 0;
}

bool rtpAddressParse(const char* text, PacketSource* address)
{
	address->port = 0;
	memcpy(address->address, mapped, sizeof mapped);
	if (inet_pton(AF_INET, text, address->address + sizeof mapped) == 1)
		return true;
	return inet_pton(AF_INET6, text, address->address) == 1 && rtpAddressIsIPv6(address);
}

void rtpAddressFormat(const PacketSource* address, char text[RTP_ADDRESS_BYTES])
{
	bool six = rtpAddressIsIPv6(address);
	if (!inet_ntop(six ? AF_INET6 : AF_INET, address->address + (six ? 0 : sizeof mapped), text, RTP_ADDRESS_BYTES))
		text[0] = '\0';
}

/* Its length, which tells the family. */
static socklen_t nameOf(const PacketSource* address, uint32_t scope, SocketName* name)
{
	memset(name, 0, sizeof *name);
	if (!rtpAddressIsIPv6(address)) {
		name->four.sin_family = AF_INET;
		name->four.sin_port = htons(address->port);
		memcpy(&name->four.sin_addr, address->address + sizeof mapped, sizeof name->four.sin_addr);
		return sizeof name->four;
	}
	name->six.sin6_family = AF_INET6;
	name->six.sin6_port = htons(address->port);
	name->six.sin6_scope_id = scope;
	memcpy(&name->six.sin6_addr, address->address, sizeof address->address);
	return sizeof name->six;
}

/* Voice goes first where the network heeds it; where it may not be set, it goes all the same. */
static void expedite(int descriptor, bool six)
{
	int expedited = IPTOS_DSCP_EF;
	if (!six)
		(void)setsockopt(descriptor, IPPROTO_IP, IP_TOS, &expedited, sizeof expedited);
#ifdef IPV6_TCLASS
	else
		(void)setsockopt(descriptor, IPPROTO_IPV6, IPV6_TCLASS, &expedited, sizeof expedited);
#endif
}

/* The descriptor, or -1 with errno. */
static int openOne(const PacketSource* address, uint32_t scope)
{
	SocketName name;
	socklen_t nameLength = nameOf(address, scope, &name);
	bool six = name.any.sa_family == AF_INET6;
	int descriptor = socket(name.any.sa_family, SOCK_DGRAM, 0);
	if (descriptor < 0)
		return -1;
	/* After the fact, since lwIP's sockets take no such flags. */
	(void)fcntl(descriptor, F_SETFL, O_NONBLOCK);
	(void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
	expedite(descriptor, six);
#ifdef IPV6_V6ONLY
	if (six) {
		int on = 1;
		(void)setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	}
#endif
	if (bind(descriptor, &name.any, nameLength) != 0) {
		int error = errno;
		close(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}

/* 0, or the port that could not be had, with errno. */
static unsigned openPair(RtpSockets* sockets, PacketSource address, uint32_t scope, unsigned port)
{
	address.port = (uint16_t)port;
	sockets->descriptors[0] = openOne(&address, scope);
	if (sockets->descriptors[0] < 0)
		return port;
	address.port++;
	sockets->descriptors[1] = openOne(&address, scope);
	if (sockets->descriptors[1] < 0) {
		int error = errno;
		close(sockets->descriptors[0]);
		sockets->descriptors[0] = -1;
		errno = error;
		return port + 1;
	}
	sockets->port = (uint16_t)port;
	return 0;
}

/* Our own address, whose scope a bound socket keeps for all that it sends. */
static bool parseOwn(const char* text, PacketSource* address, uint32_t* scope)
{
	const char* percent = strchr(text, '%');
	char before[RTP_ADDRESS_BYTES];
	*scope = 0;
	if (!percent)
		return rtpAddressParse(text, address);
#ifdef HAS_SCOPES
	if ((size_t)(percent - text) >= sizeof before)
		return false;
	memcpy(before, text, (size_t)(percent - text));
	before[percent - text] = '\0';
	*scope = if_nametoindex(percent + 1);
	return *scope != 0 && rtpAddressParse(before, address) && rtpAddressIsIPv6(address);
#else
	(void)before;
	return false;
#endif
}

static const char* wordsOf(int error)
{
	if (error == EADDRINUSE)
		return "the port is in use";
	return error == EAFNOSUPPORT ? "this phone has no network of this kind" : strerror(error);
}

int rtpSocketsOpen(RtpSockets* sockets, const char* address, unsigned port, char reason[RTP_REASON_BYTES])
{
	PacketSource own;
	uint32_t scope, start;
	unsigned failed = port;
	sockets->descriptors[0] = sockets->descriptors[1] = -1;
	if (!parseOwn(address, &own, &scope)) {
		snprintf(reason, RTP_REASON_BYTES, "%.64s is no numeric IPv4 or IPv6 address", address);
		return -1;
	}
	sockets->isIPv6 = rtpAddressIsIPv6(&own);
	if (port != 0) {
		failed = openPair(sockets, own, scope, port);
	} else {
		rtpRandom(&start, sizeof start);
		for (unsigned i = 0; i < TRIES; i++) {
			failed = openPair(sockets, own, scope, PORT_FIRST + 2 * ((start + i) % PORT_PAIRS));
			if (failed == 0 || errno != EADDRINUSE)
				break;
		}
	}
	if (failed == 0)
		return 0;
	snprintf(reason, RTP_REASON_BYTES, "cannot use UDP port %u on %.64s: %s", failed, address, wordsOf(errno));
	return -1;
}

void rtpSocketsClose(RtpSockets* sockets)
{
	for (int i = 0; i < 2; i++) {
		if (sockets->descriptors[i] >= 0)
			close(sockets->descriptors[i]);
		sockets->descriptors[i] = -1;
	}
}

int rtpSocketReceive(int descriptor, void* bytes, size_t byteLength, PacketSource* from)
{
	SocketName name;
	socklen_t nameLength = sizeof name;
	ssize_t got = recvfrom(descriptor, bytes, byteLength, MSG_DONTWAIT, &name.any, &nameLength);
	if (got < 0)
		return -1;
	if (name.any.sa_family == AF_INET6) {
		memcpy(from->address, &name.six.sin6_addr, sizeof from->address);
		from->port = ntohs(name.six.sin6_port);
	} else {
		memcpy(from->address, mapped, sizeof mapped);
		memcpy(from->address + sizeof mapped, &name.four.sin_addr, sizeof name.four.sin_addr);
		from->port = ntohs(name.four.sin_port);
	}
	return (int)got;
}

bool rtpSocketSend(int descriptor, const PacketSource* to, const void* bytes, size_t byteLength)
{
	SocketName name;
	socklen_t nameLength = nameOf(to, 0, &name);
	return sendto(descriptor, bytes, byteLength, MSG_DONTWAIT | MSG_NOSIGNAL, &name.any, nameLength) ==
		   (ssize_t)byteLength;
}

void rtpRandom(void* bytes, size_t byteLength)
{
	uint8_t* at = bytes;
	while (byteLength > 0) {
		ssize_t got = getrandom(at, byteLength, 0);
		if (got <= 0)
			continue;
		at += got;
		byteLength -= (size_t)got;
	}
}
