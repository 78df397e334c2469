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

/* Where RTP usually lives; below the ports that the system hands out. */
#define PORT_FIRST 16384u
#define PORT_PAIRS 8000u
#define TRIES 200

bool rtpAddressParse(const char* text, uint32_t* address)
{
	struct in_addr in;
	if (inet_pton(AF_INET, text, &in) != 1)
		return false;
	*address = ntohl(in.s_addr);
	return true;
}

void rtpAddressFormat(uint32_t address, char text[16])
{
	struct in_addr in = {.s_addr = htonl(address)};
	inet_ntop(AF_INET, &in, text, 16);
}

static struct sockaddr_in socketAddress(uint32_t address, unsigned port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {.s_addr = htonl(address)}};
}

/* The descriptor, or -1 with errno. */
static int openOne(uint32_t address, unsigned port)
{
	struct sockaddr_in name = socketAddress(address, port);
	int expedited = IPTOS_DSCP_EF;
	int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
	if (descriptor < 0)
		return -1;
	/* After the fact, since lwIP's sockets take no such flags. */
	(void)fcntl(descriptor, F_SETFL, O_NONBLOCK);
	(void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
	/* Where the network heeds it, voice goes first; where it may not be set, it goes all the same. */
	(void)setsockopt(descriptor, IPPROTO_IP, IP_TOS, &expedited, sizeof expedited);
	if (bind(descriptor, (struct sockaddr*)&name, sizeof name) != 0) {
		int error = errno;
		close(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}

/* 0, or the port that could not be had, with errno. */
static unsigned openPair(RtpSockets* sockets, uint32_t address, unsigned port)
{
	sockets->descriptors[0] = openOne(address, port);
	if (sockets->descriptors[0] < 0)
		return port;
	sockets->descriptors[1] = openOne(address, port + 1);
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

int rtpSocketsOpen(RtpSockets* sockets, const char* address, unsigned port, char reason[RTP_REASON_BYTES])
{
	uint32_t bound, start;
	unsigned failed = port;
	sockets->descriptors[0] = sockets->descriptors[1] = -1;
	if (!rtpAddressParse(address, &bound)) {
		snprintf(reason, RTP_REASON_BYTES, "%.64s is not an IPv4 address", address);
		return -1;
	}
	if (port != 0) {
		failed = openPair(sockets, bound, port);
	} else {
		rtpRandom(&start, sizeof start);
		for (unsigned i = 0; i < TRIES; i++) {
			failed = openPair(sockets, bound, PORT_FIRST + 2 * ((start + i) % PORT_PAIRS));
			if (failed == 0 || errno != EADDRINUSE)
				break;
		}
	}
	if (failed == 0)
		return 0;
	snprintf(reason, RTP_REASON_BYTES, "cannot use UDP port %u on %s: %s", failed, address,
			 errno == EADDRINUSE ? "the port is in use" : strerror(errno));
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
	struct sockaddr_in name;
	socklen_t nameLength = sizeof name;
	ssize_t got = recvfrom(descriptor, bytes, byteLength, MSG_DONTWAIT, (struct sockaddr*)&name, &nameLength);
	if (got < 0)
		return -1;
	from->address = ntohl(name.sin_addr.s_addr);
	from->port = ntohs(name.sin_port);
	return (int)got;
}

bool rtpSocketSend(int descriptor, PacketSource to, const void* bytes, size_t byteLength)
{
	struct sockaddr_in name = socketAddress(to.address, to.port);
	return sendto(descriptor, bytes, byteLength, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr*)&name, sizeof name) ==
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
