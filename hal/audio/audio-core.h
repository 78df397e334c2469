/*
 * The voice device, whatever clock and hardware drive it. A port embeds struct Audio, calls audioCoreFrame every 20 ms
 * under its lock, and supplies the port functions below.
 */
#ifndef SOTTO_AUDIO_CORE_H
#define SOTTO_AUDIO_CORE_H

#include "audio.h"
#include "tone.h"
#include "wav-load.h"
#include "wav-recorder.h"

typedef enum { microphoneSilence, microphoneTone, microphoneSamples, microphoneDevice } MicrophoneKind;

typedef struct {
	MicrophoneKind kind;
	Sine sine;
	/* microphoneSamples: owned by the device. */
	const int16_t* samples;
	size_t sampleCount, position;
	bool loop;
} Microphone;

typedef struct {
	uint32_t frames;		  /* frames the device has run */
	uint32_t lateFrames;	  /* frames left out because the clock had fallen behind */
	uint32_t microphoneShort; /* samples the panel's microphone did not have in time */
	uint32_t speakerDropped;  /* samples the speaker's rings had no room for */
} AudioCounters;

struct Audio {
	AudioStream* streams;
	unsigned streamCount;
	Microphone microphone;
	TonePlayer tone;
	unsigned volumePercent;
	AudioCounters counters;
	WavRecorder* recorder; /* NULL: none */
	bool handsetSpeaker;
	/* VM thread only. */
	unsigned references;
	int16_t* samples; /* of the microphone's file, or NULL */
	/* Of the frame that runs. */
	bool microphoneTaken;
	int16_t microphoneFrame[AUDIO_FRAME_SAMPLES];
	int32_t mix[AUDIO_FRAME_SAMPLES];		 /* for the speaker */
	int32_t conference[AUDIO_FRAME_SAMPLES]; /* the joined voices, without the microphone */
	unsigned joinedCount, spokenCount;		 /* how many they are, and how many voices the speaker plays */
};

void audioCoreStart(Audio* audio);
/* Something plays or speaks: the clock must run. */
bool audioCoreActive(const Audio* audio);
void audioCoreFrame(Audio* audio, uint64_t nowUs);

typedef struct {
	MicrophoneKind kind;
	double toneHz, toneAmplitude;
	const char* path; /* microphoneSamples: a WAV file */
	bool loop;
} MicrophoneChoice;

typedef struct {
	const char* path; /* a WAV file to record to, or NULL */
	bool handset;
} SpeakerChoice;

/* Room for a sentence that says why something failed. */
#define AUDIO_REASON_BYTES 256

/* All on the VM thread. NULL and non-zero are failures with their reason. */
Audio* audioOpen(char reason[AUDIO_REASON_BYTES]);
int audioChooseMicrophone(Audio* audio, const MicrophoneChoice* choice, char reason[AUDIO_REASON_BYTES]);
int audioChooseSpeaker(Audio* audio, const SpeakerChoice* choice, char reason[AUDIO_REASON_BYTES]);
/* Sources and sinks are let go; streams stay attached and hear silence. audioRelease gives the device back. */
void audioClose(Audio* audio);

/* ---- Port functions ---- */

/* On the VM thread: the device with its clock, NULL with the reason; and its end. */
Audio* audioPortStart(char reason[AUDIO_REASON_BYTES]);
void audioPortStop(Audio* audio);
/* The clock looks again at what is to be done. From any thread. */
void audioPortWake(Audio* audio);

/* The person's microphone and speaker: the codec, or the panel in its place. Taken by one device at a time; safe to
 * repeat. On the VM thread. */
bool audioPortTakeHandset(Audio* audio, char reason[AUDIO_REASON_BYTES]);
void audioPortLeaveHandset(Audio* audio);
/* Called by audioCoreFrame, on the media thread, where the handset is taken. */
void audioPortReadMicrophone(Audio* audio, int16_t* pcm, size_t samples);
void audioPortWriteSpeaker(Audio* audio, const int16_t* pcm, size_t samples);

#endif
