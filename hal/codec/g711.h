/*
 * ITU-T G.711: one octet per sample at 8 kHz, A-law and mu-law. Linear samples are 16-bit; the law's 13 or 14 bits are
 * their upper bits. Pure functions: frames come in from hal/rtp's stream and leave to it.
 */
#ifndef SOTTO_G711_H
#define SOTTO_G711_H

#include <stddef.h>
#include <stdint.h>

/* What an encoder makes of a zero sample; the content of a silent frame. */
#define G711_ALAW_SILENCE 0xD5u
#define G711_ULAW_SILENCE 0xFFu

uint8_t g711AlawEncode(int16_t sample);
int16_t g711AlawDecode(uint8_t code);
uint8_t g711UlawEncode(int16_t sample);
int16_t g711UlawDecode(uint8_t code);

#endif
