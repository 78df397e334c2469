/*
 * The device key of a virt board, which has no eFuses: 32 random octets in a block of their own, with a mark behind
 * them that is programmed last, so that half a key never counts.
 */
#include "../flash.h"
#include "cfi.h"
#include "flash-layout.h"
#include "hal/machine/virt/virtio.h"
#include "mc.xs.h"
#include <string.h>

static const uint8_t mark[] = "SottoKey";

/* (path, out) fills `out` with the key, which is made the first time. */
void xs_flash_device_key(xsMachine* the)
{
	const FlashPartition* partition = flashPartition(xsmcToString(xsArg(0)));
	uint8_t key[FLASH_DEVICE_KEY_LENGTH];
	void* out;
	xsUnsignedValue byteLength;
	if (partition == NULL)
		xsUnknownError("there is no flash partition for the device key");
	xsmcGetBufferWritable(xsArg(1), &out, &byteLength);
	if (byteLength != sizeof key)
		xsRangeError("out: expected %d bytes", FLASH_DEVICE_KEY_LENGTH);
	size_t offset = partition->firstBlock * CFI_BLOCK_BYTES;
	const uint8_t* kept = cfiBytes(offset);
	if (memcmp(kept + sizeof key, mark, sizeof mark) != 0) {
		if (!virtioRandom(key, sizeof key))
			xsUnknownError("no device key can be made: there are no random numbers");
		bool made = cfiErase(offset) && cfiProgram(offset, key, sizeof key) && memcmp(kept, key, sizeof key) == 0 &&
					cfiProgram(offset + sizeof key, mark, sizeof mark);
		memset(key, 0, sizeof key);
		if (!made)
			xsUnknownError("the device key cannot be kept: the flash does not take it");
	}
	memcpy(out, kept, sizeof key);
}
