/*
 * Files that stand for hardware on the simulator: its flash, its device key, and what boards/sim keeps beside them.
 */
#ifndef SOTTO_FLASH_FILES_H
#define SOTTO_FLASH_FILES_H

#include <stddef.h>
#include <sys/types.h>

#include "xsmc.h"

#define FLASH_PATH_LENGTH 1024

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
