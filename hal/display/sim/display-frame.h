/*
 * The simulator's side of the screen for the board's own C, which may run on another thread.
 */
#ifndef SOTTO_DISPLAY_FRAME_H
#define SOTTO_DISPLAY_FRAME_H

#include <stddef.h>
#include <stdint.h>

/*
 * Called on the VM thread each time a frame is whole, with the whole screen: RGB565 in the byte order of this computer,
 * rows from the top without padding. The pixels are valid during the call. The callback must not draw.
 */
typedef void (*DisplayOnFrame)(void* refcon, const uint16_t* pixels, uint16_t width, uint16_t height);

/* One callback; NULL removes it. After this has returned the former one is not running and never runs again. */
void displayOnFrame(DisplayOnFrame callback, void* refcon);

/*
 * From any thread: copies what the screen shows. Returns the number of pixels, 0 where there is no screen or `capacity`
 * (pixels) is too small; then width and height still tell the size needed, 0 by 0 without a screen.
 */
size_t displaySnapshot(uint16_t* pixels, size_t capacity, uint16_t* width, uint16_t* height);

#endif
