/*
 * Bounded queue of whole packets with where they came from, in one block of bytes. The newest packet is dropped and
 * counted where there is no room. Used under the device's lock: the media thread puts, the VM thread takes.
 */
#ifndef SOTTO_PACKET_RING_H
#define SOTTO_PACKET_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_RING_BYTES 8192u
/* Longer than any ZRTP packet that one datagram of an Ethernet carries. */
#define PACKET_MOST_BYTES 1472u

typedef struct {
	uint32_t address; /* IPv4, host byte order */
	uint16_t port;
} PacketSource;

typedef struct {
	size_t head, byteLength; /* of the bytes in use */
	uint32_t count, dropped;
	uint8_t bytes[PACKET_RING_BYTES];
} PacketRing;

bool packetRingPut(PacketRing* ring, PacketSource source, const uint8_t* packet, size_t byteLength);
/* The oldest packet's length, 0 when there is none; packet holds PACKET_MOST_BYTES. */
size_t packetRingTake(PacketRing* ring, PacketSource* source, uint8_t* packet);

#endif
