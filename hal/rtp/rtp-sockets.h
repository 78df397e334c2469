/*
 * The two UDP sockets of a stream: media, and control on the next port. A port of this room supplies these functions;
 * descriptors are what hal/audio's thread waits for. Both are of the family of the address that they were opened
 * with, and have no other: a phone of IPv6 takes nothing from IPv4.
 */
#ifndef SOTTO_RTP_SOCKETS_H
#define SOTTO_RTP_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "packet-ring.h"

#define RTP_REASON_BYTES 192
/* Of an address in text: eight groups, and a scope behind % (RFC 4007 section 11). */
#define RTP_ADDRESS_BYTES 64

typedef struct {
	int descriptors[2]; /* by StreamChannel; -1 when closed */
	uint16_t port;		/* of the media socket */
	bool isIPv6;
} RtpSockets;

/* Dotted IPv4, or IPv6 without a scope; not IPv4 dressed up as IPv6. False where it is neither. The port becomes 0. */
bool rtpAddressParse(const char* text, PacketSource* address);
bool rtpAddressIsIPv6(const PacketSource* address);
void rtpAddressFormat(const PacketSource* address, char text[RTP_ADDRESS_BYTES]);
/* An address of either family, link-local ones with their scope: fe80::1%eth0. port 0: any even port whose successor is
   free too. Non-zero: failed, with the reason that names address and port. */
int rtpSocketsOpen(RtpSockets* sockets, const char* address, unsigned port, char reason[RTP_REASON_BYTES]);
void rtpSocketsClose(RtpSockets* sockets);
/* The length of one datagram, at most byteLength and cut there; -1 when none waits. Does not block. */
int rtpSocketReceive(int descriptor, void* bytes, size_t byteLength, PacketSource* from);
/* Does not block. */
bool rtpSocketSend(int descriptor, const PacketSource* to, const void* bytes, size_t byteLength);
/* From the system's generator. */
void rtpRandom(void* bytes, size_t byteLength);

#endif
