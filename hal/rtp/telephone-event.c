#include <string.h>
#include "rtp-packet.h"
#include "telephone-event.h"

#define SOUND_FRAMES 5 /* 100 ms */
#define PAUSE_FRAMES 3 /* 60 ms */
#define END_COPIES 3
#define VOLUME 10 /* -10 dBm0 */
#define END_BIT 0x80

static const char codes[] = "0123456789*#ABCD";

bool digitQueue(DigitSender* digits, char digit)
{
	const char* found = digit == '\0' ? NULL : strchr(codes, digit);
	if (!found || digits->count == DIGITS_MOST)
		return false;
	digits->queue[(digits->head + digits->count++) % DIGITS_MOST] = (uint8_t)(found - codes);
	return true;
}

bool digitBusy(const DigitSender* digits)
{
	return digits->phase != digitIdle || digits->count > 0;
}

static void fill(const DigitSender* digits, DigitPacket* packet, bool end)
{
	packet->timestamp = digits->timestamp;
	packet->copies = end ? END_COPIES : 1;
	packet->payload[0] = digits->event;
	packet->payload[1] = (uint8_t)((end ? END_BIT : 0) | VOLUME);
	writeBig16(packet->payload + 2, digits->duration);
}

void digitFrame(DigitSender* digits, uint32_t timestamp, uint16_t samples, DigitPacket* packet)
{
	memset(packet, 0, sizeof *packet);
	if (digits->phase == digitIdle && digits->count > 0) {
		digits->event = digits->queue[digits->head];
		digits->head = (digits->head + 1) % DIGITS_MOST;
		digits->count--;
		digits->phase = digitSounds;
		digits->frames = 0;
		digits->timestamp = timestamp;
		digits->duration = 0;
		packet->marker = true;
	}
	switch (digits->phase) {
	case digitIdle:
		break;
	case digitSounds:
		digits->duration = (uint16_t)(digits->duration + samples);
		if (++digits->frames == SOUND_FRAMES)
			digits->phase = digitEnds;
		fill(digits, packet, false);
		break;
	case digitEnds:
		fill(digits, packet, true);
		digits->phase = digitPause;
		digits->frames = 0;
		break;
	case digitPause:
		if (++digits->frames == PAUSE_FRAMES)
			digits->phase = digitIdle;
		break;
	}
}
