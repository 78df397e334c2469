/*
 * Bounded queue of whole packets with where they came from, in one block of bytes. The newest packet is dropped and
 * counted where there is no room. Used under the device's lock: the media thread puts, the VM thread takes.
 */
#ifndef SOTTO_PACKET_RING_H
#define SOTTO_PACKET_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PACKET_RING_BYTES 8192u
/* Longer than any ZRTP packet that one datagram of an Ethernet carries. */
#define PACKET_MOST_BYTES 1472u

/*
 * Who sent, or is sent to. Every address has this one form, IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), so that
 * two are the same exactly where their octets are. A link-local address needs no scope: that of the socket holds.
 */
typedef struct {
	uint8_t address[16]; /* network byte order */
	uint16_t port;
} PacketSource;

_Static_assert(sizeof(PacketSource) == 18, "no octet of it is padding: it is compared and copied as it lies there");

static inline bool packetSourceIsSame(const PacketSource* a, const PacketSource* b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

typedef struct {
	size_t head, byteLength; /* of the bytes in use */
	uint32_t count, dropped;
	uint8_t bytes[PACKET_RING_BYTES];
} PacketRing;

bool packetRingPut(PacketRing* ring, const PacketSource* source, const uint8_t* packet, size_t byteLength);
/* The oldest packet's length, 0 when there is none; packet holds PACKET_MOST_BYTES. */
size_t packetRingTake(PacketRing* ring, PacketSource* source, uint8_t* packet);

#endif
