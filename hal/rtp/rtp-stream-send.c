/* The sending half of a stream: microphone frame -> codec -> RTP -> SRTP -> send function, and the reports. */
#include <stdalign.h>
#include <string.h>
#include "rtp-packet.h"
#include "rtp-stream.h"

#define SAMPLES_PER_MS (AUDIO_RATE_HZ / 1000u)
/* RFC 3550 section 6.2: the least interval, spread by half to both sides; the first after half of it. */
#define REPORT_EVERY_US 5000000u

/* Without keys: only where clear voice is allowed, and never while the microphone is held. */
static bool maySend(const RtpStream* stream)
{
	if (!stream->connected || !stream->sends || !stream->codec)
		return false;
	return stream->sendKeys || (!stream->requireEncryption && stream->microphone != micHeld);
}

bool streamMaySendReport(const RtpStream* stream)
{
	return stream->connected && (stream->sendKeys || (!stream->requireEncryption && stream->microphone != micHeld));
}

static void sendPacket(RtpStream* stream, const RtpHeader* header, const uint8_t* payload, size_t payloadByteLength)
{
	alignas(8) uint8_t packet[RTP_HEADER_BYTES + JITTER_PAYLOAD_BYTES + SRTP_ADDED_BYTES];
	size_t byteLength = RTP_HEADER_BYTES + payloadByteLength;
	rtpWriteHeader(packet, header);
	memcpy(packet + RTP_HEADER_BYTES, payload, payloadByteLength);
	if (stream->sendKeys && !srtpProtect(stream->sendKeys, packet, &byteLength)) {
		stream->counters.sendFailed++;
		return;
	}
	if (!stream->send(stream->refcon, channelMedia, packet, byteLength)) {
		stream->counters.sendFailed++;
		return;
	}
	stream->packetCount++;
	stream->octetCount += (uint32_t)payloadByteLength;
	stream->counters.sent++;
	if (stream->sendKeys)
		stream->counters.encryptedSent++;
	else
		stream->counters.clearSent++;
}

static void sendVoice(RtpStream* stream)
{
	uint8_t payload[JITTER_PAYLOAD_BYTES];
	RtpHeader header = {
		.payloadType = stream->payloadType,
		.marker = !stream->talking,
		.sequence = stream->sequence++,
		/* The first of the pending samples. */
		.timestamp = stream->timestamp - (uint32_t)stream->pendingCount,
		.ssrc = stream->ssrc,
	};
	size_t byteLength = stream->codec->encode(stream->pending, stream->packetSamples, payload);
	stream->pendingCount -= stream->packetSamples;
	memmove(stream->pending, stream->pending + stream->packetSamples, stream->pendingCount * sizeof *stream->pending);
	stream->talking = true;
	sendPacket(stream, &header, payload, byteLength);
}

static void sendDigits(RtpStream* stream)
{
	DigitPacket packet;
	digitFrame(&stream->digits, stream->timestamp, AUDIO_FRAME_SAMPLES, &packet);
	for (unsigned i = 0; i < packet.copies; i++) {
		RtpHeader header = {
			.payloadType = (uint8_t)stream->telephoneEventPayloadType,
			.marker = packet.marker,
			.sequence = stream->sequence++,
			.timestamp = packet.timestamp,
			.ssrc = stream->ssrc,
		};
		sendPacket(stream, &header, packet.payload, sizeof packet.payload);
	}
	stream->pendingCount = 0;
	stream->talking = false;
}

void streamSendFrame(RtpStream* stream, Audio* audio, const AudioStream* device)
{
	if (!maySend(stream)) {
		stream->pendingCount = 0;
		stream->talking = false;
		stream->timestamp += AUDIO_FRAME_SAMPLES;
		return;
	}
	if (stream->telephoneEventPayloadType >= 0 && digitBusy(&stream->digits)) {
		sendDigits(stream);
		stream->timestamp += AUDIO_FRAME_SAMPLES;
		return;
	}
	/* Held under keys is silence like muted: the path stays open and the other end hears no hole. Who is muted in a
	   conference does not mute the others; a stream that is held passes nobody's voice on. */
	if (stream->microphone != micHeld)
		audioHear(audio, device, stream->microphone == micOpen, stream->pending + stream->pendingCount);
	else
		memset(stream->pending + stream->pendingCount, 0, AUDIO_FRAME_SAMPLES * sizeof(int16_t));
	stream->pendingCount += AUDIO_FRAME_SAMPLES;
	stream->timestamp += AUDIO_FRAME_SAMPLES;
	while (stream->pendingCount >= stream->packetSamples)
		sendVoice(stream);
}

void streamSendFirst(RtpStream* stream)
{
	if (!stream->sendKeys || stream->talking || !maySend(stream))
		return;
	memset(stream->pending, 0, stream->packetSamples * sizeof *stream->pending);
	stream->pendingCount = stream->packetSamples;
	sendVoice(stream);
}

/* ---- Reports ---- */

/* Spreads the reports of many phones; it guards nothing. */
static uint32_t nextRandom(RtpStream* stream)
{
	stream->reportRandom = stream->reportRandom * 1664525u + 1013904223u;
	return stream->reportRandom >> 16;
}

static uint64_t ntpOf(uint64_t nowUs)
{
	return (nowUs / 1000000u) << 32 | ((nowUs % 1000000u) << 32) / 1000000u;
}

void streamReport(RtpStream* stream, uint64_t nowUs, bool bye)
{
	alignas(8) uint8_t packet[RTCP_MOST_BYTES + SRTP_ADDED_BYTES];
	RtcpReport report = {
		.ssrc = stream->ssrc,
		.cname = stream->cname,
		.sender = stream->packetCount != stream->packetCountAtReport,
		.ntp = ntpOf(nowUs),
		.timestamp = stream->timestamp,
		.packetCount = stream->packetCount,
		.octetCount = stream->octetCount,
		.hasBlock = stream->reception.heard,
		.sourceSsrc = stream->reception.ssrc,
		.bye = bye,
	};
	size_t byteLength;
	if (report.hasBlock) {
		receptionReport(&stream->reception, &report.block);
		if (stream->lastSrUs != 0) {
			report.lastSr = stream->lastSr;
			report.delaySinceLastSr = (uint32_t)((nowUs - stream->lastSrUs) * 65536u / 1000000u);
		}
	}
	stream->packetCountAtReport = stream->packetCount;
	byteLength = rtcpWrite(packet, &report);
	if (stream->sendKeys && !srtpProtectControl(stream->sendKeys, packet, &byteLength)) {
		stream->counters.sendFailed++;
		return;
	}
	if (stream->send(stream->refcon, channelControl, packet, byteLength))
		stream->counters.controlSent++;
	else
		stream->counters.sendFailed++;
}

void streamListen(RtpStream* stream, Audio* audio, AudioStream* device)
{
	int16_t pcm[JITTER_FRAME_SAMPLES];
	if (!stream->receives)
		return;
	jitterGet(&stream->jitter, pcm, receptionJitterMs(&stream->reception, AUDIO_RATE_HZ));
	audioSpeak(audio, device, pcm);
}

void streamFrame(RtpStream* stream, Audio* audio, const AudioStream* device, uint64_t nowUs)
{
	streamSendFrame(stream, audio, device);
	if (stream->nextReportUs == 0)
		stream->nextReportUs = nowUs + REPORT_EVERY_US / 2;
	if (nowUs < stream->nextReportUs)
		return;
	stream->nextReportUs = nowUs + REPORT_EVERY_US / 2 + (uint64_t)REPORT_EVERY_US * nextRandom(stream) / 65536u;
	if (streamMaySendReport(stream))
		streamReport(stream, nowUs, false);
}

void streamEnd(RtpStream* stream, uint64_t nowUs)
{
	if (streamMaySendReport(stream) && (stream->packetCount > 0 || stream->reception.heard))
		streamReport(stream, nowUs, true);
}
