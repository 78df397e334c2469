/*
 * NOR flash in a file. A test may have the power go in any operation: half of it is done then, and nothing works any
 * more.
 *
 * What survives what: every program and erase reaches the disk (fdatasync) before it returns, because the store's
 * argument about power loss rests on their order. A killed process loses nothing either way. `durable: false` is for
 * tests, which cut the power here and not at the wall.
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
	/** Operations left until the power goes; negative: it stays. */
	int cutAfter;
	/** How much of the operation is done when it goes, 0..1, and the state of the noise; 0: clean edges. */
	double tear;
	uint32_t noise;
	bool off;
	/** One sector, as it will be. */
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

/** A number of 0..maximum from the options; `fallback` when absent. */
static double flashOption(xsMachine* the, xsIdentifier id, const char* name, double fallback, double maximum)
{
	xsSlot slot;
	xsmcGet(slot, xsArg(0), id);
	if (xsmcTypeOf(slot) == xsUndefinedType)
		return fallback;
	double value = xsmcToNumber(slot);
	if (!(value >= 0 && value <= maximum))
		xsRangeError("%s: expected 0..%.0f", name, maximum);
	return value;
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
	int cutAfter = (int)flashOption(the, xsID_powerCutAfter, "powerCutAfter", -1, 1e9);
	double tear = flashOption(the, xsID_powerCutTear, "powerCutTear", 0, 1);
	double seed = flashOption(the, xsID_powerCutNoise, "powerCutNoise", 0, 4294967295.0);
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
	it->cutAfter = cutAfter;
	it->tear = tear;
	/* Spread out, so that neighbouring seeds have nothing in common; 0 stays 0. */
	it->noise = (uint32_t)seed * 0x9E3779B1u;
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
	if (it->off)
		xsUnknownError("flash: the power is off");
	if (flashRead(it->fd, bytes, byteLength, (off_t)offset))
		flashThrow(the, "flash file %s cannot be read: %s", it->path, strerror(errno));
}

static uint32_t flashNoise(FileFlash* it)
{
	it->noise ^= it->noise << 13;
	it->noise ^= it->noise >> 17;
	it->noise ^= it->noise << 5;
	return it->noise;
}

/** True for the operation in which the power goes. */
static bool flashCut(FileFlash* it)
{
	if (it->cutAfter < 0)
		return false;
	it->off = it->cutAfter-- == 0;
	return it->off;
}

/** Writes what lies in the scratch buffer. */
static void flashStore(xsMachine* the, FileFlash* it, size_t byteLength, size_t offset)
{
	if (flashWrite(it->fd, it->scratch, byteLength, (off_t)offset) || (it->durable && fdatasync(it->fd)))
		flashThrow(the, "flash file %s cannot be written: %s", it->path, strerror(errno));
	if (it->off)
		xsUnknownError("flash: the power went off");
}

void flashPartProgram(xsMachine* the, Flash* flash, const uint8_t* bytes, size_t byteLength, size_t offset)
{
	FileFlash* it = (FileFlash*)flash;
	flashPartRead(the, flash, it->scratch, byteLength, offset);
	size_t whole = byteLength;
	if (flashCut(it)) {
		whole = (size_t)(it->tear * (double)byteLength);
		/* The cells of the byte at the edge may each have taken their charge or not. */
		if (it->noise && whole < byteLength)
			it->scratch[whole] &= (uint8_t)(bytes[whole] | flashNoise(it));
	}
	memcpy(it->scratch, bytes, whole);
	flashStore(the, it, byteLength, offset);
}

void flashPartErase(xsMachine* the, Flash* flash, size_t offset)
{
	FileFlash* it = (FileFlash*)flash;
	size_t sector = flash->sectorByteLength, whole = sector;
	flashPartRead(the, flash, it->scratch, sector, offset);
	if (flashCut(it)) {
		whole = (size_t)(it->tear * (double)sector);
		/* A part may drive all cells to 0 before it lifts them to 1: either way the rest may read as anything between.
		 */
		uint32_t kind = it->noise ? flashNoise(it) % 3 : 3;
		for (size_t i = whole; i < sector && kind < 3; i++) {
			uint8_t noise = (uint8_t)flashNoise(it);
			uint8_t old = it->scratch[i];
			it->scratch[i] = kind == 0 ? (uint8_t)(old | noise) : kind == 1 ? (uint8_t)(old & noise) : noise;
		}
	}
	memset(it->scratch, 0xFF, whole);
	flashStore(the, it, sector, offset);
}
