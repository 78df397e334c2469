/* Native side of audio.ts: reads the options, then leaves everything to audio-device.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "xsmc.h"
#include "mc.xs.h"
#include "audio-core.h"
#include "audio-host.h"

#define PATH_BYTES 1024
#define TONE_LEVEL_DB (-15.0)
#define FULL_SCALE 32767.0

void xs_audio_destructor(void* data)
{
	if (data) {
		audioClose(data);
		audioRelease(data);
	}
}

static const xsHostHooks audioHooks = {xs_audio_destructor, NULL, NULL};

Audio* audioFromHost(xsMachine* the, xsSlot* slot)
{
	Audio* audio = xsmcGetHostDataValidate(*slot, (void*)&audioHooks);
	if (!audio)
		xsUnknownError("audio: closed");
	return audio;
}

/* Names may move in the heap: the path is copied at once. */
static void copyPath(xsMachine* the, xsSlot* slot, char path[PATH_BYTES])
{
	const char* text = xsmcToString(*slot);
	if (strlen(text) >= PATH_BYTES)
		xsRangeError("audio: the file name is too long");
	strcpy(path, text);
}

/* Uses xsVar(0); the option lies elsewhere. */
static void setMicrophone(xsMachine* the, Audio* audio, xsSlot* option)
{
	char reason[AUDIO_REASON_BYTES], path[PATH_BYTES];
	MicrophoneChoice choice = {.kind = microphoneSilence};
	xsmcGet(xsVar(0), *option, xsID_wav);
	if (xsmcTest(xsVar(0))) {
		copyPath(the, &xsVar(0), path);
		choice.kind = microphoneSamples;
		choice.path = path;
		xsmcGet(xsVar(0), *option, xsID_loop);
		choice.loop = xsmcTest(xsVar(0));
	}
	xsmcGet(xsVar(0), *option, xsID_tone);
	if (xsmcTest(xsVar(0))) {
		double levelDb = TONE_LEVEL_DB;
		choice.kind = microphoneTone;
		choice.toneHz = xsmcToNumber(xsVar(0));
		xsmcGet(xsVar(0), *option, xsID_levelDb);
		if (xsmcTypeOf(xsVar(0)) != xsUndefinedType)
			levelDb = xsmcToNumber(xsVar(0));
		if (!(choice.toneHz >= 1 && choice.toneHz < AUDIO_RATE_HZ / 2.0))
			xsRangeError("audio: a tone is from 1 to 3999 Hz");
		if (!(levelDb <= 0 && levelDb >= -90))
			xsRangeError("audio: a level is from -90 to 0 dB");
		choice.toneAmplitude = FULL_SCALE * pow(10, levelDb / 20);
	}
	xsmcGet(xsVar(0), *option, xsID_panel);
	if (xsmcTest(xsVar(0)))
		choice.kind = microphoneDevice;
	if (audioChooseMicrophone(audio, &choice, reason) != 0)
		xsUnknownError("microphone: %s", reason);
}

/* Uses xsVar(0); the option lies elsewhere. */
static void setSpeaker(xsMachine* the, Audio* audio, xsSlot* option)
{
	char reason[AUDIO_REASON_BYTES], path[PATH_BYTES];
	SpeakerChoice choice = {0};
	xsmcGet(xsVar(0), *option, xsID_wav);
	if (xsmcTest(xsVar(0))) {
		copyPath(the, &xsVar(0), path);
		choice.path = path;
	}
	xsmcGet(xsVar(0), *option, xsID_panel);
	choice.handset = xsmcTest(xsVar(0));
	if (audioChooseSpeaker(audio, &choice, reason) != 0)
		xsUnknownError("speaker: %s", reason);
}

void xs_audio_constructor(xsMachine* the)
{
	char reason[AUDIO_REASON_BYTES];
	Audio* audio = audioOpen(reason);
	if (!audio)
		xsUnknownError("audio: %s", reason);
	/* From here on the destructor lets go of it, whatever is thrown. */
	xsmcSetHostData(xsThis, audio);
	xsSetHostHooks(xsThis, (xsHostHooks*)&audioHooks);
	if (xsmcTypeOf(xsArg(0)) == xsUndefinedType)
		return;
	xsmcVars(2);
	xsmcGet(xsVar(1), xsArg(0), xsID_microphone);
	if (xsmcTypeOf(xsVar(1)) != xsUndefinedType)
		setMicrophone(the, audio, &xsVar(1));
	xsmcGet(xsVar(1), xsArg(0), xsID_speaker);
	if (xsmcTypeOf(xsVar(1)) != xsUndefinedType)
		setSpeaker(the, audio, &xsVar(1));
}

void xs_audio_close(xsMachine* the)
{
	Audio* audio = xsmcGetHostDataValidate(xsThis, (void*)&audioHooks);
	if (!audio)
		return;
	xsmcSetHostData(xsThis, NULL);
	xs_audio_destructor(audio);
}

void xs_audio_set_microphone(xsMachine* the)
{
	xsmcVars(1);
	setMicrophone(the, audioFromHost(the, &xsThis), &xsArg(0));
}

void xs_audio_set_speaker(xsMachine* the)
{
	xsmcVars(1);
	setSpeaker(the, audioFromHost(the, &xsThis), &xsArg(0));
}

void xs_audio_play(xsMachine* the)
{
	Audio* audio = audioFromHost(the, &xsThis);
	const ToneCadence* cadence = toneFind(xsmcToString(xsArg(0)));
	if (!cadence)
		xsRangeError("audio: no tone of this name");
	audioLock(audio);
	/* A tone that already plays goes on: asking again on every change of a call must not be heard. */
	if (audio->tone.cadence != cadence)
		tonePlay(&audio->tone, cadence, AUDIO_RATE_HZ);
	audioUnlock(audio);
	audioPortWake(audio);
}

void xs_audio_stop(xsMachine* the)
{
	Audio* audio = audioFromHost(the, &xsThis);
	audioLock(audio);
	tonePlay(&audio->tone, NULL, AUDIO_RATE_HZ);
	audioUnlock(audio);
}

void xs_audio_get_volume(xsMachine* the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)audioFromHost(the, &xsThis)->volumePercent);
}

void xs_audio_set_volume(xsMachine* the)
{
	Audio* audio = audioFromHost(the, &xsThis);
	xsIntegerValue percent = xsmcToInteger(xsArg(0));
	if (percent < 0 || percent > 100)
		xsRangeError("audio: volume is from 0 to 100 percent");
	audioLock(audio);
	audio->volumePercent = (unsigned)percent;
	audioUnlock(audio);
}

void xs_audio_get_statistics(xsMachine* the)
{
	Audio* audio = audioFromHost(the, &xsThis);
	AudioCounters counters;
	audioLock(audio);
	counters = audio->counters;
	audioUnlock(audio);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	xsmcSetNumber(xsVar(0), counters.frames);
	xsmcSet(xsResult, xsID_frames, xsVar(0));
	xsmcSetNumber(xsVar(0), counters.lateFrames);
	xsmcSet(xsResult, xsID_lateFrames, xsVar(0));
	xsmcSetNumber(xsVar(0), counters.microphoneShort);
	xsmcSet(xsResult, xsID_microphoneShort, xsVar(0));
	xsmcSetNumber(xsVar(0), counters.speakerDropped);
	xsmcSet(xsResult, xsID_speakerDropped, xsVar(0));
}
