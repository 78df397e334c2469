/*
 * Whether the image in flash is what was built: behind it stand its length and its CRC-32, which the builder wrote
 * (scripts/builder/virt.ts).
 */
#include "machine-inside.h"

#define FLASH ((const uint8_t*)0x20000000)
#define IMAGE_MOST (32u * 1024u * 1024u)
#define POLYNOMIAL 0xedb88320u

extern const uint32_t __image_end[];

static uint32_t crc32(const uint8_t* bytes, uint32_t byteLength)
{
	uint32_t table[256], crc = 0xffffffffu;
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;
		for (int bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? POLYNOMIAL : 0);
		table[i] = value;
	}
	while (byteLength-- > 0)
		crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xff];
	return ~crc;
}

bool machineImageGood(void)
{
	uint32_t byteLength = __image_end[0];
	return byteLength == (uint32_t)((const uint8_t*)__image_end - FLASH) && byteLength < IMAGE_MOST &&
		   crc32(FLASH, byteLength) == __image_end[1];
}
