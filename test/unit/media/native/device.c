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
	return rtpSocketSend(line->sockets.descriptors[channel], &line->peers[channel], bytes, byteLength);
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
		streamDatagram(&line->stream, bytes, (size_t)got, &from, !packetSourceIsSame(&from, &line->peers[0]), nowUs);
	else
		streamControl(&line->stream, bytes, (size_t)got, !packetSourceIsSame(&from, &line->peers[1]), nowUs);
}

static void listen(AudioStream* onDevice, Audio* audio)
{
	streamListen(&lineOf(onDevice)->stream, audio, onDevice);
}

static void frame(AudioStream* onDevice, Audio* audio, uint64_t nowUs)
{
	streamFrame(&lineOf(onDevice)->stream, audio, onDevice, nowUs);
}

static Line* openLine(const char* home, uint32_t ssrc, double toneHz, const char* recording)
{
	char reason[AUDIO_REASON_BYTES];
	Line* line = calloc(1, sizeof *line);
	line->audio = audioOpen(reason);
	CHECK(line->audio != NULL);
	CHECK(audioChooseMicrophone(line->audio,
								&(MicrophoneChoice){.kind = microphoneTone, .toneHz = toneHz, .toneAmplitude = 8000},
								reason) == 0);
	CHECK(audioChooseSpeaker(line->audio, &(SpeakerChoice){.path = recording}, reason) == 0);
	CHECK(rtpSocketsOpen(&line->sockets, home, 0, reason) == 0);
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

static void attach(Line* line, const Line* peer, const char* home)
{
	audioLock(line->audio);
	for (unsigned i = 0; i < 2; i++) {
		CHECK(rtpAddressParse(home, &line->peers[i]));
		line->peers[i].port = (uint16_t)(peer->sockets.port + i);
	}
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
	audioClose(line->audio);
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

static void conversation(const char* home, const char* recordings[2])
{
	Line* alice = openLine(home, 0xA, 440, recordings[0]);
	Line* bob = openLine(home, 0xB, 1000, recordings[1]);
	char reason[AUDIO_REASON_BYTES];
	int16_t* pcm;
	size_t samples;
	CHECK(srtpPrepare());
	attach(alice, bob, home);
	attach(bob, alice, home);
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
		CHECK(audioChooseMicrophone(bob->audio, &(MicrophoneChoice){.kind = microphoneDevice}, reason) == 0);
		CHECK(audioChooseSpeaker(bob->audio, &(SpeakerChoice){.handset = true}, reason) == 0);
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
		CHECK(audioChooseSpeaker(bob->audio, &(SpeakerChoice){.path = recordings[1]}, reason) == 0);
	/* And now in peace: each is to hear the other for a second and more. */
	CHECK(audioChooseMicrophone(bob->audio,
								&(MicrophoneChoice){.kind = microphoneTone, .toneHz = 1000, .toneAmplitude = 8000},
								reason) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(audioChooseSpeaker(i ? bob->audio : alice->audio, &(SpeakerChoice){.path = recordings[i]}, reason) == 0);
	waitForVoice(alice, 80);
	waitForVoice(bob, 80);
	audioLock(alice->audio);
	CHECK(alice->stream.counters.clearSent == 0 && alice->stream.counters.clearReceived == 0);
	CHECK(alice->stream.counters.encryptedReceived > 60);
	audioUnlock(alice->audio);
	CHECK(alice->notified > 0);
	CHECK(alice->stream.counters.strangers == 0 && bob->stream.counters.strangers == 0);
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
	Audio* audio = audioOpen(reason);
	FILE* file;
	MicrophoneChoice choice = {.kind = microphoneSamples, .path = path};
	snprintf(path, sizeof path, "%s/none.wav", folder);
	CHECK(audioChooseMicrophone(audio, &choice, reason) != 0 && strstr(reason, path) && strstr(reason, "No such file"));
	snprintf(path, sizeof path, "%s/text.wav", folder);
	file = fopen(path, "w");
	fputs("This is no sound.", file);
	fclose(file);
	CHECK(audioChooseMicrophone(audio, &choice, reason) != 0 && strstr(reason, path) &&
		  strstr(reason, "not a WAV file"));
	choice.path = folder;
	CHECK(audioChooseMicrophone(audio, &choice, reason) != 0 && strstr(reason, "not a file"));
	/* A pipe that nobody has open at its other end is no reason to wait. */
	snprintf(path, sizeof path, "%s/pipe.wav", folder);
	CHECK(mkfifo(path, 0600) == 0);
	choice.path = path;
	CHECK(audioChooseMicrophone(audio, &choice, reason) != 0 && strstr(reason, "not a file"));
	CHECK(audioChooseSpeaker(audio, &(SpeakerChoice){.path = path}, reason) != 0 && strstr(reason, path));
	(void)unlink(path);
	snprintf(path, sizeof path, "%s/none/deep.wav", folder);
	CHECK(audioChooseSpeaker(audio, &(SpeakerChoice){.path = path}, reason) != 0 && strstr(reason, path));
	/* One panel, one device. */
	CHECK(audioChooseSpeaker(audio, &(SpeakerChoice){.handset = true}, reason) == 0);
	{
		Audio* other = audioOpen(reason);
		CHECK(audioChooseMicrophone(other, &(MicrophoneChoice){.kind = microphoneDevice}, reason) != 0);
		audioClose(audio);
		CHECK(audioChooseMicrophone(other, &(MicrophoneChoice){.kind = microphoneDevice}, reason) == 0);
		audioClose(other);
		audioRelease(other);
	}
	audioRelease(audio);
}

static void manyStreams(void)
{
	char reason[AUDIO_REASON_BYTES];
	Audio* audio = audioOpen(reason);
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

static void addresses(void)
{
	static const struct {
		const char* text;
		const char* shown; /* NULL: none */
		bool six;
	} cases[] = {
		{"127.0.0.1", "127.0.0.1", false},
		{"::1", "::1", true},
		{"::", "::", true},
		{"2001:DB8:0:0:0:0:0:1", "2001:db8::1", true},
		{"::127.0.0.1", "::127.0.0.1", true},
		{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true},
		{"::ffff:127.0.0.1", NULL, false}, /* IPv4 is written as IPv4 */
		{"::ffff:7f00:1", NULL, false},
		{"fe80::1%lo", NULL, false}, /* a peer has no scope */
		{"[::1]", NULL, false},
		{"1:2:3:4:5:6:7", NULL, false},
		{"::1::", NULL, false},
		{"127.0.0.256", NULL, false},
		{"localhost", NULL, false},
		{"", NULL, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		PacketSource it, again;
		char text[RTP_ADDRESS_BYTES];
		CHECK(rtpAddressParse(cases[i].text, &it) == (cases[i].shown != NULL));
		if (!cases[i].shown)
			continue;
		CHECK(it.port == 0 && rtpAddressIsIPv6(&it) == cases[i].six);
		rtpAddressFormat(&it, text);
		CHECK(strcmp(text, cases[i].shown) == 0);
		CHECK(rtpAddressParse(text, &again) && packetSourceIsSame(&it, &again));
		again.port = 1;
		CHECK(!packetSourceIsSame(&it, &again));
		again = it;
		again.address[15] ^= 1;
		CHECK(!packetSourceIsSame(&it, &again));
	}
}

/* What comes says who sent it; nothing passes from one family to the other; a pair is two neighbours. */
static void doors(void)
{
	static const char* const homes[] = {"127.0.0.1", "::1"};
	static const char* const wrong[] = {"fe80::1%none", "127.0.0.1%lo", "::ffff:127.0.0.1", "1.2.3", "%lo"};
	char reason[RTP_REASON_BYTES], bytes[8];
	RtpSockets open[2], taken;
	PacketSource from, to[2];
	for (unsigned i = 0; i < 2; i++) {
		CHECK(rtpSocketsOpen(&open[i], homes[i], 0, reason) == 0);
		CHECK(open[i].isIPv6 == (i == 1) && open[i].port % 2 == 0);
		CHECK(rtpAddressParse(homes[i], &to[i]));
		to[i].port = open[i].port;
		CHECK(rtpSocketSend(open[i].descriptors[1], &to[i], "voice", 5));
		CHECK(rtpSocketReceive(open[i].descriptors[0], bytes, sizeof bytes, &from) == 5);
		to[i].port++;
		CHECK(packetSourceIsSame(&from, &to[i]));
		CHECK(rtpSocketReceive(open[i].descriptors[0], bytes, sizeof bytes, &from) == -1);
		CHECK(rtpSocketsOpen(&taken, homes[i], open[i].port, reason) != 0);
		CHECK(strstr(reason, homes[i]) && strstr(reason, "in use"));
	}
	CHECK(!rtpSocketSend(open[0].descriptors[0], &to[1], "voice", 5));
	CHECK(!rtpSocketSend(open[1].descriptors[0], &to[0], "voice", 5));
	for (unsigned i = 0; i < 2; i++)
		rtpSocketsClose(&open[i]);
	/* Bound to every address of IPv6, and to none of IPv4. */
	CHECK(rtpSocketsOpen(&open[1], "::", 0, reason) == 0);
	CHECK(rtpSocketsOpen(&open[0], "0.0.0.0", open[1].port, reason) == 0);
	for (unsigned i = 0; i < 2; i++)
		rtpSocketsClose(&open[i]);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(rtpSocketsOpen(&taken, wrong[i], 0, reason) != 0 && strstr(reason, "no numeric"));
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
	addresses();
	doors();
	conversation("127.0.0.1", recordings);
	conversation("::1", recordings);
	return report();
}
