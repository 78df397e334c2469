#include "flash-layout.h"
#include "cfi.h"

const FlashPartition flashPartitions[] = {
	{"device.key", 0, CFI_BLOCK_BYTES},
	{"settings.flash", 1 * CFI_BLOCK_BYTES, 2 * CFI_BLOCK_BYTES},
	{"secrets.flash", 4 * CFI_BLOCK_BYTES, 4 * CFI_BLOCK_BYTES},
	{NULL, 0, 0},
};
