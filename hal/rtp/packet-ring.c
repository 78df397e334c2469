#include <string.h>
#include "packet-ring.h"

/* What lies before each packet: its source and its length. */
#define RECORD_BYTES (sizeof(PacketSource) + sizeof(uint16_t))

static void put(PacketRing* ring, const uint8_t* from, size_t byteLength)
{
	size_t at = (ring->head + ring->byteLength) % PACKET_RING_BYTES;
	size_t first = byteLength < PACKET_RING_BYTES - at ? byteLength : PACKET_RING_BYTES - at;
	memcpy(ring->bytes + at, from, first);
	memcpy(ring->bytes, from + first, byteLength - first);
	ring->byteLength += byteLength;
}

static void take(PacketRing* ring, uint8_t* to, size_t byteLength)
{
	size_t first = byteLength < PACKET_RING_BYTES - ring->head ? byteLength : PACKET_RING_BYTES - ring->head;
	memcpy(to, ring->bytes + ring->head, first);
	memcpy(to + first, ring->bytes, byteLength - first);
	ring->head = (ring->head + byteLength) % PACKET_RING_BYTES;
	ring->byteLength -= byteLength;
}

bool packetRingPut(PacketRing* ring, const PacketSource* source, const uint8_t* packet, size_t byteLength)
{
	uint8_t record[RECORD_BYTES];
	uint16_t length = (uint16_t)byteLength;
	if (byteLength == 0 || byteLength > PACKET_MOST_BYTES ||
		byteLength + RECORD_BYTES > PACKET_RING_BYTES - ring->byteLength) {
		ring->dropped++;
		return false;
	}
	memcpy(record, source, sizeof *source);
	memcpy(record + sizeof *source, &length, sizeof length);
	put(ring, record, sizeof record);
	put(ring, packet, byteLength);
	ring->count++;
	return true;
}

size_t packetRingTake(PacketRing* ring, PacketSource* source, uint8_t* packet)
{
	uint8_t record[RECORD_BYTES];
	uint16_t length;
	if (ring->count == 0)
		return 0;
	take(ring, record, sizeof record);
	memcpy(source, record, sizeof *source);
	memcpy(&length, record + sizeof *source, sizeof length);
	take(ring, packet, length);
	ring->count--;
	return length;
}
