/*
 * The desk's cable on the bare board: a serial channel (port 1 of a virtio console, which unlike its port 0 waits for a
 * slow host) to the panel, with the framing of docs/panel.md but for the screen: 'A' is x and y (u16 each, little end
 * first) and a run of pixels to the right, 'E' is width and height of a screen that is whole. What comes in is taken by
 * the interrupt; what goes out leaves from the main level alone, the speaker's sound too, which waits in its ring for
 * it.
 */
#include "boards/sim/desk/desk-link.h"
#include "hal/audio/audio.h"
#include "hal/display/virt/display-channel.h"
#include "hal/keys/keys.h"
#include "hal/machine/virt/virtio.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER_BYTES = 5,
	SLOTS = 8,
	RECEIVED_BYTES = 256,
	/* Large, since the machine stands still while its host takes one. */
	SENT_SLOTS = 4,
	SENT_BYTES = 1024,
	PCM_SAMPLES = 160,
	TEXT_MOST_BYTES = 8192,
	TEXTS_MOST = 8,
	/* A host that takes nothing for so long has gone. */
	SEND_TIMEOUT_US = 2000000
};
/* Virtio 1.1, section 5.3: two queues for each port, and two for control after those of port 0. */
enum { queueControlSend = 3, queueReceive = 4, queueSend = 5, queues = 6 };
enum { featureMultiport = 1 << 1, PORT = 1, eventDeviceReady = 0, eventPortReady = 3, eventPortOpen = 6 };

typedef struct {
	uint32_t port;
	uint16_t event, value;
} Control;

typedef struct Text {
	struct Text* next;
	size_t byteLength;
	char bytes[];
} Text;

struct DeskLink {
	Virtio device;
	VirtioQueue queues[queues];
	Control control[3];
	DeskNotify notify;
	void* refcon;
	/* Main level. */
	uint8_t sent[SENT_SLOTS][SENT_BYTES];
	uint32_t freeToSend;
	int filling; /* -1: none of them */
	size_t filled;
	bool gone;
	/* Interrupt. */
	uint8_t received[SLOTS][RECEIVED_BYTES];
	uint8_t header[HEADER_BYTES];
	size_t headerLength, left;
	Text* text;
	int16_t pcm[PCM_SAMPLES];
	uint8_t pcmBytes[2 * PCM_SAMPLES];
	char key[KEYS_NAME_BYTES];
	size_t taken;
	/* Both. */
	Text *first, *last;
	unsigned textCount;
};

/* ---- Out, at main level ---- */

static int freeSlot(DeskLink* link)
{
	uint64_t endUs = machineNowUs() + SEND_TIMEOUT_US;
	while (!link->gone) {
		uint32_t before = machineMask();
		size_t done;
		int slot;
		while ((slot = virtioTake(&link->device, queueSend, &done)) >= 0)
			link->freeToSend |= 1u << slot;
		machineUnmask(before);
		if (link->freeToSend != 0)
			return __builtin_ctz(link->freeToSend);
		if (machineNowUs() > endUs)
			link->gone = true;
	}
	return -1;
}

static void flush(DeskLink* link)
{
	uint32_t before;
	if (link->filling < 0)
		return;
	before = machineMask();
	virtioPut(&link->device, queueSend, (unsigned)link->filling, link->sent[link->filling], link->filled, false);
	machineUnmask(before);
	link->filling = -1;
}

/* They leave when a slot is full, or by flush. */
static bool sendBytes(DeskLink* link, const void* bytes, size_t byteLength)
{
	const uint8_t* at = bytes;
	while (byteLength > 0) {
		if (link->filling < 0) {
			int slot = freeSlot(link);
			if (slot < 0)
				return false;
			link->freeToSend &= ~(1u << slot);
			link->filling = slot;
			link->filled = 0;
		}
		size_t room = SENT_BYTES - link->filled, count = byteLength < room ? byteLength : room;
		memcpy(link->sent[link->filling] + link->filled, at, count);
		link->filled += count;
		if (link->filled == SENT_BYTES)
			flush(link);
		at += count;
		byteLength -= count;
	}
	return true;
}

static void putLength(uint8_t header[HEADER_BYTES], char type, size_t byteLength)
{
	header[0] = (uint8_t)type;
	for (unsigned i = 0; i < 4; i++)
		header[1 + i] = (uint8_t)(byteLength >> (8 * i));
}

static bool sendFrame(DeskLink* link, char type, const void* bytes, size_t byteLength)
{
	uint8_t header[HEADER_BYTES];
	bool sent;
	putLength(header, type, byteLength);
	sent = sendBytes(link, header, sizeof header) && sendBytes(link, bytes, byteLength);
	flush(link);
	return sent;
}

static void onPixels(void* refcon, uint16_t x, uint16_t y, const uint8_t* pixels, uint16_t count)
{
	DeskLink* link = refcon;
	uint8_t head[HEADER_BYTES + 4];
	putLength(head, pixels != NULL ? 'A' : 'E', 4 + 2 * (size_t)count);
	head[HEADER_BYTES] = (uint8_t)x;
	head[HEADER_BYTES + 1] = (uint8_t)(x >> 8);
	head[HEADER_BYTES + 2] = (uint8_t)y;
	head[HEADER_BYTES + 3] = (uint8_t)(y >> 8);
	if (sendBytes(link, head, sizeof head) && pixels != NULL)
		(void)sendBytes(link, pixels, 2 * (size_t)count);
	if (pixels == NULL)
		flush(link);
}

static void speakerOut(DeskLink* link)
{
	int16_t pcm[PCM_SAMPLES];
	size_t samples;
	/* The core keeps the order of octets that the framing has. */
	while ((samples = audioPanelRead(pcm, PCM_SAMPLES)) > 0 && sendFrame(link, 'S', pcm, 2 * samples))
		;
}

/* ---- In, at interrupt level ---- */

static void beginFrame(DeskLink* link)
{
	link->left =
		link->header[1] | (size_t)link->header[2] << 8 | (size_t)link->header[3] << 16 | (size_t)link->header[4] << 24;
	link->taken = 0;
	link->text = NULL;
	memset(link->key, 0, sizeof link->key);
	if (link->header[0] == 'J' && link->left <= TEXT_MOST_BYTES && link->textCount < TEXTS_MOST) {
		/* One more: the receiver ends it with a zero. */
		link->text = malloc(sizeof(Text) + link->left + 1);
		if (link->text != NULL)
			link->text->byteLength = link->left;
	}
}

static void takeByte(DeskLink* link, uint8_t byte)
{
	if (link->text != NULL)
		link->text->bytes[link->taken] = (char)byte;
	else if (link->header[0] == 'K' && link->taken < KEYS_NAME_BYTES - 1)
		link->key[link->taken] = (char)byte;
	else if (link->header[0] == 'M') {
		link->pcmBytes[link->taken % sizeof link->pcmBytes] = byte;
		if ((link->taken + 1) % sizeof link->pcmBytes == 0 || link->left == 1) {
			size_t samples = (link->taken % sizeof link->pcmBytes + 1) / 2;
			memcpy(link->pcm, link->pcmBytes, 2 * samples);
			(void)audioPanelWrite(link->pcm, samples);
		}
	}
	link->taken++;
	link->left--;
}

static void endFrame(DeskLink* link)
{
	link->headerLength = 0;
	if (link->header[0] == 'K')
		(void)keysPost(link->key);
	if (link->text == NULL)
		return;
	link->text->next = NULL;
	if (link->last != NULL)
		link->last->next = link->text;
	else
		link->first = link->text;
	link->last = link->text;
	link->textCount++;
	link->text = NULL;
	link->notify(link->refcon);
}

static void takeBytes(DeskLink* link, const uint8_t* bytes, size_t byteLength)
{
	for (size_t i = 0; i < byteLength; i++) {
		if (link->headerLength < HEADER_BYTES) {
			link->header[link->headerLength++] = bytes[i];
			if (link->headerLength < HEADER_BYTES)
				continue;
			beginFrame(link);
		} else
			takeByte(link, bytes[i]);
		if (link->left == 0)
			endFrame(link);
	}
}

static void interrupted(void* refcon)
{
	DeskLink* link = refcon;
	size_t byteLength;
	int slot;
	virtioAcknowledge(&link->device);
	while ((slot = virtioTake(&link->device, queueReceive, &byteLength)) >= 0) {
		takeBytes(link, link->received[slot], byteLength < RECEIVED_BYTES ? byteLength : RECEIVED_BYTES);
		virtioPut(&link->device, queueReceive, (unsigned)slot, link->received[slot], RECEIVED_BYTES, true);
	}
}

/* At interrupt level: the main level sends it. */
static void onSpeaker(void* refcon)
{
	DeskLink* link = refcon;
	link->notify(link->refcon);
}

/* ---- desk-link.h ---- */

/* The machine has one such channel, so it is kept for ever once it was opened. */
static DeskLink* only;

DeskLink* deskLinkOpen(const char* path, DeskNotify notify, void* refcon)
{
	DeskLink* link = only;
	uint32_t before;
	(void)path;
	if (link == NULL) {
		link = calloc(1, sizeof *link);
		if (link == NULL)
			return NULL;
		if (!virtioOpen(&link->device, virtioConsole, featureMultiport, link->queues, queues)) {
			free(link);
			errno = ENODEV;
			return NULL;
		}
		/* The device does as it is told in this order; what it answers is known. */
		link->control[0] = (Control){0, eventDeviceReady, 1};
		link->control[1] = (Control){PORT, eventPortReady, 1};
		link->control[2] = (Control){PORT, eventPortOpen, 1};
		for (unsigned i = 0; i < 3; i++)
			virtioPut(&link->device, queueControlSend, i, &link->control[i], sizeof(Control), false);
		link->freeToSend = (1u << SENT_SLOTS) - 1;
		link->filling = -1;
		only = link;
	}
	before = machineMask();
	link->notify = notify;
	link->refcon = refcon;
	for (unsigned i = 0; i < SLOTS; i++)
		virtioPut(&link->device, queueReceive, i, link->received[i], RECEIVED_BYTES, true);
	machineOnLine(link->device.line, interrupted, link);
	machineUnmask(before);
	displayToChannel(onPixels, link);
	audioPanelListen(onSpeaker, link);
	return link;
}

static void forget(void* refcon)
{
	(void)refcon;
}

void deskLinkClose(DeskLink* link)
{
	uint32_t before;
	displayToChannel(NULL, NULL);
	audioPanelListen(NULL, NULL);
	before = machineMask();
	link->notify = forget;
	link->gone = true;
	machineUnmask(before);
}

bool deskLinkSend(DeskLink* link, const char* text, size_t byteLength)
{
	return sendFrame(link, 'J', text, byteLength);
}

char* deskLinkReceive(DeskLink* link, size_t* byteLength)
{
	uint32_t before;
	Text* text;
	speakerOut(link);
	before = machineMask();
	text = link->first;
	if (text != NULL) {
		link->first = text->next;
		if (link->first == NULL)
			link->last = NULL;
		link->textCount--;
	}
	machineUnmask(before);
	if (text == NULL)
		return NULL;
	*byteLength = text->byteLength;
	memmove((char*)text, text->bytes, text->byteLength);
	return (char*)text;
}

bool deskLinkGone(DeskLink* link)
{
	return link->gone;
}
