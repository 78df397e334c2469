/*
 * Raw NOR flash on ESP32: a partition of the chip's own flash, by the label that stands last in `path`. The part itself
 * clears bits when it programs.
 *
 * Partitions of ours are not encrypted by the flash controller: its writes go in blocks of 16 octets, and the store
 * clears single bits. The store seals its records itself, under the device's key.
 */
#include "hal/flash/flash.h"
#include "mc.xs.h"

#include <esp_partition.h>
#include <stdlib.h>

typedef struct {
	Flash flash;
	const esp_partition_t* partition;
} PartitionFlash;

Flash* flashPartOpen(xsMachine* the, size_t byteLength, size_t sectorByteLength)
{
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	const char* label = flashPartName(xsmcToString(xsVar(0)));
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
	if (sectorByteLength % partition->erase_size)
		xsRangeError("sectorByteLength: not a whole number of %lu", (unsigned long)partition->erase_size);
	PartitionFlash* it = calloc(1, sizeof *it);
	if (!it)
		xsUnknownError("out of memory");
	it->partition = partition;
	return &it->flash;
}

void flashPartClose(Flash* flash)
{
	free(flash);
}

static const esp_partition_t* partitionOf(const Flash* flash)
{
	return ((const PartitionFlash*)flash)->partition;
}

static void flashCheck(xsMachine* the, esp_err_t error, const char* what)
{
	if (error != ESP_OK)
		xsUnknownError("flash: %s failed (%d)", what, (int)error);
}

void flashPartRead(xsMachine* the, Flash* flash, void* bytes, size_t byteLength, size_t offset)
{
	flashCheck(the, esp_partition_read(partitionOf(flash), offset, bytes, byteLength), "reading");
}

void flashPartProgram(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	flashCheck(the, esp_partition_write(partitionOf(flash), offset, bytes, byteLength), "programming");
}

void flashPartErase(xsMachine* the, Flash* flash, size_t offset)
{
	flashCheck(the, esp_partition_erase_range(partitionOf(flash), offset, flash->sectorByteLength), "erasing");
}
