#include <pthread.h>
#include "../audio.h"
#include "../pcm-ring.h"
#include "audio-panel.h"

/* A page sends in bursts of up to 40 ms; more than 120 ms waiting is delay that nobody wants to hear. */
#define MICROPHONE_MOST_SAMPLES 960u
#define MICROPHONE_KEPT_SAMPLES 480u

/* There is one panel, as there is one handset. */
static PcmRing microphoneRing, speakerRing;
static _Atomic(const void*) panelOwner;
static pthread_mutex_t listenerLock = PTHREAD_MUTEX_INITIALIZER;
static AudioPanelReady listenerReady;
static void* listenerRefcon;

bool audioPanelTake(const void* owner)
{
	const void* nobody = NULL;
	return atomic_compare_exchange_strong(&panelOwner, &nobody, owner) || nobody == owner;
}

void audioPanelRelease(const void* owner)
{
	const void* expected = owner;
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

size_t audioPanelMicrophone(int16_t* pcm, size_t samples)
{
	if (pcmRingCount(&microphoneRing) > MICROPHONE_MOST_SAMPLES)
		pcmRingSkip(&microphoneRing, MICROPHONE_KEPT_SAMPLES);
	return pcmRingRead(&microphoneRing, pcm, samples);
}

size_t audioPanelSpeaker(const int16_t* pcm, size_t samples)
{
	size_t taken = pcmRingWrite(&speakerRing, pcm, samples);
	pthread_mutex_lock(&listenerLock);
	if (listenerReady)
		listenerReady(listenerRefcon);
	pthread_mutex_unlock(&listenerLock);
	return taken;
}
