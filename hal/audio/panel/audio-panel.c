/*
 * The panel in the place of a handset: the page's microphone and speaker, behind two bounded rings. Its side of them is
 * in audio.h.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "../audio-core.h"
#include "../pcm-ring.h"

/* A page sends in bursts of up to 40 ms; more than 120 ms waiting is delay that nobody wants to hear. */
#define MICROPHONE_MOST_SAMPLES 960u
#define MICROPHONE_KEPT_SAMPLES 480u

/* There is one panel, as there is one handset. */
static PcmRing microphoneRing, speakerRing;
static _Atomic(const void*) panelOwner;
static pthread_mutex_t listenerLock = PTHREAD_MUTEX_INITIALIZER;
static AudioPanelReady listenerReady;
static void* listenerRefcon;

/* Each ring has one reader and one writer. */
bool audioPortTakeHandset(Audio* audio, char reason[AUDIO_REASON_BYTES])
{
	const void* nobody = NULL;
	if (atomic_compare_exchange_strong(&panelOwner, &nobody, audio) || nobody == audio)
		return true;
	snprintf(reason, AUDIO_REASON_BYTES, "the panel's microphone and speaker are in use by another voice device");
	return false;
}

void audioPortLeaveHandset(Audio* audio)
{
	const void* expected = audio;
	atomic_compare_exchange_strong(&panelOwner, &expected, NULL);
}

size_t audioPanelWrite(const int16_t* pcm, size_t samples)
{
	return pcmRingWrite(&microphoneRing, pcm, samples);
}

size_t audioPanelRead(int16_t* pcm, size_t samples)
{
	return pcmRingRead(&speakerRing, pcm, samples);
}

void audioPanelListen(AudioPanelReady ready, void* refcon)
{
	pthread_mutex_lock(&listenerLock);
	listenerReady = ready;
	listenerRefcon = refcon;
	pthread_mutex_unlock(&listenerLock);
}

void audioPortReadMicrophone(Audio* audio, int16_t* pcm, size_t samples)
{
	size_t given;
	/* What has queued up for too long is left out. */
	if (pcmRingCount(&microphoneRing) > MICROPHONE_MOST_SAMPLES)
		pcmRingSkip(&microphoneRing, MICROPHONE_KEPT_SAMPLES);
	given = pcmRingRead(&microphoneRing, pcm, samples);
	memset(pcm + given, 0, (samples - given) * sizeof *pcm);
	audio->counters.microphoneShort += (uint32_t)(samples - given);
}

void audioPortWriteSpeaker(Audio* audio, const int16_t* pcm, size_t samples)
{
	audio->counters.speakerDropped += (uint32_t)(samples - pcmRingWrite(&speakerRing, pcm, samples));
	pthread_mutex_lock(&listenerLock);
	if (listenerReady)
		listenerReady(listenerRefcon);
	pthread_mutex_unlock(&listenerLock);
}
