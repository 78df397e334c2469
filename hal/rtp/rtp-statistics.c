/* Native side of rtp.ts: what the stream counted, copied under the lock and told afterwards. */
#include "rtp.h"
#include "mc.xs.h"

typedef struct {
	StreamCounters counters;
	uint32_t lost, zrtpDropped;
	double jitterMs, bufferMs, concealedMs, shortenedMs;
} Figures;

static Figures copyFigures(Rtp* rtp)
{
	const RtpStream* stream = &rtp->stream;
	Figures figures;
	audioLock(rtp->audio);
	figures.counters = stream->counters;
	figures.lost = receptionLost(&stream->reception);
	figures.zrtpDropped = stream->zrtp.dropped;
	figures.jitterMs = receptionJitterMs(&stream->reception, AUDIO_RATE_HZ);
	figures.bufferMs = jitterDepthMs(&stream->jitter);
	figures.concealedMs = (double)stream->jitter.concealedSamples / JITTER_SAMPLES_PER_MS;
	figures.shortenedMs = (double)stream->jitter.droppedSamples / JITTER_SAMPLES_PER_MS;
	audioUnlock(rtp->audio);
	return figures;
}

static void set(xsMachine* the, xsIdentifier name, double value)
{
	xsmcSetNumber(xsVar(0), value);
	xsmcSet(xsResult, name, xsVar(0));
}

void xs_rtp_get_statistics(xsMachine* the)
{
	Figures figures = copyFigures(rtpOf(the));
	const StreamCounters* counters = &figures.counters;
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set(the, xsID_sent, counters->sent);
	set(the, xsID_received, counters->received);
	set(the, xsID_lost, figures.lost);
	set(the, xsID_late, counters->late);
	set(the, xsID_duplicated, counters->duplicated);
	set(the, xsID_refused, counters->refused);
	set(the, xsID_replayed, counters->replayed);
	set(the, xsID_rejected, counters->rejected);
	set(the, xsID_otherSource, counters->otherSource);
	set(the, xsID_strangers, counters->strangers);
	set(the, xsID_clearDropped, counters->clearDropped);
	set(the, xsID_encryptedSent, counters->encryptedSent);
	set(the, xsID_encryptedReceived, counters->encryptedReceived);
	set(the, xsID_clearSent, counters->clearSent);
	set(the, xsID_clearReceived, counters->clearReceived);
	set(the, xsID_malformed, counters->malformed);
	set(the, xsID_unknownPayload, counters->unknownPayload);
	set(the, xsID_stun, counters->stun);
	set(the, xsID_dtls, counters->dtls);
	set(the, xsID_zrtpReceived, counters->zrtpReceived);
	set(the, xsID_zrtpSent, counters->zrtpSent);
	set(the, xsID_zrtpDropped, figures.zrtpDropped);
	set(the, xsID_controlSent, counters->controlSent);
	set(the, xsID_controlReceived, counters->controlReceived);
	set(the, xsID_controlDropped, counters->controlDropped);
	set(the, xsID_sendFailed, counters->sendFailed);
	set(the, xsID_jitterMs, figures.jitterMs);
	set(the, xsID_bufferMs, figures.bufferMs);
	set(the, xsID_concealedMs, figures.concealedMs);
	set(the, xsID_shortenedMs, figures.shortenedMs);
	set(the, xsID_remoteLost, counters->remoteLost);
	set(the, xsID_remoteJitterMs, counters->remoteJitterMs);
	set(the, xsID_roundTripMs, counters->roundTripMs);
}

void xs_rtp_get_heard(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	const StreamCounters* counters = &rtp->stream.counters;
	uint32_t heard;
	audioLock(rtp->audio);
	heard = counters->received + counters->controlReceived + counters->zrtpReceived;
	audioUnlock(rtp->audio);
	xsmcSetNumber(xsResult, heard);
}
