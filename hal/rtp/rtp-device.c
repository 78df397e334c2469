/* Between the stream and the world: datagrams from the sockets, packets to the peer, bits to the VM. */
#include <stdalign.h>
#include <stddef.h>
#include "rtp.h"

/* Read in one go at most, so that a flood cannot hold up the clock. */
#define READ_MOST_DATAGRAMS 32

static Rtp* rtpOfStream(AudioStream* onDevice)
{
	return (Rtp*)((char*)onDevice - offsetof(Rtp, onDevice));
}

static void readable(AudioStream* onDevice, unsigned which, uint64_t nowUs)
{
	Rtp* rtp = rtpOfStream(onDevice);
	alignas(8) uint8_t bytes[DATAGRAM_MOST_BYTES + 1];
	PacketSource from;
	int got;
	for (int i = 0; i < READ_MOST_DATAGRAMS; i++) {
		bool stranger, moved;
		got = rtpSocketReceive(rtp->sockets.descriptors[which], bytes, sizeof bytes, &from);
		if (got < 0)
			return;
		if (got == 0 || got > (int)DATAGRAM_MOST_BYTES) {
			rtp->stream.counters.malformed++;
			continue;
		}
		if (rtpStunDatagram(rtp, which, bytes, (size_t)got, &from))
			continue;
		stranger = !packetSourceIsSame(&from, &rtp->peers[which]);
		moved = which == channelMedia ? streamDatagram(&rtp->stream, bytes, (size_t)got, &from, stranger, nowUs)
									  : streamControl(&rtp->stream, bytes, (size_t)got, stranger, nowUs);
		if (moved)
			rtp->peers[which] = from;
	}
}

static void frame(AudioStream* onDevice, Audio* audio, uint64_t nowUs)
{
	streamFrame(&rtpOfStream(onDevice)->stream, audio, onDevice, nowUs);
}

static void hearPeer(AudioStream* onDevice, Audio* audio)
{
	streamListen(&rtpOfStream(onDevice)->stream, audio, onDevice);
}

static bool sendToPeer(void* refcon, StreamChannel channel, const uint8_t* bytes, size_t byteLength)
{
	Rtp* rtp = refcon;
	/* A peer that said it takes no reports (port 0) gets none. */
	if (rtp->peers[channel].port == 0)
		return true;
	/* One port for both: reports take the media socket (RFC 5761). */
	if (packetSourceIsSame(&rtp->peers[channel], &rtp->peers[channelMedia]))
		channel = channelMedia;
	return rtpSocketSend(rtp->sockets.descriptors[channel], &rtp->peers[channel], bytes, byteLength);
}

static void notifyVm(void* refcon)
{
	vmPost(((Rtp*)refcon)->post);
}

void rtpDeviceStart(Rtp* rtp)
{
	rtp->stream.send = sendToPeer;
	rtp->stream.notify = notifyVm;
	rtp->stream.refcon = rtp;
	rtp->onDevice.readable = readable;
	rtp->onDevice.listen = hearPeer;
	rtp->onDevice.frame = frame;
	rtp->onDevice.sockets[0] = rtp->sockets.descriptors[0];
	rtp->onDevice.sockets[1] = rtp->sockets.descriptors[1];
}
