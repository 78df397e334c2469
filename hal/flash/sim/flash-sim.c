/*
 * NOR flash in a file, with the part's rules held: a program that would set a bit is refused, an erase takes a whole
 * sector.
 *
 * What survives what: every program and erase reaches the disk (fdatasync) before it returns, because the store's
 * argument about power loss rests on their order. A killed process loses nothing either way. `durable: false` is for
 * tests, which cut the power here and not at the wall.
 */
#include "flash.h"
#include "mc.xs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
	int fd;
	size_t byteLength, sectorByteLength;
	bool durable;
	double programs, erases, programmedBytes;
	/** Operations left until the power goes; negative: it stays. */
	int cutAfter;
	/** How much of the operation is done when it goes, 0..1, and the state of the noise; 0: clean edges. */
	double tear;
	uint32_t noise;
	bool off;
	/** One sector, to compare and to erase with. */
	uint8_t* scratch;
	char path[];
} Flash;

void xs_flash_destructor(void* data)
{
	Flash* flash = data;
	if (!flash)
		return;
	if (flash->fd >= 0)
		close(flash->fd);
	free(flash->scratch);
	free(flash);
}

static const xsHostHooks flashHooks = {xs_flash_destructor, NULL, NULL};

static Flash* flashThis(xsMachine* the)
{
	Flash* flash = xsmcGetHostDataValidate(xsThis, (void*)&flashHooks);
	if (!flash)
		xsUnknownError("flash is closed");
	return flash;
}

static int flashBlank(int fd, size_t byteLength)
{
	uint8_t blank[4096];
	memset(blank, 0xFF, sizeof(blank));
	for (size_t offset = 0; offset < byteLength; offset += sizeof(blank)) {
		size_t length = byteLength - offset < sizeof(blank) ? byteLength - offset : sizeof(blank);
		if (flashWrite(fd, blank, length, (off_t)offset))
			return -1;
	}
	return 0;
}

/** A whole number of minimum..maximum from the options; `fallback` when absent, required when that is negative. */
static double flashOption(xsMachine* the, xsIdentifier id, const char* name, double fallback, double minimum,
						  double maximum)
{
	xsSlot slot;
	xsmcGet(slot, xsArg(0), id);
	if (xsmcTypeOf(slot) == xsUndefinedType && fallback >= minimum - 1)
		return fallback;
	double value = xsmcToNumber(slot);
	if (!(value >= minimum && value <= maximum))
		xsRangeError("%s: expected %.0f..%.0f", name, minimum, maximum);
	return value;
}

void xs_flash_constructor(xsMachine* the)
{
	char path[FLASH_PATH_LENGTH];
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	flashPath(the, &xsVar(0), path);
	size_t sectorByteLength = (size_t)flashOption(the, xsID_sectorByteLength, "sectorByteLength", 4096,
												  FLASH_SECTOR_MINIMUM, FLASH_SECTOR_MAXIMUM);
	size_t byteLength =
		(size_t)flashOption(the, xsID_byteLength, "byteLength", -2, (double)sectorByteLength, FLASH_MAXIMUM);
	if (byteLength % sectorByteLength)
		xsRangeError("byteLength: expected a multiple of %u", (unsigned)sectorByteLength);

	Flash* flash = calloc(1, sizeof(*flash) + strlen(path) + 1);
	if (!flash)
		xsUnknownError("out of memory");
	flash->fd = -1;
	strcpy(flash->path, path);
	xsmcSetHostData(xsThis, flash);
	xsSetHostHooks(xsThis, (xsHostHooks*)&flashHooks);
	flash->sectorByteLength = sectorByteLength;
	flash->byteLength = byteLength;
	flash->cutAfter = (int)flashOption(the, xsID_powerCutAfter, "powerCutAfter", -1, 0, 1e9);
	flash->tear = flashOption(the, xsID_powerCutTear, "powerCutTear", 0, 0, 1);
	/* Spread out, so that neighbouring seeds have nothing in common; 0 stays 0. */
	flash->noise = (uint32_t)flashOption(the, xsID_powerCutNoise, "powerCutNoise", 0, 0, 4294967295.0) * 0x9E3779B1u;
	xsmcGet(xsVar(0), xsArg(0), xsID_durable);
	flash->durable = xsmcTypeOf(xsVar(0)) == xsUndefinedType || xsmcTest(xsVar(0));
	flash->scratch = malloc(sectorByteLength);
	if (!flash->scratch)
		xsUnknownError("out of memory");

	flash->fd = flashOpenFile(the, path, 0600, flashBlank, byteLength);
	struct stat status;
	int failed = flock(flash->fd, LOCK_EX | LOCK_NB) || fstat(flash->fd, &status);
	if (!failed && S_ISREG(status.st_mode) && (size_t)status.st_size == byteLength)
		return;
	int error = errno;
	/* Now and not at the next garbage collection: whoever has the file must be able to go on with it. */
	close(flash->fd);
	flash->fd = -1;
	if (!failed)
		flashThrow(the, "flash file %s has %lld bytes instead of %lu; it was left as it is", path,
				   (long long)status.st_size, (unsigned long)byteLength);
	if (error == EWOULDBLOCK)
		flashThrow(the, "flash file %s is in use by another phone", path);
	flashThrow(the, "flash file %s cannot be opened: %s", path, strerror(error));
}

void xs_flash_close(xsMachine* the)
{
	Flash* flash = xsmcGetHostData(xsThis);
	if (!flash)
		return;
	flash = xsmcGetHostDataValidate(xsThis, (void*)&flashHooks);
	xsmcSetHostData(xsThis, NULL);
	xs_flash_destructor(flash);
}

/** Checks a range that a script gave. */
static size_t flashRange(xsMachine* the, Flash* flash, xsSlot* offsetSlot, double byteLength)
{
	double offset = xsmcToNumber(*offsetSlot);
	if (!(offset >= 0) || offset != (double)(size_t)offset || !(byteLength >= 0) ||
		byteLength != (double)(size_t)byteLength || offset + byteLength > (double)flash->byteLength)
		xsRangeError("flash: %.0f bytes at %.0f of %lu", byteLength, offset, (unsigned long)flash->byteLength);
	return (size_t)offset;
}

static void flashPowered(xsMachine* the, Flash* flash)
{
	if (flash->off)
		xsUnknownError("flash: the power is off");
}

void xs_flash_read(xsMachine* the)
{
	Flash* flash = flashThis(the);
	double byteLength = xsmcToNumber(xsArg(1));
	size_t offset = flashRange(the, flash, &xsArg(0), byteLength);
	flashPowered(the, flash);
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)byteLength);
	void* bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsResult, &bytes, &length);
	if (flashRead(flash->fd, bytes, length, (off_t)offset))
		flashThrow(the, "flash file %s cannot be read: %s", flash->path, strerror(errno));
}

static uint32_t flashNoise(Flash* flash)
{
	flash->noise ^= flash->noise << 13;
	flash->noise ^= flash->noise >> 17;
	flash->noise ^= flash->noise << 5;
	return flash->noise;
}

/** True for the operation in which the power goes. */
static bool flashCut(Flash* flash)
{
	if (flash->cutAfter < 0)
		return false;
	return flash->cutAfter-- == 0;
}

static void flashStore(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	if (flashWrite(flash->fd, bytes, byteLength, (off_t)offset) || (flash->durable && fdatasync(flash->fd)))
		flashThrow(the, "flash file %s cannot be written: %s", flash->path, strerror(errno));
	if (flash->off)
		xsUnknownError("flash: the power went off");
}

/** Programs a piece that lies in one scratch buffer; `cut`: the power goes after `whole` bytes of it. */
static void flashProgram(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	if (flashRead(flash->fd, flash->scratch, byteLength, (off_t)offset))
		flashThrow(the, "flash file %s cannot be read: %s", flash->path, strerror(errno));
	for (size_t i = 0; i < byteLength; i++)
		if (bytes[i] & ~flash->scratch[i])
			xsRangeError("flash: programming cannot set a bit at %lu: %02x over %02x", (unsigned long)(offset + i),
						 bytes[i], flash->scratch[i]);
	size_t whole = byteLength;
	if (flashCut(flash)) {
		whole = (size_t)(flash->tear * (double)byteLength);
		/* The cells of the byte at the edge may each have taken their charge or not. */
		if (flash->noise && whole < byteLength)
			flash->scratch[whole] &= (uint8_t)(bytes[whole] | flashNoise(flash));
		flash->off = true;
	}
	memcpy(flash->scratch, bytes, whole);
	flash->programs++;
	flash->programmedBytes += (double)whole;
	flashStore(the, flash, flash->scratch, byteLength, offset);
}

void xs_flash_program(xsMachine* the)
{
	Flash* flash = flashThis(the);
	void* bytes;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(1), &bytes, &byteLength);
	size_t offset = flashRange(the, flash, &xsArg(0), (double)byteLength);
	flashPowered(the, flash);
	if (byteLength > flash->sectorByteLength - offset % flash->sectorByteLength)
		xsRangeError("flash: %u bytes at %lu cross a sector", (unsigned)byteLength, (unsigned long)offset);
	flashProgram(the, flash, bytes, byteLength, offset);
}

void xs_flash_erase(xsMachine* the)
{
	Flash* flash = flashThis(the);
	size_t sector = flash->sectorByteLength;
	size_t offset = flashRange(the, flash, &xsArg(0), (double)sector);
	if (offset % sector)
		xsRangeError("flash: %lu is not the start of a sector", (unsigned long)offset);
	flashPowered(the, flash);
	size_t whole = sector;
	if (flashCut(flash)) {
		if (flashRead(flash->fd, flash->scratch, sector, (off_t)offset))
			flashThrow(the, "flash file %s cannot be read: %s", flash->path, strerror(errno));
		whole = (size_t)(flash->tear * (double)sector);
		/* A part may drive all cells to 0 before it lifts them to 1: either way the rest may read as anything between.
		 */
		uint32_t kind = flash->noise ? flashNoise(flash) % 3 : 3;
		for (size_t i = whole; i < sector && kind < 3; i++) {
			uint8_t noise = (uint8_t)flashNoise(flash);
			uint8_t old = flash->scratch[i];
			flash->scratch[i] = kind == 0 ? (uint8_t)(old | noise) : kind == 1 ? (uint8_t)(old & noise) : noise;
		}
		flash->off = true;
	}
	memset(flash->scratch, 0xFF, whole);
	flash->erases++;
	flashStore(the, flash, flash->scratch, sector, offset);
}

void xs_flash_get_byteLength(xsMachine* the)
{
	Flash* flash = flashThis(the);
	xsmcSetInteger(xsResult, (xsIntegerValue)flash->byteLength);
}

void xs_flash_get_sectorByteLength(xsMachine* the)
{
	Flash* flash = flashThis(the);
	xsmcSetInteger(xsResult, (xsIntegerValue)flash->sectorByteLength);
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
