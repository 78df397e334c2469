/*
 * NOR flash in a file.
 *
 * What survives what: every program and erase reaches the disk (fdatasync) before it returns, because the store's
 * argument about power loss rests on their order. A killed process loses nothing either way. `durable: false` is for
 * tests, which cut no power at the wall.
 */
#include "../flash.h"
#include "flash-files.h"
#include "mc.xs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
	Flash flash;
	int fd;
	bool durable;
	/** One sector, to erase with. */
	uint8_t* scratch;
	char path[];
} FileFlash;

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

/** The file, which is this process's alone from now on. */
static int flashClaim(xsMachine* the, const char* path, size_t byteLength)
{
	int fd = flashOpenFile(the, path, 0600, flashBlank, byteLength);
	struct stat status;
	int failed = flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &status);
	if (!failed && S_ISREG(status.st_mode) && (size_t)status.st_size == byteLength)
		return fd;
	int error = errno;
	close(fd);
	if (!failed)
		flashThrow(the, "flash file %s has %lld bytes instead of %lu; it was left as it is", path,
				   (long long)status.st_size, (unsigned long)byteLength);
	if (error == EWOULDBLOCK)
		flashThrow(the, "flash file %s is in use by another phone", path);
	flashThrow(the, "flash file %s cannot be opened: %s", path, strerror(error));
	return -1;
}

Flash* flashPartOpen(xsMachine* the, size_t byteLength, size_t sectorByteLength)
{
	char path[FLASH_PATH_LENGTH];
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	flashPath(the, &xsVar(0), path);
	xsmcGet(xsVar(0), xsArg(0), xsID_durable);
	bool durable = xsmcTypeOf(xsVar(0)) == xsUndefinedType || xsmcTest(xsVar(0));

	int fd = flashClaim(the, path, byteLength);
	FileFlash* it = calloc(1, sizeof(*it) + strlen(path) + 1);
	uint8_t* scratch = malloc(sectorByteLength);
	if (!it || !scratch) {
		free(it);
		free(scratch);
		close(fd);
		xsUnknownError("out of memory");
	}
	it->fd = fd;
	it->durable = durable;
	it->scratch = scratch;
	strcpy(it->path, path);
	return &it->flash;
}

void flashPartClose(Flash* flash)
{
	FileFlash* it = (FileFlash*)flash;
	close(it->fd);
	free(it->scratch);
	free(it);
}

void flashPartRead(xsMachine* the, Flash* flash, void* bytes, size_t byteLength, size_t offset)
{
	FileFlash* it = (FileFlash*)flash;
	if (flashRead(it->fd, bytes, byteLength, (off_t)offset))
		flashThrow(the, "flash file %s cannot be read: %s", it->path, strerror(errno));
}

static void flashStore(xsMachine* the, FileFlash* it, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	if (flashWrite(it->fd, bytes, byteLength, (off_t)offset) || (it->durable && fdatasync(it->fd)))
		flashThrow(the, "flash file %s cannot be written: %s", it->path, strerror(errno));
}

void flashPartProgram(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	flashStore(the, (FileFlash*)flash, bytes, byteLength, offset);
}

void flashPartErase(xsMachine* the, Flash* flash, size_t offset)
{
	FileFlash* it = (FileFlash*)flash;
	memset(it->scratch, 0xFF, flash->sectorByteLength);
	flashStore(the, it, it->scratch, flash->sectorByteLength, offset);
}
