/*
 * Raw NOR flash on a virt board: a partition of the second bank, by the name that stands last in `path`. What the port
 * adds to the chips: a program which would have to set a bit is refused, what was written is read back, and nothing
 * reaches outside the partition.
 */
#include "../flash.h"
#include "cfi.h"
#include "flash-layout.h"
#include "mc.xs.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	size_t firstBlock, byteLength, sectorByteLength;
	double programs, erases, programmedBytes;
} Flash;

void xs_flash_destructor(void* data)
{
	free(data);
}

static const xsHostHooks flashHooks = {xs_flash_destructor, NULL, NULL};

static Flash* flashThis(xsMachine* the)
{
	Flash* flash = xsmcGetHostDataValidate(xsThis, (void*)&flashHooks);
	if (!flash)
		xsUnknownError("flash is closed");
	return flash;
}

const FlashPartition* flashPartition(const char* path)
{
	const char* slash = strrchr(path, '/');
	const char* name = slash != NULL ? slash + 1 : path;
	for (const FlashPartition* it = flashPartitions; it->name != NULL; it++)
		if (strcmp(it->name, name) == 0)
			return it;
	return NULL;
}

static size_t option(xsMachine* the, xsIdentifier id, const char* name)
{
	xsSlot slot;
	xsmcGet(slot, xsArg(0), id);
	xsIntegerValue value = xsmcToInteger(slot);
	if (value < FLASH_SECTOR_MINIMUM || value > FLASH_MAXIMUM)
		xsRangeError("%s: expected %d..%d", (char*)name, FLASH_SECTOR_MINIMUM, FLASH_MAXIMUM);
	return (size_t)value;
}

void xs_flash_constructor(xsMachine* the)
{
	xsmcVars(1);
	size_t byteLength = option(the, xsID_byteLength, "byteLength");
	size_t sectorByteLength = option(the, xsID_sectorByteLength, "sectorByteLength");
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	const FlashPartition* partition = flashPartition(xsmcToString(xsVar(0)));
	if (partition == NULL)
		xsUnknownError("there is no flash partition of this name");
	if (sectorByteLength > CFI_BLOCK_BYTES || byteLength % sectorByteLength)
		xsRangeError("byteLength: not a whole number of sectors");
	if (byteLength / sectorByteLength > partition->blockCount)
		xsUnknownError("flash partition %s has %d sectors, not %d; it was left as it is", (char*)partition->name,
					   (int)partition->blockCount, (int)(byteLength / sectorByteLength));
	Flash* flash = calloc(1, sizeof *flash);
	if (!flash)
		xsUnknownError("out of memory");
	flash->firstBlock = partition->firstBlock;
	flash->byteLength = byteLength;
	flash->sectorByteLength = sectorByteLength;
	xsmcSetHostData(xsThis, flash);
	xsSetHostHooks(xsThis, (xsHostHooks*)&flashHooks);
}

void xs_flash_close(xsMachine* the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	Flash* flash = xsmcGetHostDataValidate(xsThis, (void*)&flashHooks);
	xsmcSetHostData(xsThis, NULL);
	xs_flash_destructor(flash);
}

/* Checks a range that a script gave. */
static size_t range(xsMachine* the, const Flash* flash, xsSlot* offsetSlot, double byteLength)
{
	double offset = xsmcToNumber(*offsetSlot);
	if (!(offset >= 0) || offset != (double)(size_t)offset || !(byteLength >= 0) ||
		byteLength != (double)(size_t)byteLength || offset + byteLength > (double)flash->byteLength)
		xsRangeError("flash: %d bytes at %d of %d", (int)byteLength, (int)offset, (int)flash->byteLength);
	return (size_t)offset;
}

/* Where an octet of the partition lies in the bank. */
static size_t place(const Flash* flash, size_t offset)
{
	return (flash->firstBlock + offset / flash->sectorByteLength) * CFI_BLOCK_BYTES + offset % flash->sectorByteLength;
}

void xs_flash_read(xsMachine* the)
{
	Flash* flash = flashThis(the);
	double byteLength = xsmcToNumber(xsArg(1));
	size_t offset = range(the, flash, &xsArg(0), byteLength);
	void* bytes;
	xsUnsignedValue length;
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)byteLength);
	xsmcGetBufferWritable(xsResult, &bytes, &length);
	for (size_t done = 0; done < length;) {
		size_t left = flash->sectorByteLength - (offset + done) % flash->sectorByteLength;
		size_t count = length - done < left ? length - done : left;
		memcpy((uint8_t*)bytes + done, cfiBytes(place(flash, offset + done)), count);
		done += count;
	}
}

void xs_flash_program(xsMachine* the)
{
	Flash* flash = flashThis(the);
	void* data;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(1), &data, &byteLength);
	size_t offset = range(the, flash, &xsArg(0), (double)byteLength);
	const uint8_t* bytes = data;
	const uint8_t* now = cfiBytes(place(flash, offset));
	if (byteLength > flash->sectorByteLength - offset % flash->sectorByteLength)
		xsRangeError("flash: %d bytes at %d cross a sector", (int)byteLength, (int)offset);
	for (size_t i = 0; i < byteLength; i++)
		if (bytes[i] & ~now[i])
			xsRangeError("flash: programming cannot set a bit at %d: %d over %d", (int)(offset + i), bytes[i], now[i]);
	if (!cfiProgram(place(flash, offset), bytes, byteLength) || memcmp(now, bytes, byteLength) != 0)
		xsUnknownError("flash: programming failed");
	flash->programs++;
	flash->programmedBytes += (double)byteLength;
}

void xs_flash_erase(xsMachine* the)
{
	Flash* flash = flashThis(the);
	size_t offset = range(the, flash, &xsArg(0), (double)flash->sectorByteLength);
	if (offset % flash->sectorByteLength)
		xsRangeError("flash: %d is not the start of a sector", (int)offset);
	if (!cfiErase(place(flash, offset)))
		xsUnknownError("flash: erasing failed");
	flash->erases++;
}

void xs_flash_get_byteLength(xsMachine* the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)flashThis(the)->byteLength);
}

void xs_flash_get_sectorByteLength(xsMachine* the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)flashThis(the)->sectorByteLength);
}

void xs_flash_get_statistics(xsMachine* the)
{
	Flash* flash = flashThis(the);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	xsmcSetNumber(xsVar(0), flash->programs);
	xsmcSet(xsResult, xsID_programs, xsVar(0));
	xsmcSetNumber(xsVar(0), flash->erases);
	xsmcSet(xsResult, xsID_erases, xsVar(0));
	xsmcSetNumber(xsVar(0), flash->programmedBytes);
	xsmcSet(xsResult, xsID_programmedByteLength, xsVar(0));
}
