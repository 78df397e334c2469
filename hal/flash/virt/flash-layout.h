/*
 * Which partitions the second bank of flash has. The chips erase blocks of 256 KB; a partition's sector, of 4 KB as on
 * other boards, is the begin of a block of its own, so that erasing one touches no other.
 */
#ifndef SOTTO_FLASH_LAYOUT_H
#define SOTTO_FLASH_LAYOUT_H

#include <stddef.h>

typedef struct {
	const char* name;
	size_t firstBlock, blockCount;
} FlashPartition;

/* Ends with an entry without a name. */
extern const FlashPartition flashPartitions[];
/* NULL: there is none of the name that stands last in path. */
const FlashPartition* flashPartition(const char* path);

#endif
