/*
 * The simulator's screen: a frame buffer in memory. The VM thread writes it; the board's threads may read it, so one
 * lock guards the pixels and the callback.
 */
#include "../display.h"
#include "display-frame.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	Display display;
	uint16_t frame[];
} Memory;

/* The screen is the display made last. */
static struct {
	pthread_mutex_t lock;
	Memory* memory;
	DisplayOnFrame callback;
	void* refcon;
} screen = {.lock = PTHREAD_MUTEX_INITIALIZER};

void displayOnFrame(DisplayOnFrame callback, void* refcon)
{
	pthread_mutex_lock(&screen.lock);
	screen.callback = callback;
	screen.refcon = refcon;
	pthread_mutex_unlock(&screen.lock);
}

size_t displaySnapshot(uint16_t* pixels, size_t capacity, uint16_t* width, uint16_t* height)
{
	size_t count = 0;
	pthread_mutex_lock(&screen.lock);
	const Memory* memory = screen.memory;
	*width = memory != NULL ? (uint16_t)memory->display.width : 0;
	*height = memory != NULL ? (uint16_t)memory->display.height : 0;
	if (memory != NULL && (size_t)*width * *height <= capacity) {
		count = (size_t)*width * *height;
		memcpy(pixels, memory->frame, 2 * count);
	}
	pthread_mutex_unlock(&screen.lock);
	return count;
}

Display* displayGlassOpen(int32_t width, int32_t height)
{
	Memory* memory = calloc(1, sizeof *memory + sizeof(uint16_t) * (size_t)width * (size_t)height);
	if (memory == NULL)
		return NULL;
	/* Under the lock: another thread may look at once. */
	pthread_mutex_lock(&screen.lock);
	memory->display.width = width;
	memory->display.height = height;
	screen.memory = memory;
	pthread_mutex_unlock(&screen.lock);
	return &memory->display;
}

void displayGlassClose(Display* display)
{
	Memory* memory = (Memory*)display;
	pthread_mutex_lock(&screen.lock);
	if (screen.memory == memory)
		screen.memory = NULL;
	pthread_mutex_unlock(&screen.lock);
	free(memory);
}

void displayGlassRun(Display* display, int32_t x, int32_t y, const uint8_t* pixels, int32_t count)
{
	Memory* memory = (Memory*)display;
	pthread_mutex_lock(&screen.lock);
	memcpy(memory->frame + (size_t)y * (size_t)display->width + x, pixels, 2 * (size_t)count);
	pthread_mutex_unlock(&screen.lock);
}

void displayGlassWhole(Display* display)
{
	Memory* memory = (Memory*)display;
	pthread_mutex_lock(&screen.lock);
	if (screen.callback != NULL && screen.memory == memory)
		screen.callback(screen.refcon, memory->frame, (uint16_t)display->width, (uint16_t)display->height);
	pthread_mutex_unlock(&screen.lock);
}

const void* displayGlassPixels(const Display* display)
{
	return ((const Memory*)display)->frame;
}
