/*
 * Who holds the voice device, what its microphone is and where its speaker goes: the same for every port, all on the VM
 * thread. What a choice needs is made ready before the media thread sees it, and let go of after it has.
 */
#include <stdlib.h>
#include "audio-core.h"

Audio* audioOpen(char reason[AUDIO_REASON_BYTES])
{
	Audio* audio = audioPortStart(reason);
	if (audio)
		audio->references = 1;
	return audio;
}

void audioRetain(Audio* audio)
{
	audio->references++;
}

void audioRelease(Audio* audio)
{
	if (--audio->references == 0)
		audioPortStop(audio);
}

/* The handset is held as long as either direction uses it. */
static void leaveHandset(Audio* audio)
{
	if (audio->microphone.kind != microphoneDevice && !audio->handsetSpeaker)
		audioPortLeaveHandset(audio);
}

int audioChooseMicrophone(Audio* audio, const MicrophoneChoice* choice, char reason[AUDIO_REASON_BYTES])
{
	Microphone microphone = {.kind = choice->kind, .loop = choice->loop};
	int16_t* samples = NULL;
	int16_t* before = audio->samples;
	if (choice->kind == microphoneTone)
		sineStart(&microphone.sine, choice->toneHz, choice->toneAmplitude, AUDIO_RATE_HZ);
	if (choice->kind == microphoneSamples) {
		samples = wavLoad(choice->path, AUDIO_RATE_HZ, &microphone.sampleCount, reason, AUDIO_REASON_BYTES);
		if (!samples)
			return -1;
		microphone.samples = samples;
	}
	if (choice->kind == microphoneDevice && !audioPortTakeHandset(audio, reason))
		return -1;
	audioLock(audio);
	audio->microphone = microphone;
	audioUnlock(audio);
	audio->samples = samples;
	leaveHandset(audio);
	free(before);
	return 0;
}

int audioChooseSpeaker(Audio* audio, const SpeakerChoice* choice, char reason[AUDIO_REASON_BYTES])
{
	WavRecorder* recorder = NULL;
	WavRecorder* before = audio->recorder;
	if (choice->handset && !audioPortTakeHandset(audio, reason))
		return -1;
	if (choice->path && !(recorder = wavRecorderOpen(choice->path, AUDIO_RATE_HZ, reason, AUDIO_REASON_BYTES))) {
		leaveHandset(audio);
		return -1;
	}
	audioLock(audio);
	audio->recorder = recorder;
	audio->handsetSpeaker = choice->handset;
	audioUnlock(audio);
	leaveHandset(audio);
	wavRecorderClose(before);
	return 0;
}

void audioClose(Audio* audio)
{
	char reason[AUDIO_REASON_BYTES];
	audioChooseMicrophone(audio, &(MicrophoneChoice){.kind = microphoneSilence}, reason);
	audioChooseSpeaker(audio, &(SpeakerChoice){0}, reason);
	audioLock(audio);
	tonePlay(&audio->tone, NULL, AUDIO_RATE_HZ);
	audioUnlock(audio);
}
