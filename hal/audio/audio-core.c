#include <string.h>
#include "audio-core.h"

#define VOLUME_FULL 100

void audioCoreStart(Audio* audio)
{
	memset(audio, 0, sizeof *audio);
	audio->volumePercent = VOLUME_FULL;
}

bool audioCoreActive(const Audio* audio)
{
	return audio->streams != NULL || audio->tone.cadence != NULL;
}

bool audioAttach(Audio* audio, AudioStream* stream)
{
	if (audio->streamCount == AUDIO_STREAMS_MAX)
		return false;
	stream->next = audio->streams;
	audio->streams = stream;
	audio->streamCount++;
	audioPortWake(audio);
	return true;
}

void audioDetach(Audio* audio, AudioStream* stream)
{
	for (AudioStream** at = &audio->streams; *at; at = &(*at)->next)
		if (*at == stream) {
			*at = stream->next;
			stream->next = NULL;
			audio->streamCount--;
			audioPortWake(audio);
			return;
		}
}

static int16_t clip(double value)
{
	return (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}

static void readMicrophone(Audio* audio)
{
	Microphone* microphone = &audio->microphone;
	int16_t* frame = audio->microphoneFrame;
	switch (microphone->kind) {
	case microphoneSilence:
		memset(frame, 0, sizeof audio->microphoneFrame);
		break;
	case microphoneTone:
		for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++)
			frame[i] = clip(sineNext(&microphone->sine));
		break;
	case microphoneSamples:
		for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++) {
			if (microphone->position == microphone->sampleCount && microphone->loop)
				microphone->position = 0;
			frame[i] = microphone->position < microphone->sampleCount ? microphone->samples[microphone->position++] : 0;
		}
		break;
	case microphoneDevice:
		audioPortReadMicrophone(audio, frame, AUDIO_FRAME_SAMPLES);
		break;
	}
	audio->microphoneTaken = true;
}

const int16_t* audioMicrophone(Audio* audio)
{
	if (!audio->microphoneTaken)
		readMicrophone(audio);
	return audio->microphoneFrame;
}

void audioSpeak(Audio* audio, const int16_t* pcm)
{
	for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++)
		audio->mix[i] += pcm[i];
}

void audioCoreFrame(Audio* audio, uint64_t nowUs)
{
	int16_t speaker[AUDIO_FRAME_SAMPLES];
	AudioStream* next;
	memset(audio->mix, 0, sizeof audio->mix);
	audio->microphoneTaken = false;
	/* A real microphone goes on whether anybody listens or not; a file waits until it is heard. */
	if (audio->microphone.kind == microphoneDevice)
		readMicrophone(audio);
	for (AudioStream* stream = audio->streams; stream; stream = next) {
		next = stream->next;
		stream->frame(stream, audio, nowUs);
	}
	toneMix(&audio->tone, audio->mix, AUDIO_FRAME_SAMPLES, AUDIO_RATE_HZ);
	for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++)
		speaker[i] = clip((double)audio->mix[i] * audio->volumePercent / VOLUME_FULL);
	audioPortWriteSpeaker(audio, speaker, AUDIO_FRAME_SAMPLES);
	audio->counters.frames++;
}
