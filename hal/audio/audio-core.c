#include <string.h>
#include "audio-core.h"

#define VOLUME_FULL 100
#define FULL_SCALE 32767
/* -2.5 dB of full scale: one voice alone stays below it, or is hardly changed. */
#define LIMIT_KNEE 24576

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

/* Up to the knee nothing is changed; above it the curve bends, and full scale is approached and never passed. */
static int16_t softLimit(int32_t sample)
{
	int32_t magnitude = sample < 0 ? -sample : sample;
	int32_t over = magnitude - LIMIT_KNEE;
	if (over > 0)
		magnitude =
			LIMIT_KNEE + (int32_t)((int64_t)over * (FULL_SCALE - LIMIT_KNEE) / (over + FULL_SCALE - LIMIT_KNEE));
	return (int16_t)(sample < 0 ? -magnitude : magnitude);
}

void audioHear(Audio* audio, const AudioStream* stream, bool microphone, int16_t pcm[AUDIO_FRAME_SAMPLES])
{
	unsigned others = stream->conference ? audio->joinedCount - stream->spoke : 0;
	if (microphone && !audio->microphoneTaken)
		readMicrophone(audio);
	if (others == 0) {
		if (microphone)
			memcpy(pcm, audio->microphoneFrame, sizeof audio->microphoneFrame);
		else
			memset(pcm, 0, sizeof audio->microphoneFrame);
		return;
	}
	for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++)
		pcm[i] = softLimit(audio->conference[i] - (stream->spoke ? stream->voice[i] : 0) +
						   (microphone ? audio->microphoneFrame[i] : 0));
}

void audioSpeak(Audio* audio, AudioStream* stream, const int16_t* pcm)
{
	audio->spokenCount++;
	for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++)
		audio->mix[i] += pcm[i];
	if (!stream->conference)
		return;
	stream->spoke = true;
	audio->joinedCount++;
	memcpy(stream->voice, pcm, sizeof stream->voice);
	for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++)
		audio->conference[i] += pcm[i];
}

void audioCoreFrame(Audio* audio, uint64_t nowUs)
{
	int16_t speaker[AUDIO_FRAME_SAMPLES];
	AudioStream* next;
	memset(audio->mix, 0, sizeof audio->mix);
	memset(audio->conference, 0, sizeof audio->conference);
	audio->joinedCount = audio->spokenCount = 0;
	audio->microphoneTaken = false;
	/* A real microphone goes on whether anybody listens or not; a file waits until it is heard. */
	if (audio->microphone.kind == microphoneDevice)
		readMicrophone(audio);
	for (AudioStream* stream = audio->streams; stream; stream = next) {
		next = stream->next;
		stream->spoke = false;
		stream->listen(stream, audio);
	}
	for (AudioStream* stream = audio->streams; stream; stream = next) {
		next = stream->next;
		stream->frame(stream, audio, nowUs);
	}
	audio->spokenCount += toneMix(&audio->tone, audio->mix, AUDIO_FRAME_SAMPLES, AUDIO_RATE_HZ);
	/* A voice alone is played as it came. */
	for (size_t i = 0; i < AUDIO_FRAME_SAMPLES; i++)
		speaker[i] = (int16_t)((audio->spokenCount > 1 ? softLimit(audio->mix[i]) : clip(audio->mix[i])) *
							   (int32_t)audio->volumePercent / VOLUME_FULL);
	if (audio->recorder)
		audio->counters.speakerDropped +=
			AUDIO_FRAME_SAMPLES - (uint32_t)wavRecorderWrite(audio->recorder, speaker, AUDIO_FRAME_SAMPLES);
	if (audio->handsetSpeaker)
		audioPortWriteSpeaker(audio, speaker, AUDIO_FRAME_SAMPLES);
	audio->counters.frames++;
}
