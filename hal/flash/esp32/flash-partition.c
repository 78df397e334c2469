/*
 * Raw NOR flash on ESP32: a partition of the chip's own flash, by the label that stands last in `path`. The part itself
 * clears bits when it programs; what this port adds is that a program which would have to set one is refused, as
 * zrtp-store expects, and that nothing reaches outside the partition.
 *
 * Partitions of ours are not encrypted by the flash controller: its writes go in blocks of 16 octets, and the store
 * clears single bits. The store seals its records itself, under the device's key.
 */
#include "hal/flash/flash.h"
#include "mc.xs.h"

#include <esp_partition.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What is compared at a time before a program. */
#define PIECE_BYTES 64

typedef struct {
	const esp_partition_t* partition;
	size_t byteLength, sectorByteLength;
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

static size_t flashOption(xsMachine* the, xsIdentifier id, const char* name, size_t fallback)
{
	xsSlot slot;
	xsmcGet(slot, xsArg(0), id);
	if (xsmcTypeOf(slot) == xsUndefinedType && fallback)
		return fallback;
	xsIntegerValue value = xsmcToInteger(slot);
	if (value < FLASH_SECTOR_MINIMUM || value > FLASH_MAXIMUM)
		xsRangeError("%s: expected %d..%d", name, FLASH_SECTOR_MINIMUM, FLASH_MAXIMUM);
	return (size_t)value;
}

void xs_flash_constructor(xsMachine* the)
{
	xsmcVars(1);
	size_t byteLength = flashOption(the, xsID_byteLength, "byteLength", 0);
	size_t sectorByteLength = flashOption(the, xsID_sectorByteLength, "sectorByteLength", 4096);
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	const char* path = xsmcToString(xsVar(0));
	const char* slash = strrchr(path, '/');
	const char* label = slash ? slash + 1 : path;
	const esp_partition_t* partition =
		esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, label);
	if (!partition)
		xsUnknownError("there is no flash partition %.16s: the partition table is another", label);
	if (partition->size != byteLength)
		xsUnknownError("flash partition %.16s has %lu bytes instead of %lu; it was left as it is", label,
					   (unsigned long)partition->size, (unsigned long)byteLength);
	if (partition->encrypted || partition->readonly)
		xsUnknownError("flash partition %.16s is %s; it was left as it is", label,
					   partition->encrypted ? "encrypted" : "read-only");
	if (sectorByteLength % partition->erase_size || byteLength % sectorByteLength)
		xsRangeError("sectorByteLength: not a whole number of %lu", (unsigned long)partition->erase_size);
	Flash* flash = calloc(1, sizeof *flash);
	if (!flash)
		xsUnknownError("out of memory");
	flash->partition = partition;
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

static void flashCheck(xsMachine* the, esp_err_t error, const char* what)
{
	if (error != ESP_OK)
		xsUnknownError("flash: %s failed (%d)", what, (int)error);
}

/* Checks a range that a script gave. */
static size_t flashRange(xsMachine* the, const Flash* flash, xsSlot* offsetSlot, double byteLength)
{
	double offset = xsmcToNumber(*offsetSlot);
	if (!(offset >= 0) || offset != (double)(size_t)offset || !(byteLength >= 0) ||
		byteLength != (double)(size_t)byteLength || offset + byteLength > (double)flash->byteLength)
		xsRangeError("flash: %d bytes at %d of %d", (int)byteLength, (int)offset, (int)flash->byteLength);
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
	flashCheck(the, esp_partition_read(flash->partition, offset, bytes, length), "reading");
}

/* The first octet of which a bit would have to be set, or byteLength. */
static size_t flashCompare(xsMachine* the, const Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	uint8_t piece[PIECE_BYTES];
	for (size_t done = 0; done < byteLength;) {
		size_t length = byteLength - done < PIECE_BYTES ? byteLength - done : PIECE_BYTES;
		flashCheck(the, esp_partition_read(flash->partition, offset + done, piece, length), "reading");
		for (size_t i = 0; i < length; i++)
			if (bytes[done + i] & ~piece[i])
				return done + i;
		done += length;
	}
	return byteLength;
}

/* A worn cell does not tell: the part is asked whether it has taken what it was given. */
static void flashVerify(xsMachine* the, const Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	uint8_t piece[PIECE_BYTES];
	for (size_t done = 0; done < byteLength;) {
		size_t length = byteLength - done < PIECE_BYTES ? byteLength - done : PIECE_BYTES;
		flashCheck(the, esp_partition_read(flash->partition, offset + done, piece, length), "reading");
		if (memcmp(piece, bytes + done, length) != 0)
			xsUnknownError("flash: a program at %d did not hold", (int)(offset + done));
		done += length;
	}
}

void xs_flash_program(xsMachine* the)
{
	Flash* flash = flashThis(the);
	void* bytes;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(1), &bytes, &byteLength);
	size_t offset = flashRange(the, flash, &xsArg(0), byteLength);
	if (byteLength > flash->sectorByteLength - offset % flash->sectorByteLength)
		xsRangeError("flash: %d bytes at %d cross a sector", (int)byteLength, (int)offset);
	size_t clear = flashCompare(the, flash, bytes, byteLength, offset);
	if (clear < byteLength)
		xsRangeError("flash: programming cannot set a bit at %d", (int)(offset + clear));
	/* Counted as begun: what a power cut leaves of it, the store finds out. */
	flash->programs++;
	flash->programmedBytes += byteLength;
	flashCheck(the, esp_partition_write(flash->partition, offset, bytes, byteLength), "programming");
	flashVerify(the, flash, bytes, byteLength, offset);
}

void xs_flash_erase(xsMachine* the)
{
	Flash* flash = flashThis(the);
	size_t offset = flashRange(the, flash, &xsArg(0), (double)flash->sectorByteLength);
	if (offset % flash->sectorByteLength)
		xsRangeError("flash: %d is not the start of a sector", (int)offset);
	flash->erases++;
	flashCheck(the, esp_partition_erase_range(flash->partition, offset, flash->sectorByteLength), "erasing");
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
