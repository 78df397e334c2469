/*
 * One voice stream, whatever sockets and clock it lives with: a frame of sound becomes a packet, a packet becomes
 * sound. Datagrams come in through streamDatagram and streamControl, frames through streamFrame, and what is to be sent
 * leaves through the send function. All of it runs under the device's lock; nothing here allocates, waits or logs.
 */
#ifndef SOTTO_RTP_STREAM_H
#define SOTTO_RTP_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../audio/audio.h"
#include "../codec/codec.h"
#include "jitter.h"
#include "packet-ring.h"
#include "reception.h"
#include "rtcp.h"
#include "srtp-context.h"
#include "telephone-event.h"

/* Longest datagram that is looked at; anything longer is malformed. */
#define DATAGRAM_MOST_BYTES 2048u
#define PTIME_LEAST_MS 10u
#define PTIME_MOST_MS 60u

typedef enum { micHeld, micOpen, micMuted } MicMode;
typedef enum { channelMedia, channelControl } StreamChannel;

/* Bits for the VM, gathered until it looks. */
enum { streamAuthenticated = 1, streamBye = 2, streamReadable = 4, streamStun = 8 };

/* Packets, but for the times. Written under the lock. */
typedef struct {
	uint32_t sent, received, encryptedSent, encryptedReceived, clearSent, clearReceived;
	uint32_t late, duplicated, refused; /* by the jitter buffer */
	uint32_t replayed, rejected, otherSource;
	uint32_t clearDropped; /* clear packets that might not be heard */
	uint32_t strangers, malformed, unknownPayload, stun, dtls;
	uint32_t zrtpReceived, zrtpSent;
	uint32_t controlSent, controlReceived, controlDropped;
	uint32_t sendFailed;
	uint32_t remoteLost; /* as the peer's reports say */
	double remoteJitterMs, roundTripMs;
} StreamCounters;

typedef struct RtpStream RtpStream;

struct RtpStream {
	/* Set by the owner at the start. */
	uint32_t ssrc;
	char cname[RTCP_CNAME_BYTES];
	bool (*send)(void* refcon, StreamChannel channel, const uint8_t* bytes, size_t byteLength);
	void (*notify)(void* refcon); /* bits were added to events */
	void* refcon;

	/* What the owner may change between packets. */
	bool connected, sends, receives;
	bool requireEncryption; /* nothing of RTP or RTCP leaves without keys */
	bool allowClearReceive; /* clear voice is heard until receive keys are on */
	bool takesDtls;			/* a handshake is expected: its packets go up beside ZRTP's */
	bool latching;			/* an authenticated packet from elsewhere moves the peer's address */
	MicMode microphone;
	const Codec* codec;
	uint8_t payloadType;
	int telephoneEventPayloadType; /* -1: none */
	size_t packetSamples;
	SrtpContext* sendKeys;
	SrtpContext* receiveKeys;
	bool authenticated; /* under these receive keys */
	DigitSender digits;

	/* Sending. */
	uint16_t sequence;
	uint32_t timestamp;
	bool talking; /* the last frame left: the next packet needs no marker */
	int16_t pending[AUDIO_FRAME_SAMPLES + PTIME_MOST_MS * 8];
	size_t pendingCount;
	uint32_t packetCount, octetCount, packetCountAtReport;
	uint64_t nextReportUs;
	uint32_t reportRandom;

	/* Receiving. */
	Reception reception;
	JitterBuffer jitter;
	uint32_t lastSr;
	uint64_t lastSrUs;
	PacketRing zrtp;
	unsigned events;
	StreamCounters counters;
};

void streamStart(RtpStream* stream, uint32_t ssrc, uint32_t randomness);
/* The peer is known. ZRTP packets that it sent before are handed up now; what strangers sent is gone. */
void streamConnected(RtpStream* stream, const PacketSource* peer);
/* Whether the datagram came from a stranger and was authenticated nevertheless: then the owner may move the peer. */
bool streamDatagram(RtpStream* stream, uint8_t* bytes, size_t byteLength, const PacketSource* from, bool stranger,
					uint64_t nowUs);
bool streamControl(RtpStream* stream, uint8_t* bytes, size_t byteLength, bool stranger, uint64_t nowUs);
/* 20 ms: one frame of the peer's voice to the speaker; then one frame for the peer. device is this stream's own. */
void streamListen(RtpStream* stream, Audio* audio, AudioStream* device);
void streamFrame(RtpStream* stream, Audio* audio, const AudioStream* device, uint64_t nowUs);
/* A last report with BYE, if anything was sent. */
void streamEnd(RtpStream* stream, uint64_t nowUs);

/* Takes keys over (NULL: none) and gives back those before, to be deleted outside the lock. */
SrtpContext* streamSetSendKeys(RtpStream* stream, SrtpContext* keys);
SrtpContext* streamSetReceiveKeys(RtpStream* stream, SrtpContext* keys);

/* Of the two halves, for each other. */
void streamSendFrame(RtpStream* stream, Audio* audio, const AudioStream* device);
/* Once send keys are on: silence for the time that has just passed leaves at once, so that the peer need not wait for
   the clock to see that they are (RFC 6189 section 4.6: it counts as Conf2ACK). */
void streamSendFirst(RtpStream* stream);
void streamReport(RtpStream* stream, uint64_t nowUs, bool bye);
bool streamMaySendReport(const RtpStream* stream);

#endif
