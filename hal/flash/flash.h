/*
 * A partition of raw NOR flash: erase sets a whole sector to 0xFF, programming only clears bits. zrtp-store's bytes
 * enter by flash.ts, flash.c holds the rules, and a port (esp32/, sim/, virt/) moves them into the part and out again.
 * A port supplies flashPart* and xs_flash_device_key.
 */
#ifndef SOTTO_HAL_FLASH_H
#define SOTTO_HAL_FLASH_H

#include <stddef.h>
#include <stdint.h>

#include "xsmc.h"

/** Limits of a partition, in bytes. */
#define FLASH_SECTOR_MINIMUM 256
#define FLASH_SECTOR_MAXIMUM (256 * 1024)
#define FLASH_SECTOR_DEFAULT 4096
#define FLASH_MAXIMUM (16 * 1024 * 1024)
#define FLASH_DEVICE_KEY_LENGTH 32

/** An open partition; a port's own begins with it. */
typedef struct {
	size_t byteLength, sectorByteLength;
	/** Operations begun, and the octets they were to program. */
	double programs, erases, programmedBytes;
} Flash;

/* What a port does. Ranges are checked already: all of them lie inside the partition, a program inside one sector, an
 * erase takes the sector that begins at `offset`. Errors of the part are thrown. */

/** The partition that the options in xsArg(0) name, of exactly this size, zeroed but for what is the port's. Throws an
 * Error that says what is wrong with it; then nothing is open. */
Flash* flashPartOpen(xsMachine* the, size_t byteLength, size_t sectorByteLength);
/** Gives all of it back, the Flash too. */
void flashPartClose(Flash* flash);
void flashPartRead(xsMachine* the, Flash* flash, void* bytes, size_t byteLength, size_t offset);
/** No bit of `bytes` has to be set. */
void flashPartProgram(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset);
void flashPartErase(xsMachine* the, Flash* flash, size_t offset);

/** What stands last in a path: how a board with a partition table names a partition. */
const char* flashPartName(const char* path);

#endif
