/*
 * The jitter buffer on a scripted network: a simulated sender and receiver, 20 ms a step, so that every run is the
 * same. The sound is a ramp, one level a packet, so that what is heard tells which packet it was.
 */
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "hal/rtp/jitter.h"

#define STEPS_MOST 4000

typedef struct {
	JitterBuffer buffer;
	unsigned heard[STEPS_MOST]; /* frames with the sound of packet n */
	unsigned silent;			/* frames that were neither */
	unsigned late, duplicate, refused;
	int last;
	unsigned backwards;
} Ear;

static size_t plainDecode(const uint8_t* payload, size_t byteLength, int16_t* pcm)
{
	/* The level is the packet's number: two bytes in front, above the threshold of a quiet frame. */
	for (size_t i = 0; i < byteLength; i++)
		pcm[i] = (int16_t)(1000 + (payload[0] << 8 | payload[1]));
	return byteLength;
}

static const Codec plain = {"plain", 8000, NULL, plainDecode, 0};

static void put(Ear* ear, unsigned number, uint16_t firstSequence)
{
	uint8_t payload[160] = {(uint8_t)(number >> 8), (uint8_t)number};
	RtpHeader header = {
		.sequence = (uint16_t)(firstSequence + number), .timestamp = 0xFFFF0000u + 160 * number, .ssrc = 1};
	switch (jitterPut(&ear->buffer, &header, &plain, payload, sizeof payload)) {
	case jitterTaken:
		break;
	case jitterDuplicate:
		ear->duplicate++;
		break;
	case jitterLate:
		ear->late++;
		break;
	case jitterRefused:
		ear->refused++;
		break;
	}
}

static void get(Ear* ear, double jitterMs)
{
	int16_t pcm[JITTER_FRAME_SAMPLES];
	int number;
	jitterGet(&ear->buffer, pcm, jitterMs);
	number = pcm[JITTER_FRAME_SAMPLES - 1] - 1000;
	if (pcm[0] == pcm[JITTER_FRAME_SAMPLES - 1] && number >= 0 && number < STEPS_MOST) {
		ear->heard[number]++;
		if (number < ear->last)
			ear->backwards++;
		ear->last = number;
	} else {
		ear->silent++;
	}
}

static Ear* newEar(void)
{
	Ear* ear = calloc(1, sizeof *ear);
	jitterReset(&ear->buffer);
	return ear;
}

/* delayOf(n): steps that packet n takes; negative: lost. */
static Ear* run(unsigned steps, int (*delayOf)(unsigned), double jitterMs, uint16_t firstSequence)
{
	Ear* ear = newEar();
	for (unsigned now = 0; now < steps; now++) {
		for (unsigned number = now < 60 ? 0 : now - 60; number <= now; number++)
			if (delayOf(number) >= 0 && number + (unsigned)delayOf(number) == now)
				put(ear, number, firstSequence);
		get(ear, jitterMs);
	}
	return ear;
}

static unsigned heardOnce(const Ear* ear, unsigned from, unsigned to)
{
	unsigned count = 0;
	for (unsigned i = from; i < to; i++)
		count += ear->heard[i] == 1;
	return count;
}

static int none(unsigned number)
{
	(void)number;
	return 0;
}

static int everyTenthLost(unsigned number)
{
	return number % 10 == 9 ? -1 : 0;
}

static int swapped(unsigned number)
{
	return number % 4 == 0 ? 1 : 0;
}

static int bursts(unsigned number)
{
	return 3 - (int)(number % 4);
}

/* A second of trouble in the middle of a good minute. */
static int oneBadSecond(unsigned number)
{
	return number >= 500 && number < 550 ? (int)(number * 7 % 6) : 0;
}

static int longPause(unsigned number)
{
	return number >= 100 && number < 200 ? -1 : 0;
}

static void steady(void)
{
	Ear* ear = run(1000, none, 0, 65500);
	/* All of it, in order, across the wrap of both counters, 20 to 40 ms after it came. */
	CHECK(heardOnce(ear, 0, 990) == 990);
	CHECK(ear->silent <= 2 && ear->late == 0 && ear->duplicate == 0 && ear->backwards == 0);
	CHECK(jitterDepthMs(&ear->buffer) <= 40);
	CHECK(ear->buffer.concealedSamples == 0);
	free(ear);
}

static void loss(void)
{
	Ear* ear = run(1000, everyTenthLost, 0, 0);
	unsigned missing = 0;
	for (unsigned i = 0; i < 990; i++)
		missing += i % 10 != 9 && ear->heard[i] == 0;
	CHECK(missing == 0);
	CHECK_NEAR(ear->buffer.concealedSamples / 160.0, 99, 2);
	CHECK(ear->backwards == 0);
	free(ear);
}

static void reordering(void)
{
	Ear* ear = run(1000, swapped, 5, 0);
	/* The first may teach the delay. */
	CHECK(ear->late <= 1 && heardOnce(ear, 10, 990) == 980 && ear->backwards == 0);
	free(ear);
}

static void arrivalInBursts(void)
{
	Ear* ear = run(1000, bursts, 15, 0);
	CHECK(ear->late == 0 && ear->backwards == 0);
	CHECK(heardOnce(ear, 20, 980) == 960);
	CHECK(jitterDepthMs(&ear->buffer) >= 20 && jitterDepthMs(&ear->buffer) <= 90);
	free(ear);
}

static void deeperThenShallower(void)
{
	Ear* ear = newEar();
	double worst = 0;
	for (unsigned now = 0; now < 3000; now++) {
		for (unsigned number = now < 60 ? 0 : now - 60; number <= now; number++)
			if (number + (unsigned)oneBadSecond(number) == now)
				put(ear, number, 0);
		get(ear, now >= 500 && now < 600 ? 20 : 1);
		if (jitterDepthMs(&ear->buffer) > worst)
			worst = jitterDepthMs(&ear->buffer);
	}
	/* Five packets late at worst: the delay follows, and comes back without losing more than what it shortens. */
	CHECK(worst >= 60);
	CHECK(jitterDepthMs(&ear->buffer) <= worst);
	CHECK(heardOnce(ear, 600, 2980) >= 2370);
	CHECK(ear->backwards == 0);
	free(ear);
}

static void pause(void)
{
	Ear* ear = run(1000, longPause, 0, 0);
	CHECK(heardOnce(ear, 0, 100) >= 99 && heardOnce(ear, 202, 990) == 788);
	/* The last frame fades away within the half second and silence follows. */
	CHECK(ear->buffer.concealedSamples <= 27 * 160);
	free(ear);
}

static void repeatsAndStrays(void)
{
	Ear* ear = newEar();
	for (unsigned now = 0; now < 200; now++) {
		put(ear, now, 0);
		put(ear, now, 0);
		if (now == 100)
			put(ear, 30000, 0);
		if (now > 50 && now % 10 == 0)
			put(ear, now - 20, 0);
		get(ear, 0);
	}
	CHECK(ear->duplicate == 200 + 14);
	CHECK(ear->refused == 1);
	CHECK(heardOnce(ear, 0, 190) == 190);
	/* Two in a row from far away are a sender that started anew. */
	put(ear, 40000, 0);
	put(ear, 40001, 0);
	CHECK(ear->refused == 2);
	CHECK(ear->buffer.count == 1);
	free(ear);
}

static void tooMuchAtOnce(void)
{
	Ear* ear = newEar();
	for (unsigned i = 0; i < 400; i++)
		put(ear, i, 0);
	CHECK(ear->buffer.count <= JITTER_SLOTS);
	for (unsigned i = 0; i < 400; i++) {
		put(ear, 400 + i, 0);
		get(ear, 0);
	}
	CHECK(jitterDepthMs(&ear->buffer) <= 400 + 20);
	CHECK(jitterPut(&ear->buffer, &(RtpHeader){.sequence = 1}, &plain, (uint8_t[500]){0}, 481) == jitterRefused);
	CHECK(jitterPut(&ear->buffer, &(RtpHeader){.sequence = 1}, &plain, (uint8_t[1]){0}, 0) == jitterRefused);
	free(ear);
}

/* More than 400 ms at once is not kept, even where nothing is quiet: half a second later the newest are near. */
static void backlog(void)
{
	Ear* ear = newEar();
	unsigned number = 0;
	while (number < 28)
		put(ear, number++, 0);
	for (unsigned now = 0; now < 25; now++) {
		put(ear, number++, 0);
		get(ear, 0);
	}
	CHECK(ear->last + 21 >= (int)number - 1);
	CHECK(ear->buffer.droppedSamples >= 6 * 160 && ear->backwards == 0);
	free(ear);
}

/* A sender whose clock is 0.5 % fast, then one that is as slow: the delay stays where it is. */
static void drift(bool fast)
{
	Ear* ear = newEar();
	double sent = 0;
	unsigned number = 0;
	for (unsigned now = 0; now < 3900; now++) {
		sent += fast ? 1.005 : 0.995;
		while (number < sent)
			put(ear, number++, 0);
		get(ear, 1);
	}
	CHECK(ear->late == 0 && ear->refused == 0 && ear->backwards == 0);
	CHECK(jitterDepthMs(&ear->buffer) < 220);
	free(ear);
}

/* Random numbers of every kind: nothing but the sanitizers' silence is expected. */
static void anything(void)
{
	Ear* ear = newEar();
	uint16_t sequence = 0;
	uint32_t timestamp = 0;
	srand(4);
	for (int i = 0; i < 300000; i++) {
		uint8_t payload[JITTER_PAYLOAD_BYTES] = {0};
		size_t length = (size_t)(rand() % (int)JITTER_PAYLOAD_BYTES + 1);
		RtpHeader header;
		sequence = (uint16_t)(rand() % 50 == 0 ? rand() : sequence + rand() % 5 - 1);
		timestamp = rand() % 60 == 0 ? (uint32_t)rand() * 3u : timestamp + (uint32_t)(rand() % 400);
		header = (RtpHeader){.sequence = sequence, .timestamp = timestamp};
		jitterPut(&ear->buffer, &header, &plain, payload, length);
		if (rand() % 3 == 0)
			get(ear, rand() % 300);
		CHECK(ear->buffer.count <= JITTER_SLOTS);
	}
	free(ear);
}

/* Timestamps half a circle away, as far as a sender can lie. */
static void farAway(void)
{
	Ear* ear = newEar();
	uint8_t payload[JITTER_PAYLOAD_BYTES] = {0};
	uint16_t sequence = 0;
	for (uint32_t lie = 0x7FFFFFFF - 3 * JITTER_PAYLOAD_BYTES; lie < 0x80000000u + 3 * JITTER_PAYLOAD_BYTES; lie++) {
		RtpHeader header = {.sequence = sequence++};
		for (int i = 0; i < 3; i++) {
			header.timestamp = ear->buffer.playTimestamp;
			jitterPut(&ear->buffer, &header, &plain, payload, 160);
			header.sequence = sequence++;
		}
		get(ear, 0);
		get(ear, 0);
		header.timestamp = ear->buffer.playTimestamp + lie;
		jitterPut(&ear->buffer, &header, &plain, payload, sizeof payload);
		get(ear, 0);
		CHECK(ear->buffer.depth >= 0);
	}
	free(ear);
}

int main(void)
{
	farAway();
	steady();
	loss();
	reordering();
	arrivalInBursts();
	deeperThenShallower();
	pause();
	repeatsAndStrays();
	tooMuchAtOnce();
	backlog();
	drift(true);
	drift(false);
	anything();
	return report();
}
