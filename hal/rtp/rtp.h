/*
 * The RTP object behind rtp.ts: a stream, its sockets, the device whose thread runs it, and the VM it reports to.
 * Media thread: readable() and frame(), under the device's lock. VM thread: everything else.
 */
#ifndef SOTTO_RTP_H
#define SOTTO_RTP_H

#include "xsmc.h"
#include "../audio/audio.h"
#include "../vm/vm.h"
#include "rtp-sockets.h"
#include "rtp-stream.h"

typedef struct {
	RtpStream stream;
	AudioStream onDevice;
	Audio* audio;
	bool attached;
	RtpSockets sockets;
	PacketSource peers[2]; /* by StreamChannel */
	/* STUN datagrams for the VM, each behind one octet of its StreamChannel; NULL: they are only counted. */
	PacketRing* stun;
	/* VM thread only. */
	VmPost* post;
	bool remembered, hasOnReadable, hasOnEvent;
	unsigned delivering;
	bool closed;
	xsSlot object, onReadable, onEvent;
} Rtp;

/* What the media thread calls, and what the stream calls to send: rtp-device.c. */
void rtpDeviceStart(Rtp* rtp);
/* On the media thread: true where the datagram was STUN and its way ends here (rtp-stun.c). */
bool rtpStunDatagram(Rtp* rtp, StreamChannel channel, const uint8_t* bytes, size_t byteLength,
					 const PacketSource* from);
/* The object by its host data; throws after close(). */
Rtp* rtpOf(xsMachine* the);
/* The address of text, without its port; throws where it is none of the sockets' family. */
void rtpAddressArgument(xsMachine* the, const Rtp* rtp, xsSlot* text, PacketSource* to);

#endif
