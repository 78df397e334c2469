/*
 * The phone's one duplex voice device: 8 kHz, 16-bit, mono, in frames of 20 ms. Its clock is the media path's clock.
 * Every frame it asks each attached stream (hal/rtp) to speak and to listen, mixes, adds call progress tones and hands
 * the sum to the speaker. Streams' sockets are waited for by the same thread, so one thread owns all media state.
 * Who may call what: docs/CONCURRENCY.md.
 */
#ifndef SOTTO_AUDIO_H
#define SOTTO_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUDIO_RATE_HZ 8000u
#define AUDIO_FRAME_MS 20u
#define AUDIO_FRAME_SAMPLES 160u
#define AUDIO_STREAMS_MAX 8u

/* ---- For hal/rtp ---- */

typedef struct Audio Audio;
typedef struct AudioStream AudioStream;

struct AudioStream {
	AudioStream* next;
	/* Descriptors the media thread waits for; -1 for none. */
	int sockets[2];
	/* A datagram waits on sockets[which]. The stream reads a bounded number of them and returns. */
	void (*readable)(AudioStream* stream, unsigned which, uint64_t nowUs);
	/* A frame is due. First every stream gives the voice of its peer to audioSpeak(), if it has one; then every stream
	   takes what its peer is to hear from audioHear(). */
	void (*listen)(AudioStream* stream, Audio* audio);
	void (*frame)(AudioStream* stream, Audio* audio, uint64_t nowUs);
	/* Joined streams hear each other. Under the lock. */
	bool conference;
	/* Of the frame that runs: the peer's voice, where the stream is joined and spoke. */
	bool spoke;
	int16_t voice[AUDIO_FRAME_SAMPLES];
};

/* The media thread holds the lock in every callback and never while it waits. Others hold it for a few copies at most.
 */
void audioLock(Audio* audio);
void audioUnlock(Audio* audio);
/* Under the lock. False where AUDIO_STREAMS_MAX are attached. */
bool audioAttach(Audio* audio, AudioStream* stream);
/* Under the lock. No callback of this stream begins afterwards. */
void audioDetach(Audio* audio, AudioStream* stream);
/* Within frame() only: what this stream's peer hears, the microphone and the voices of the others in the conference. */
void audioHear(Audio* audio, const AudioStream* stream, bool microphone, int16_t pcm[AUDIO_FRAME_SAMPLES]);
/* Within listen() only: adds one frame to what the speaker plays, and to what the others in the conference hear. */
void audioSpeak(Audio* audio, AudioStream* stream, const int16_t* pcm);
/* The device lives until its owner and every stream have let go of it. On the VM thread. */
void audioRetain(Audio* audio);
void audioRelease(Audio* audio);
/* Monotonic, microseconds: the clock that callbacks are given. */
uint64_t audioNowUs(void);

/* ---- For the board that shows the panel (simulator only): one panel, two bounded rings without a lock ---- */

/* From the panel's one thread: samples of the person's microphone. Returns how many were taken, the rest is counted. */
size_t audioPanelWrite(const int16_t* pcm, size_t samples);
/* From the panel's one thread: samples for the person's speaker. Returns how many were given, 0 when none wait. */
size_t audioPanelRead(int16_t* pcm, size_t samples);
/* Called on the media thread after samples for the speaker arrived; must not block and must not call back into audio.
 */
typedef void (*AudioPanelReady)(void* refcon);
/* From any thread; ready NULL takes the listener away, and it is not running any more when this returns. */
void audioPanelListen(AudioPanelReady ready, void* refcon);

#endif
