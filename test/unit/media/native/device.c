/*
 * The real media thread with two streams on loopback, while this thread changes everything that may be changed: keys,
 * microphones, files, tones. Built with the thread sanitizer too. At the end each recording holds the other's tone.
 */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "check.h"
#include "goertzel.h"
#include "hal/audio/audio-core.h"
#include "hal/audio/wav.h"
#include "hal/rtp/rtp-sockets.h"
#include "hal/rtp/rtp-stream.h"

#define HOME 0x7F000001u

typedef struct {
	RtpStream stream;
	AudioStream onDevice;
	RtpSockets sockets;
	PacketSource peers[2];
	Audio* audio;
	_Atomic unsigned notified;
} Line;

static bool sendToPeer(void* refcon, StreamChannel channel, const uint8_t* bytes, size_t byteLength)
{
	Line* line = refcon;
	return rtpSocketSend(line->sockets.descriptors[channel], line->peers[channel], bytes, byteLength);
}

static void notify(void* refcon)
{
	((Line*)refcon)->notified++;
}

static Line* lineOf(AudioStream* onDevice)
{
	return (Line*)((char*)onDevice - offsetof(Line, onDevice));
}

static void readable(AudioStream* onDevice, unsigned which, uint64_t nowUs)
{
	Line* line = lineOf(onDevice);
	alignas(8) uint8_t bytes[DATAGRAM_MOST_BYTES];
	PacketSource from;
	int got = rtpSocketReceive(line->sockets.descriptors[which], bytes, sizeof bytes, &from);
	if (got <= 0)
		return;
	if (which == channelMedia)
		streamDatagram(&line->stream, bytes, (size_t)got, from, from.port != line->peers[0].port, nowUs);
	else
		streamControl(&line->stream, bytes, (size_t)got, from.port != line->peers[1].port, nowUs);
}

static void listen(AudioStream* onDevice, Audio* audio)
{
	streamListen(&lineOf(onDevice)->stream, audio, onDevice);
}

static void frame(AudioStream* onDevice, Audio* audio, uint64_t nowUs)
{
	streamFrame(&lineOf(onDevice)->stream, audio, onDevice, nowUs);
}

static Line* openLine(uint32_t ssrc, double toneHz, const char* recording)
{
	char reason[AUDIO_REASON_BYTES];
	Line* line = calloc(1, sizeof *line);
	line->audio = audioPortOpen(reason);
	CHECK(line->audio != NULL);
	CHECK(audioPortMicrophone(line->audio,
							  &(MicrophoneChoice){.kind = microphoneTone, .toneHz = toneHz, .toneAmplitude = 8000},
							  reason) == 0);
	CHECK(audioPortSpeaker(line->audio, &(SpeakerChoice){.path = recording}, reason) == 0);
	CHECK(rtpSocketsOpen(&line->sockets, "127.0.0.1", 0, reason) == 0);
	streamStart(&line->stream, ssrc, ssrc);
	memcpy(line->stream.cname, "0123456789abcdef01234567", RTCP_CNAME_BYTES);
	line->stream.send = sendToPeer;
	line->stream.notify = notify;
	line->stream.refcon = line;
	line->onDevice = (AudioStream){.sockets = {line->sockets.descriptors[0], line->sockets.descriptors[1]},
								   .readable = readable,
								   .listen = listen,
								   .frame = frame};
	return line;
}

static void attach(Line* line, const Line* peer)
{
	audioLock(line->audio);
	line->peers[0] = (PacketSource){HOME, peer->sockets.port};
	line->peers[1] = (PacketSource){HOME, (uint16_t)(peer->sockets.port + 1)};
	line->stream.connected = true;
	CHECK(audioAttach(line->audio, &line->onDevice));
	audioUnlock(line->audio);
}

static void closeLine(Line* line)
{
	audioLock(line->audio);
	streamEnd(&line->stream, audioNowUs());
	audioDetach(line->audio, &line->onDevice);
	audioUnlock(line->audio);
	rtpSocketsClose(&line->sockets);
	srtpContextDelete(streamSetSendKeys(&line->stream, NULL));
	srtpContextDelete(streamSetReceiveKeys(&line->stream, NULL));
	audioPortClose(line->audio);
	audioRelease(line->audio);
	free(line);
}

static void pauseMs(long ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&time, NULL);
}

/* Between two packets, as rtp.ts does it. */
static void changeKeys(Line* from, Line* to, uint8_t seed)
{
	SrtpKeys keys = {.cipher = seed % 2 ? "AES1" : "AES3", .authTag = seed % 3 ? "HS32" : "GCM"};
	SrtpContext* before;
	memset(keys.key, seed, sizeof keys.key);
	memset(keys.salt, seed + 1, sizeof keys.salt);
	audioLock(to->audio);
	before = streamSetReceiveKeys(&to->stream, srtpContextForReceive(&keys));
	audioUnlock(to->audio);
	srtpContextDelete(before);
	audioLock(from->audio);
	before = streamSetSendKeys(&from->stream, srtpContextForSend(&keys, from->stream.ssrc));
	from->stream.microphone = micOpen;
	audioUnlock(from->audio);
	srtpContextDelete(before);
}

static int16_t* readRecording(const char* path, size_t* samples)
{
	FILE* file = fopen(path, "rb");
	uint8_t* bytes = malloc(1 << 20);
	WavView view;
	int16_t* pcm;
	size_t length;
	CHECK(file != NULL);
	length = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	CHECK(wavParse(bytes, length, &view) == NULL);
	/* The sizes in the header are those of the file. */
	CHECK((size_t)(bytes[40] | bytes[41] << 8 | bytes[42] << 16) + WAV_HEADER_BYTES == length);
	*samples = view.frameCount;
	pcm = malloc((*samples + 1) * sizeof *pcm);
	CHECK(wavResample(&view, 8000, pcm) == 0);
	free(bytes);
	return pcm;
}

/* So many packets more: a busy computer only takes longer. */
static void waitForVoice(Line* line, uint32_t packets)
{
	uint32_t start = 0, got = 0;
	for (int tries = 0; tries < 1000 && got - start < packets; tries++) {
		audioLock(line->audio);
		got = line->stream.counters.encryptedReceived;
		audioUnlock(line->audio);
		if (tries == 0)
			start = got;
		pauseMs(20);
	}
	CHECK(got - start >= packets);
}

static void conversation(const char* recordings[2])
{
	Line* alice = openLine(0xA, 440, recordings[0]);
	Line* bob = openLine(0xB, 1000, recordings[1]);
	char reason[AUDIO_REASON_BYTES];
	int16_t* pcm;
	size_t samples;
	CHECK(srtpPrepare());
	attach(alice, bob);
	attach(bob, alice);
	pauseMs(100);
	/* Everything that this thread may do, again and again, while the other ones run. */
	for (int i = 0; i < 40; i++) {
		changeKeys(alice, bob, (uint8_t)(2 * i));
		changeKeys(bob, alice, (uint8_t)(2 * i + 1));
		audioLock(alice->audio);
		tonePlay(&alice->audio->tone, toneFind(i % 2 ? "busy" : "ring"), AUDIO_RATE_HZ);
		digitQueue(&alice->stream.digits, '5');
		alice->stream.telephoneEventPayloadType = i % 3 ? 101 : -1;
		audioUnlock(alice->audio);
		CHECK(audioPortMicrophone(bob->audio, &(MicrophoneChoice){.kind = microphoneDevice}, reason) == 0);
		CHECK(audioPortSpeaker(bob->audio, &(SpeakerChoice){.panel = true}, reason) == 0);
		audioPanelWrite((int16_t[160]){0}, 160);
		audioPanelRead((int16_t[160]){0}, 160);
		pauseMs(7);
	}
	audioLock(alice->audio);
	tonePlay(&alice->audio->tone, NULL, AUDIO_RATE_HZ);
	memset(&alice->stream.digits, 0, sizeof alice->stream.digits);
	audioUnlock(alice->audio);
	/* Twice the same file: the first recording must not write into the second. */
	for (int i = 0; i < 2; i++)
		CHECK(audioPortSpeaker(bob->audio, &(SpeakerChoice){.path = recordings[1]}, reason) == 0);
	/* And now in peace: each is to hear the other for a second and more. */
	CHECK(audioPortMicrophone(bob->audio,
							  &(MicrophoneChoice){.kind = microphoneTone, .toneHz = 1000, .toneAmplitude = 8000},
							  reason) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(audioPortSpeaker(i ? bob->audio : alice->audio, &(SpeakerChoice){.path = recordings[i]}, reason) == 0);
	waitForVoice(alice, 80);
	waitForVoice(bob, 80);
	audioLock(alice->audio);
	CHECK(alice->stream.counters.clearSent == 0 && alice->stream.counters.clearReceived == 0);
	CHECK(alice->stream.counters.encryptedReceived > 60);
	audioUnlock(alice->audio);
	CHECK(alice->notified > 0);
	closeLine(alice);
	closeLine(bob);
	for (int i = 0; i < 2; i++) {
		pcm = readRecording(recordings[i], &samples);
		CHECK(samples > 9600);
		/* What came late on a busy computer was concealed, which costs some of the level. */
		CHECK_NEAR(amplitudeOf(pcm + samples - 8000, 8000, i ? 440 : 1000, 8000), 7000, 1500);
		CHECK(amplitudeOf(pcm + samples - 8000, 8000, i ? 1000 : 440, 8000) < 400);
		free(pcm);
	}
}

static void badFiles(const char* folder)
{
	char reason[AUDIO_REASON_BYTES], path[512];
	Audio* audio = audioPortOpen(reason);
	FILE* file;
	MicrophoneChoice choice = {.kind = microphoneSamples, .path = path};
	snprintf(path, sizeof path, "%s/none.wav", folder);
	CHECK(audioPortMicrophone(audio, &choice, reason) != 0 && strstr(reason, path) && strstr(reason, "No such file"));
	snprintf(path, sizeof path, "%s/text.wav", folder);
	file = fopen(path, "w");
	fputs("This is no sound.", file);
	fclose(file);
	CHECK(audioPortMicrophone(audio, &choice, reason) != 0 && strstr(reason, path) && strstr(reason, "not a WAV file"));
	choice.path = folder;
	CHECK(audioPortMicrophone(audio, &choice, reason) != 0 && strstr(reason, "not a file"));
	/* A pipe that nobody has open at its other end is no reason to wait. */
	snprintf(path, sizeof path, "%s/pipe.wav", folder);
	CHECK(mkfifo(path, 0600) == 0);
	choice.path = path;
	CHECK(audioPortMicrophone(audio, &choice, reason) != 0 && strstr(reason, "not a file"));
	CHECK(audioPortSpeaker(audio, &(SpeakerChoice){.path = path}, reason) != 0 && strstr(reason, path));
	(void)unlink(path);
	snprintf(path, sizeof path, "%s/none/deep.wav", folder);
	CHECK(audioPortSpeaker(audio, &(SpeakerChoice){.path = path}, reason) != 0 && strstr(reason, path));
	/* One panel, one device. */
	CHECK(audioPortSpeaker(audio, &(SpeakerChoice){.panel = true}, reason) == 0);
	{
		Audio* other = audioPortOpen(reason);
		CHECK(audioPortMicrophone(other, &(MicrophoneChoice){.kind = microphoneDevice}, reason) != 0);
		audioPortClose(audio);
		CHECK(audioPortMicrophone(other, &(MicrophoneChoice){.kind = microphoneDevice}, reason) == 0);
		audioPortClose(other);
		audioRelease(other);
	}
	audioRelease(audio);
}

static void manyStreams(void)
{
	char reason[AUDIO_REASON_BYTES];
	Audio* audio = audioPortOpen(reason);
	AudioStream streams[AUDIO_STREAMS_MAX + 1];
	audioLock(audio);
	for (unsigned i = 0; i <= AUDIO_STREAMS_MAX; i++) {
		streams[i] = (AudioStream){.sockets = {-1, -1}, .readable = NULL, .frame = NULL};
		CHECK(audioAttach(audio, &streams[i]) == (i < AUDIO_STREAMS_MAX));
	}
	for (unsigned i = 0; i < AUDIO_STREAMS_MAX; i++)
		audioDetach(audio, &streams[i]);
	audioDetach(audio, &streams[0]);
	CHECK(audio->streamCount == 0 && audio->streams == NULL);
	audioUnlock(audio);
	audioRelease(audio);
}

int main(int argc, char** argv)
{
	char one[512], other[512];
	const char* folder = argc > 1 ? argv[1] : "/tmp";
	const char* recordings[2] = {one, other};
	snprintf(one, sizeof one, "%s/alice.wav", folder);
	snprintf(other, sizeof other, "%s/bob.wav", folder);
	badFiles(folder);
	manyStreams();
	conversation(recordings);
	return report();
}
