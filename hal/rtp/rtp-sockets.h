/*
 * The two UDP sockets of a stream: media, and control on the next port. A port of this room supplies these functions;
 * descriptors are what hal/audio's thread waits for. IPv4.
 */
#ifndef SOTTO_RTP_SOCKETS_H
#define SOTTO_RTP_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "packet-ring.h"

#define RTP_REASON_BYTES 160

typedef struct {
	int descriptors[2]; /* by StreamChannel; -1 when closed */
	uint16_t port;		/* of the media socket */
} RtpSockets;

/* Dotted IPv4 text. False where it is none. */
bool rtpAddressParse(const char* text, uint32_t* address);
void rtpAddressFormat(uint32_t address, char text[16]);
/* port 0: any even port whose successor is free too. Non-zero: failed, with the reason that names address and port. */
int rtpSocketsOpen(RtpSockets* sockets, const char* address, unsigned port, char reason[RTP_REASON_BYTES]);
void rtpSocketsClose(RtpSockets* sockets);
/* The length of one datagram, at most byteLength and cut there; -1 when none waits. Does not block. */
int rtpSocketReceive(int descriptor, void* bytes, size_t byteLength, PacketSource* from);
/* Does not block. */
bool rtpSocketSend(int descriptor, PacketSource to, const void* bytes, size_t byteLength);
/* From the system's generator. */
void rtpRandom(void* bytes, size_t byteLength);

#endif
