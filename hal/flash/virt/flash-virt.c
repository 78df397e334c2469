/*
 * Raw NOR flash on a virt board: a partition of the second bank, by the name that stands last in `path`. What a script
 * sees as one piece lies in the bank sector by sector, each at the begin of a block of its own.
 */
#include "../flash.h"
#include "cfi.h"
#include "flash-layout.h"
#include "mc.xs.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
	Flash flash;
	size_t firstBlock;
} BankFlash;

const FlashPartition* flashPartition(const char* path)
{
	const char* name = flashPartName(path);
	for (const FlashPartition* it = flashPartitions; it->name != NULL; it++)
		if (strcmp(it->name, name) == 0)
			return it;
	return NULL;
}

Flash* flashPartOpen(xsMachine* the, size_t byteLength, size_t sectorByteLength)
{
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	const FlashPartition* partition = flashPartition(xsmcToString(xsVar(0)));
	if (partition == NULL)
		xsUnknownError("there is no flash partition of this name");
	if (sectorByteLength > CFI_BLOCK_BYTES)
		xsRangeError("sectorByteLength: expected at most %d", CFI_BLOCK_BYTES);
	if (byteLength / sectorByteLength > partition->blockCount)
		xsUnknownError("flash partition %s has %d sectors, not %d; it was left as it is", (char*)partition->name,
					   (int)partition->blockCount, (int)(byteLength / sectorByteLength));
	BankFlash* it = calloc(1, sizeof *it);
	if (!it)
		xsUnknownError("out of memory");
	it->firstBlock = partition->firstBlock;
	return &it->flash;
}

void flashPartClose(Flash* flash)
{
	free(flash);
}

/* Where an octet of the partition lies in the bank. */
static size_t place(const Flash* flash, size_t offset)
{
	size_t block = ((const BankFlash*)flash)->firstBlock + offset / flash->sectorByteLength;
	return block * CFI_BLOCK_BYTES + offset % flash->sectorByteLength;
}

void flashPartRead(xsMachine* the, Flash* flash, void* bytes, size_t byteLength, size_t offset)
{
	(void)the;
	for (size_t done = 0; done < byteLength;) {
		size_t left = flash->sectorByteLength - (offset + done) % flash->sectorByteLength;
		size_t count = byteLength - done < left ? byteLength - done : left;
		memcpy((uint8_t*)bytes + done, cfiBytes(place(flash, offset + done)), count);
		done += count;
	}
}

void flashPartProgram(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	if (!cfiProgram(place(flash, offset), bytes, byteLength))
		xsUnknownError("flash: programming failed");
}

void flashPartErase(xsMachine* the, Flash* flash, size_t offset)
{
	if (!cfiErase(place(flash, offset)))
		xsUnknownError("flash: erasing failed");
}
