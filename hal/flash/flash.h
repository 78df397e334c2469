/*
 * A partition of raw NOR flash: erase sets a whole sector to 0xFF, programming only clears bits. zrtp-store's bytes
 * enter by flash.ts and stay in the part (on the simulator: in a file). A port supplies xs_flash_* and
 * xs_flash_device_key.
 */
#ifndef SOTTO_HAL_FLASH_H
#define SOTTO_HAL_FLASH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "xsmc.h"

#define FLASH_PATH_LENGTH 1024
/** Limits of a partition, in bytes. */
#define FLASH_SECTOR_MINIMUM 256
#define FLASH_SECTOR_MAXIMUM (256 * 1024)
#define FLASH_MAXIMUM (16 * 1024 * 1024)
#define FLASH_DEVICE_KEY_LENGTH 32

/* The simulator's files. */

/** Opens `path` for reading and writing. Where it does not exist, its folders are made and it appears whole, filled by
 * `fill` and already on the disk, or not at all. Throws an Error naming the file or the folder. */
int flashOpenFile(xsMachine* the, const char* path, mode_t mode, int (*fill)(int fd, size_t byteLength),
				  size_t byteLength);
/** Writes or reads all of it; -1 with errno. */
int flashWrite(int fd, const void* bytes, size_t byteLength, off_t offset);
int flashRead(int fd, void* bytes, size_t byteLength, off_t offset);
/** Throws an Error with a message of any length: the engine's own are cut at 128 characters. */
void flashThrow(xsMachine* the, const char* format, ...) __attribute__((format(printf, 2, 3)));
/** Copies a string argument; throws when it is empty or too long. */
void flashPath(xsMachine* the, xsSlot* slot, char path[FLASH_PATH_LENGTH]);

#endif
