/* Where the rows of a virt board's screen go: its serial channel, once the board has one. */
#ifndef SOTTO_DISPLAY_CHANNEL_H
#define SOTTO_DISPLAY_CHANNEL_H

#include <stdint.h>

/* At main level: a run of pixels (RGB565, little end first) from x, y to the right. pixels NULL: the frame is whole,
 * and x and y are the size of the screen. */
typedef void (*DisplayChannel)(void* refcon, uint16_t x, uint16_t y, const uint8_t* pixels, uint16_t count);
/* NULL: nowhere. */
void displayToChannel(DisplayChannel channel, void* refcon);

#endif
