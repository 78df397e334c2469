/*
 * The receiving half of a stream: told apart -> from the peer? -> unprotected -> jitter buffer; ZRTP -> the VM's ring.
 * Check, authenticate, then commit: until a packet has passed all three it only moves a counter.
 */
#include <string.h>
#include "rtp-packet.h"
#include "rtp-stream.h"

#define PAYLOAD_PCMU 0
#define PAYLOAD_PCMA 8

void streamStart(RtpStream* stream, uint32_t ssrc, uint32_t randomness)
{
	stream->ssrc = ssrc;
	stream->sends = stream->receives = true;
	stream->requireEncryption = true;
	stream->microphone = micHeld;
	stream->codec = codecFind("PCMU");
	stream->packetSamples = AUDIO_FRAME_SAMPLES;
	stream->telephoneEventPayloadType = -1;
	/* Below 2^15, so that the first lost packets cannot be mistaken for a rollover (RFC 3711 section 3.3.1). */
	stream->sequence = (uint16_t)(randomness & 0x3FFF);
	stream->timestamp = randomness * 2654435761u;
	stream->reportRandom = randomness ^ ssrc;
	jitterReset(&stream->jitter);
}

SrtpContext* streamSetSendKeys(RtpStream* stream, SrtpContext* keys)
{
	SrtpContext* before = stream->sendKeys;
	stream->sendKeys = keys;
	if (!keys && stream->microphone == micOpen)
		stream->microphone = micHeld; /* a call that lost its security does not go on in the clear by itself */
	return before;
}

SrtpContext* streamSetReceiveKeys(RtpStream* stream, SrtpContext* keys)
{
	SrtpContext* before = stream->receiveKeys;
	stream->receiveKeys = keys;
	stream->authenticated = false;
	stream->events &= ~(unsigned)streamAuthenticated; /* it was said of the keys before */
	return before;
}

static void notify(RtpStream* stream, unsigned events)
{
	stream->events |= events;
	stream->notify(stream->refcon);
}

/* True where the packet is authentic, or may be taken as it is. */
static bool admit(RtpStream* stream, uint8_t* bytes, size_t* byteLength)
{
	if (!stream->receiveKeys) {
		if (stream->allowClearReceive)
			return true;
		stream->counters.clearDropped++;
		return false;
	}
	switch (srtpUnprotect(stream->receiveKeys, bytes, byteLength)) {
	case srtpAccepted:
		return true;
	case srtpReplayed:
		stream->counters.replayed++;
		return false;
	case srtpRejected:
		stream->counters.rejected++;
		return false;
	case srtpOtherSource:
		stream->counters.otherSource++;
		return false;
	}
	return false;
}

/* Static payload types mean the same in every session; the peer may use any that was offered. */
static const Codec* codecOf(const RtpStream* stream, uint8_t payloadType)
{
	if (payloadType == stream->payloadType)
		return stream->codec;
	if (payloadType == PAYLOAD_PCMU)
		return codecFind("PCMU");
	return payloadType == PAYLOAD_PCMA ? codecFind("PCMA") : NULL;
}

static void play(RtpStream* stream, const RtpHeader* header, const uint8_t* payload, size_t payloadByteLength)
{
	const Codec* codec = codecOf(stream, header->payloadType);
	if (!codec) {
		if (header->payloadType != stream->telephoneEventPayloadType)
			stream->counters.unknownPayload++;
		return;
	}
	switch (jitterPut(&stream->jitter, header, codec, payload, payloadByteLength)) {
	case jitterTaken:
		break;
	case jitterDuplicate:
		stream->counters.duplicated++;
		break;
	case jitterLate:
		stream->counters.late++;
		break;
	case jitterRefused:
		stream->counters.refused++;
		break;
	}
}

static bool voice(RtpStream* stream, uint8_t* bytes, size_t byteLength, bool stranger, uint64_t nowUs)
{
	RtpHeader header;
	const uint8_t* payload;
	size_t payloadByteLength;
	if (stranger && !(stream->latching && stream->receiveKeys)) {
		stream->counters.strangers++;
		return false;
	}
	if (!admit(stream, bytes, &byteLength)) {
		stream->counters.strangers += stranger;
		return false;
	}
	if (!rtpParse(bytes, byteLength, &header, &payload, &payloadByteLength)) {
		stream->counters.malformed++;
		return false;
	}
	/* Our own packets sent back to us are nobody's voice (RFC 3550 section 8.2). */
	if (header.ssrc == stream->ssrc) {
		stream->counters.otherSource++;
		return false;
	}
	stream->counters.received++;
	if (stream->receiveKeys)
		stream->counters.encryptedReceived++;
	else
		stream->counters.clearReceived++;
	if (stream->receiveKeys && !stream->authenticated) {
		stream->authenticated = true;
		notify(stream, streamAuthenticated);
	}
	if (stream->reception.heard && stream->reception.ssrc != header.ssrc)
		jitterReset(&stream->jitter);
	receptionPacket(&stream->reception, &header, (uint32_t)(nowUs * (AUDIO_RATE_HZ / 1000u) / 1000u));
	play(stream, &header, payload, payloadByteLength);
	return stranger;
}

static bool isForVm(const RtpStream* stream, PacketKind kind)
{
	return kind == packetZrtp || (kind == packetDtls && stream->takesDtls);
}

static void countForVm(RtpStream* stream, PacketKind kind)
{
	if (kind == packetDtls)
		stream->counters.dtls++;
	else
		stream->counters.zrtpReceived++;
}

void streamConnected(RtpStream* stream, const PacketSource* peer)
{
	uint8_t packet[PACKET_MOST_BYTES];
	PacketSource from;
	if (stream->connected)
		return;
	stream->connected = true;
	for (uint32_t waiting = stream->zrtp.count; waiting > 0; waiting--) {
		size_t byteLength = packetRingTake(&stream->zrtp, &from, packet);
		if (packetSourceIsSame(&from, peer) && packetRingPut(&stream->zrtp, &from, packet, byteLength))
			countForVm(stream, packetKind(packet, byteLength));
		else
			stream->counters.strangers++;
	}
	if (stream->zrtp.count > 0)
		notify(stream, streamReadable);
}

bool streamDatagram(RtpStream* stream, uint8_t* bytes, size_t byteLength, const PacketSource* from, bool stranger,
					uint64_t nowUs)
{
	if (!stream->connected) {
		/* The answer that names the peer may come after its first Hello, which is worth keeping until then. */
		if (isForVm(stream, packetKind(bytes, byteLength)) && packetRingPut(&stream->zrtp, from, bytes, byteLength))
			return false;
		stream->counters.strangers++;
		return false;
	}
	switch (packetKind(bytes, byteLength)) {
	case packetRtp:
		return voice(stream, bytes, byteLength, stranger, nowUs);
	case packetRtcp:
		return streamControl(stream, bytes, byteLength, stranger, nowUs) && false;
	case packetZrtp:
		if (stranger && !stream->latching) {
			stream->counters.strangers++;
			return false;
		}
		stream->counters.zrtpReceived++;
		if (packetRingPut(&stream->zrtp, from, bytes, byteLength))
			notify(stream, streamReadable);
		return false;
	case packetStun:
		stream->counters.stun++;
		return false;
	case packetDtls:
		stream->counters.dtls++;
		if (stream->takesDtls && !stranger && packetRingPut(&stream->zrtp, from, bytes, byteLength))
			notify(stream, streamReadable);
		return false;
	case packetUnknown:
		stream->counters.malformed++;
		return false;
	}
	return false;
}

static void readReport(RtpStream* stream, const RtcpView* view, uint64_t nowUs)
{
	if (view->hasSenderReport) {
		stream->lastSr = view->lastSr;
		stream->lastSrUs = nowUs;
	}
	if (view->hasBlock) {
		stream->counters.remoteLost = view->cumulativeLost > 0 ? (uint32_t)view->cumulativeLost : 0;
		stream->counters.remoteJitterMs = view->jitter / (double)(AUDIO_RATE_HZ / 1000u);
		if (view->blockLastSr != 0) {
			/* RFC 3550 section 6.4.1: arrival - LSR - DLSR in 1/65536 s, on our own clock. */
			uint32_t now = (uint32_t)((nowUs / 1000000u) << 16 | ((nowUs % 1000000u) << 16) / 1000000u);
			int32_t roundTrip = (int32_t)(now - view->blockLastSr - view->blockDelay);
			stream->counters.roundTripMs = roundTrip > 0 ? roundTrip * 1000.0 / 65536 : 0;
		}
	}
	if (view->bye)
		notify(stream, streamBye);
}

bool streamControl(RtpStream* stream, uint8_t* bytes, size_t byteLength, bool stranger, uint64_t nowUs)
{
	RtcpView view;
	bool mayAuthenticate = stream->receiveKeys && (!stranger || stream->latching);
	if (!stream->connected || (stranger && !mayAuthenticate)) {
		stream->counters.strangers++;
		return false;
	}
	/* As for voice: clear reports count only where clear voice may be heard, and no more once keys are on. */
	if (packetKind(bytes, byteLength) != packetRtcp ||
		(stream->receiveKeys ? srtpUnprotectControl(stream->receiveKeys, bytes, &byteLength) != srtpAccepted
							 : !stream->allowClearReceive) ||
		!rtcpParse(bytes, byteLength, stream->ssrc, &view)) {
		stream->counters.controlDropped++;
		return false;
	}
	stream->counters.controlReceived++;
	readReport(stream, &view, nowUs);
	return stranger;
}
