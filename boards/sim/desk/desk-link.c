#include "desk-link.h"

#include "../../../hal/audio/audio.h"
#include "../../../hal/display/sim/display-frame.h"
#include "../../../hal/keys/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { HEADER_BYTES = 5, TEXTS_MAX = 64, OUT_BYTES_MAX = 1 << 20, PCM_SAMPLES = 1600 };

typedef struct Text {
	struct Text* next;
	size_t byteLength;
	char bytes[];
} Text;

struct DeskLink {
	int socket;
	int wake;
	DeskNotify notify;
	void* refcon;
	pthread_t thread;
	pthread_mutex_t lock;
	/* Under the lock. */
	bool closing, gone, frameWaits;
	Text *received, *lastReceived;
	unsigned receivedCount;
	uint8_t* out; /* whole frames, waiting for the thread */
	size_t outLength, outCapacity;
	uint8_t* frame; /* the latest picture alone: an older one that nobody saw is not worth sending */
	size_t frameLength;
	/* The thread's own. */
	uint8_t* sending;
	size_t sendingLength, sendingOffset, sendingCapacity;
	uint8_t in[HEADER_BYTES + DESK_TEXT_MAX];
	size_t inLength;
};

static void wake(DeskLink* link)
{
	uint64_t one = 1;
	ssize_t ignored = write(link->wake, &one, sizeof one);
	(void)ignored;
}

/* Under the lock. */
static bool append(uint8_t** buffer, size_t* length, size_t* capacity, char type, const void* payload,
				   size_t byteLength)
{
	size_t needed = *length + HEADER_BYTES + byteLength;
	if (needed > OUT_BYTES_MAX)
		return false;
	if (needed > *capacity) {
		uint8_t* grown = realloc(*buffer, needed);
		if (grown == NULL)
			return false;
		*buffer = grown;
		*capacity = needed;
	}
	uint8_t* at = *buffer + *length;
	at[0] = (uint8_t)type;
	for (unsigned i = 0; i < 4; i++)
		at[1 + i] = (uint8_t)(byteLength >> (8 * i));
	memcpy(at + HEADER_BYTES, payload, byteLength);
	*length = needed;
	return true;
}

/* On the VM thread, from hal/display. */
static void onFrame(void* refcon, const uint16_t* pixels, uint16_t width, uint16_t height)
{
	DeskLink* link = refcon;
	size_t byteLength = 4 + (size_t)width * height * 2;
	pthread_mutex_lock(&link->lock);
	if (link->frameLength != byteLength) {
		uint8_t* grown = realloc(link->frame, byteLength);
		if (grown != NULL) {
			link->frame = grown;
			link->frameLength = byteLength;
		}
	}
	if (link->frameLength == byteLength) {
		uint8_t* at = link->frame;
		*at++ = (uint8_t)width;
		*at++ = (uint8_t)(width >> 8);
		*at++ = (uint8_t)height;
		*at++ = (uint8_t)(height >> 8);
		for (size_t i = 0; i < (size_t)width * height; i++) {
			*at++ = (uint8_t)pixels[i];
			*at++ = (uint8_t)(pixels[i] >> 8);
		}
		link->frameWaits = true;
	}
	pthread_mutex_unlock(&link->lock);
	wake(link);
}

/* On the media thread, from hal/audio. */
static void onSpeaker(void* refcon)
{
	wake(refcon);
}

static void speakerToQueue(DeskLink* link)
{
	int16_t pcm[PCM_SAMPLES];
	uint8_t bytes[sizeof pcm];
	size_t samples;
	while ((samples = audioPanelRead(pcm, PCM_SAMPLES)) > 0) {
		for (size_t i = 0; i < samples; i++) {
			bytes[2 * i] = (uint8_t)pcm[i];
			bytes[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
		}
		pthread_mutex_lock(&link->lock);
		(void)append(&link->out, &link->outLength, &link->outCapacity, 'S', bytes, samples * 2);
		pthread_mutex_unlock(&link->lock);
	}
}

/* Takes over what waits, once everything before has left. False when there is nothing. */
static bool refill(DeskLink* link)
{
	link->sendingOffset = 0;
	link->sendingLength = 0;
	pthread_mutex_lock(&link->lock);
	if (link->frameWaits &&
		append(&link->out, &link->outLength, &link->outCapacity, 'F', link->frame, link->frameLength))
		link->frameWaits = false;
	uint8_t* buffer = link->sending;
	size_t capacity = link->sendingCapacity;
	link->sending = link->out;
	link->sendingLength = link->outLength;
	link->sendingCapacity = link->outCapacity;
	link->out = buffer;
	link->outCapacity = capacity;
	link->outLength = 0;
	pthread_mutex_unlock(&link->lock);
	return link->sendingLength > 0;
}

/* False when the connection is over. */
static bool transmit(DeskLink* link)
{
	do {
		while (link->sendingOffset < link->sendingLength) {
			ssize_t sent = send(link->socket, link->sending + link->sendingOffset,
								link->sendingLength - link->sendingOffset, MSG_NOSIGNAL | MSG_DONTWAIT);
			if (sent < 0)
				return errno == EAGAIN || errno == EINTR;
			link->sendingOffset += (size_t)sent;
		}
	} while (refill(link));
	return true;
}

static void acceptText(DeskLink* link, const uint8_t* payload, size_t byteLength)
{
	/* Whoever sends faster than the phone obeys learns which commands nobody will obey: as many as there are of these.
	 */
	static const char dropped[] = "{\"error\":\"too many commands wait already: this one was dropped\"}";
	Text* text = malloc(sizeof *text + byteLength);
	if (text == NULL)
		return;
	text->next = NULL;
	text->byteLength = byteLength;
	memcpy(text->bytes, payload, byteLength);
	pthread_mutex_lock(&link->lock);
	bool room = link->receivedCount < TEXTS_MAX;
	if (room) {
		if (link->lastReceived != NULL)
			link->lastReceived->next = text;
		else
			link->received = text;
		link->lastReceived = text;
		link->receivedCount++;
	} else
		(void)append(&link->out, &link->outLength, &link->outCapacity, 'J', dropped, sizeof dropped - 1);
	pthread_mutex_unlock(&link->lock);
	if (room)
		link->notify(link->refcon);
	else
		free(text);
}

static void acceptFrame(DeskLink* link, uint8_t type, const uint8_t* payload, size_t byteLength)
{
	if (type == 'J')
		acceptText(link, payload, byteLength);
	else if (type == 'K' && byteLength < KEYS_NAME_BYTES) {
		char name[KEYS_NAME_BYTES] = {0};
		memcpy(name, payload, byteLength);
		(void)keysPost(name);
	} else if (type == 'M') {
		int16_t pcm[PCM_SAMPLES];
		for (size_t done = 0, samples = byteLength / 2; done < samples;) {
			size_t count = samples - done < PCM_SAMPLES ? samples - done : PCM_SAMPLES;
			for (size_t i = 0; i < count; i++)
				pcm[i] = (int16_t)(payload[2 * (done + i)] | payload[2 * (done + i) + 1] << 8);
			(void)audioPanelWrite(pcm, count);
			done += count;
		}
	}
}

/* False when the connection is over, or what comes is not our framing. */
static bool receive(DeskLink* link)
{
	ssize_t got = recv(link->socket, link->in + link->inLength, sizeof link->in - link->inLength, MSG_DONTWAIT);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0)
		return false;
	link->inLength += (size_t)got;
	size_t used = 0;
	while (link->inLength - used >= HEADER_BYTES) {
		const uint8_t* at = link->in + used;
		size_t byteLength = at[1] | (size_t)at[2] << 8 | (size_t)at[3] << 16 | (size_t)at[4] << 24;
		if (byteLength > DESK_TEXT_MAX)
			return false;
		if (link->inLength - used < HEADER_BYTES + byteLength)
			break;
		acceptFrame(link, at[0], at + HEADER_BYTES, byteLength);
		used += HEADER_BYTES + byteLength;
	}
	memmove(link->in, link->in + used, link->inLength - used);
	link->inLength -= used;
	return true;
}

static bool isClosing(DeskLink* link)
{
	pthread_mutex_lock(&link->lock);
	bool closing = link->closing;
	pthread_mutex_unlock(&link->lock);
	return closing;
}

static void* run(void* refcon)
{
	DeskLink* link = refcon;
	bool alive = true;
	while (alive && !isClosing(link)) {
		bool unsent = link->sendingOffset < link->sendingLength;
		struct pollfd fds[2] = {{.fd = link->socket, .events = (short)(POLLIN | (unsent ? POLLOUT : 0))},
								{.fd = link->wake, .events = POLLIN}};
		if (poll(fds, 2, -1) < 0)
			continue;
		uint64_t count;
		if (fds[1].revents != 0 && read(link->wake, &count, sizeof count) < 0)
			continue;
		speakerToQueue(link);
		alive = (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0 || receive(link);
		alive = alive && transmit(link);
	}
	/* What the program said last still leaves, so far as the socket takes it at once. */
	if (alive)
		(void)transmit(link);
	pthread_mutex_lock(&link->lock);
	link->gone = true;
	bool closing = link->closing;
	pthread_mutex_unlock(&link->lock);
	if (!closing)
		link->notify(link->refcon);
	return NULL;
}

DeskLink* deskLinkOpen(const char* path, DeskNotify notify, void* refcon)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	DeskLink* link = calloc(1, sizeof *link);
	if (link == NULL)
		return NULL;
	int error = ENAMETOOLONG;
	link->notify = notify;
	link->refcon = refcon;
	link->wake = -1;
	link->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->socket >= 0 && strlen(path) < sizeof address.sun_path) {
		strcpy(address.sun_path, path);
		error = 0;
		if (connect(link->socket, (struct sockaddr*)&address, sizeof address) != 0 ||
			(link->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0)
			error = errno;
	}
	pthread_mutex_init(&link->lock, NULL);
	if (error == 0)
		error = pthread_create(&link->thread, NULL, run, link);
	if (error != 0) {
		if (link->wake >= 0)
			close(link->wake);
		if (link->socket >= 0)
			close(link->socket);
		pthread_mutex_destroy(&link->lock);
		free(link);
		errno = error;
		return NULL;
	}
	displayOnFrame(onFrame, link);
	audioPanelListen(onSpeaker, link);
	return link;
}

void deskLinkClose(DeskLink* link)
{
	displayOnFrame(NULL, NULL);
	audioPanelListen(NULL, NULL);
	pthread_mutex_lock(&link->lock);
	link->closing = true;
	pthread_mutex_unlock(&link->lock);
	wake(link);
	pthread_join(link->thread, NULL);
	close(link->socket);
	close(link->wake);
	pthread_mutex_destroy(&link->lock);
	while (link->received != NULL) {
		Text* next = link->received->next;
		free(link->received);
		link->received = next;
	}
	free(link->out);
	free(link->frame);
	free(link->sending);
	free(link);
}

bool deskLinkSend(DeskLink* link, const char* text, size_t byteLength)
{
	pthread_mutex_lock(&link->lock);
	bool taken = !link->gone && append(&link->out, &link->outLength, &link->outCapacity, 'J', text, byteLength);
	pthread_mutex_unlock(&link->lock);
	wake(link);
	return taken;
}

char* deskLinkReceive(DeskLink* link, size_t* byteLength)
{
	char* bytes = NULL;
	pthread_mutex_lock(&link->lock);
	Text* text = link->received;
	if (text != NULL) {
		link->received = text->next;
		if (text->next == NULL)
			link->lastReceived = NULL;
		link->receivedCount--;
		bytes = malloc(text->byteLength + 1);
		if (bytes != NULL) {
			memcpy(bytes, text->bytes, text->byteLength);
			*byteLength = text->byteLength;
		}
		free(text);
	}
	pthread_mutex_unlock(&link->lock);
	return bytes;
}

bool deskLinkGone(DeskLink* link)
{
	pthread_mutex_lock(&link->lock);
	bool gone = link->gone;
	pthread_mutex_unlock(&link->lock);
	return gone;
}
