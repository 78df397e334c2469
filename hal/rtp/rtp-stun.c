/*
 * STUN beside RTP and RTCP on the same sockets (RFC 7983): datagrams for the ICE agent go up to the VM from whoever
 * sent them, and its checks leave from the socket that they are about.
 */
#include <stdlib.h>
#include <string.h>
#include "rtp.h"
#include "mc.xs.h"

/* A check has some 120 octets. */
#define STUN_MOST_BYTES 548u

bool rtpStunDatagram(Rtp* rtp, StreamChannel channel, const uint8_t* bytes, size_t byteLength, const PacketSource* from)
{
	uint8_t tagged[1 + STUN_MOST_BYTES];
	if (!rtp->stun || packetKind(bytes, byteLength) != packetStun)
		return false;
	rtp->stream.counters.stun++;
	if (byteLength > STUN_MOST_BYTES)
		return true;
	tagged[0] = (uint8_t)channel;
	memcpy(tagged + 1, bytes, byteLength);
	if (packetRingPut(rtp->stun, from, tagged, 1 + byteLength)) {
		rtp->stream.events |= streamStun;
		rtp->stream.notify(rtp->stream.refcon);
	}
	return true;
}

void xs_rtp_set_stun(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	bool wanted = xsmcTest(xsArg(0));
	PacketRing* ring = wanted && !rtp->stun ? calloc(1, sizeof *ring) : NULL;
	PacketRing* former = NULL;
	if (wanted && !rtp->stun && !ring)
		xsUnknownError("rtp: no memory");
	audioLock(rtp->audio);
	if (!wanted) {
		former = rtp->stun;
		rtp->stun = NULL;
	} else if (ring)
		rtp->stun = ring;
	audioUnlock(rtp->audio);
	free(former);
}

void xs_rtp_read_stun(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	uint8_t tagged[PACKET_MOST_BYTES];
	PacketSource from;
	size_t byteLength = 0;
	char text[RTP_ADDRESS_BYTES];
	audioLock(rtp->audio);
	if (rtp->stun)
		byteLength = packetRingTake(rtp->stun, &from, tagged);
	audioUnlock(rtp->audio);
	if (byteLength == 0)
		return;
	xsmcSetArrayBuffer(xsResult, tagged + 1, (xsIntegerValue)byteLength - 1);
	xsmcVars(1);
	rtpAddressFormat(&from, text);
	xsmcSetString(xsVar(0), text);
	xsmcSet(xsResult, xsID_address, xsVar(0));
	xsmcSetInteger(xsVar(0), from.port);
	xsmcSet(xsResult, xsID_port, xsVar(0));
	xsmcSetInteger(xsVar(0), tagged[0] + 1);
	xsmcSet(xsResult, xsID_component, xsVar(0));
}

/* (component, message, address, port) */
void xs_rtp_write_stun(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	void* bytes;
	xsUnsignedValue byteLength;
	PacketSource to;
	bool sent;
	xsIntegerValue component = xsmcToInteger(xsArg(0));
	xsIntegerValue port = xsmcToInteger(xsArg(3));
	if (component != 1 && component != 2)
		xsRangeError("rtp: a component is 1 or 2");
	if (port < 1 || port > 65535)
		xsRangeError("rtp: a port is from 1 to 65535");
	rtpAddressArgument(the, rtp, &xsArg(2), &to);
	to.port = (uint16_t)port;
	xsmcGetBufferReadable(xsArg(1), &bytes, &byteLength);
	if (packetKind(bytes, byteLength) != packetStun)
		xsRangeError("rtp: not a STUN message");
	sent = rtpSocketSend(rtp->sockets.descriptors[component - 1], &to, bytes, byteLength);
	xsmcSetBoolean(xsResult, sent);
}
