/*
 * The rules of raw NOR flash, the same for every part: a range lies inside the partition, a program inside a sector,
 * and a program that would have to set a bit is refused, as zrtp-store expects. A worn cell does not tell: what was
 * programmed is read back.
 */
#include "flash.h"
#include "mc.xs.h"

#include <string.h>

/* What is compared at a time. */
#define PIECE_BYTES 128

void xs_flash_destructor(void* data)
{
	if (data)
		flashPartClose(data);
}

static const xsHostHooks flashHooks = {xs_flash_destructor, NULL, NULL};

static Flash* flashThis(xsMachine* the)
{
	Flash* flash = xsmcGetHostDataValidate(xsThis, (void*)&flashHooks);
	if (!flash)
		xsUnknownError("flash is closed");
	return flash;
}

/* A number as a message can show it. */
static int shown(double value)
{
	return value >= -1e9 && value <= 1e9 ? (int)value : -1;
}

/* A size from the options: `minimum`..`maximum`, `fallback` when absent; without a fallback it is required. */
static size_t flashSize(xsMachine* the, xsIdentifier id, const char* name, size_t fallback, size_t minimum,
						size_t maximum)
{
	xsSlot slot;
	xsmcGet(slot, xsArg(0), id);
	if (xsmcTypeOf(slot) == xsUndefinedType && fallback)
		return fallback;
	double value = xsmcToNumber(slot);
	if (!(value >= (double)minimum && value <= (double)maximum))
		xsRangeError("%s: expected %d..%d", (char*)name, (int)minimum, (int)maximum);
	return (size_t)value;
}

void xs_flash_constructor(xsMachine* the)
{
	size_t sector = flashSize(the, xsID_sectorByteLength, "sectorByteLength", FLASH_SECTOR_DEFAULT,
							  FLASH_SECTOR_MINIMUM, FLASH_SECTOR_MAXIMUM);
	size_t byteLength = flashSize(the, xsID_byteLength, "byteLength", 0, sector, FLASH_MAXIMUM);
	if (byteLength % sector)
		xsRangeError("byteLength: expected a multiple of %d", (int)sector);
	Flash* flash = flashPartOpen(the, byteLength, sector);
	flash->byteLength = byteLength;
	flash->sectorByteLength = sector;
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
static size_t flashRange(xsMachine* the, const Flash* flash, xsSlot* offsetSlot, double byteLength)
{
	double offset = xsmcToNumber(*offsetSlot);
	if (!(offset >= 0 && byteLength >= 0 && offset + byteLength <= (double)flash->byteLength) ||
		offset != (double)(size_t)offset || byteLength != (double)(size_t)byteLength)
		xsRangeError("flash: %d bytes at %d of %d", shown(byteLength), shown(offset), (int)flash->byteLength);
	return (size_t)offset;
}

void xs_flash_read(xsMachine* the)
{
	Flash* flash = flashThis(the);
	double byteLength = xsmcToNumber(xsArg(1));
	size_t offset = flashRange(the, flash, &xsArg(0), byteLength);
	void* bytes;
	xsUnsignedValue length;
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)byteLength);
	xsmcGetBufferWritable(xsResult, &bytes, &length);
	flashPartRead(the, flash, bytes, length, offset);
}

static void flashRefuseSetting(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	uint8_t piece[PIECE_BYTES];
	for (size_t done = 0; done < byteLength; done += PIECE_BYTES) {
		size_t length = byteLength - done < PIECE_BYTES ? byteLength - done : PIECE_BYTES;
		flashPartRead(the, flash, piece, length, offset + done);
		for (size_t i = 0; i < length; i++)
			if (bytes[done + i] & ~piece[i])
				xsRangeError("flash: programming cannot set a bit at %d: %02x over %02x", (int)(offset + done + i),
							 bytes[done + i], piece[i]);
	}
}

static void flashVerify(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	uint8_t piece[PIECE_BYTES];
	for (size_t done = 0; done < byteLength; done += PIECE_BYTES) {
		size_t length = byteLength - done < PIECE_BYTES ? byteLength - done : PIECE_BYTES;
		flashPartRead(the, flash, piece, length, offset + done);
		if (memcmp(piece, bytes + done, length) != 0)
			xsUnknownError("flash: a program at %d did not hold", (int)(offset + done));
	}
}

void xs_flash_program(xsMachine* the)
{
	Flash* flash = flashThis(the);
	void* bytes;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(1), &bytes, &byteLength);
	size_t offset = flashRange(the, flash, &xsArg(0), (double)byteLength);
	if (byteLength > flash->sectorByteLength - offset % flash->sectorByteLength)
		xsRangeError("flash: %d bytes at %d cross a sector", (int)byteLength, (int)offset);
	flashRefuseSetting(the, flash, bytes, byteLength, offset);
	/* Counted as begun: what a power cut leaves of it, the store finds out. */
	flash->programs++;
	flash->programmedBytes += (double)byteLength;
	flashPartProgram(the, flash, bytes, byteLength, offset);
	flashVerify(the, flash, bytes, byteLength, offset);
}

void xs_flash_erase(xsMachine* the)
{
	Flash* flash = flashThis(the);
	size_t offset = flashRange(the, flash, &xsArg(0), (double)flash->sectorByteLength);
	if (offset % flash->sectorByteLength)
		xsRangeError("flash: %d is not the start of a sector", (int)offset);
	flash->erases++;
	flashPartErase(the, flash, offset);
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

const char* flashPartName(const char* path)
{
	const char* slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}
