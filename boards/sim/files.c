/* The native half of files.ts. */
#include "xsmc.h"
#include "mc.xs.h"
#include "hal/flash/sim/flash-files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* (path, bytes) */
void xs_files_write(xsMachine* the)
{
	char path[FLASH_PATH_LENGTH];
	char fresh[FLASH_PATH_LENGTH + 32];
	void* bytes;
	xsUnsignedValue byteLength;
	flashPath(the, &xsArg(0), path);
	xsmcGetBufferReadable(xsArg(1), &bytes, &byteLength);
	snprintf(fresh, sizeof(fresh), "%s.%ld.new", path, (long)getpid());
	unlink(fresh);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int failed = fd < 0;
	if (!failed) {
		failed = flashWrite(fd, bytes, byteLength, 0) || fsync(fd);
		int error = errno;
		close(fd);
		errno = error;
	}
	failed = failed || rename(fresh, path);
	if (failed) {
		int error = errno;
		unlink(fresh);
		flashThrow(the, "%s cannot be written: %s", path, strerror(error));
	}
}

/* (path, byteLengthMaximum) */
void xs_files_read(xsMachine* the)
{
	char path[FLASH_PATH_LENGTH];
	struct stat status;
	flashPath(the, &xsArg(0), path);
	int most = xsmcToInteger(xsArg(1));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0)
		flashThrow(the, "%s cannot be read: %s", path, strerror(errno));
	int failed = fstat(fd, &status);
	if (!failed && (!S_ISREG(status.st_mode) || status.st_size > most)) {
		close(fd);
		flashThrow(the, S_ISREG(status.st_mode) ? "%s is longer than %d bytes" : "%s is no file", path, most);
	}
	if (!failed) {
		xsTry
		{
			xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)status.st_size);
		}
		xsCatch
		{
			close(fd);
			xsThrow(xsException);
		}
		failed = flashRead(fd, xsmcToArrayBuffer(xsResult), (size_t)status.st_size, 0);
	}
	int error = errno;
	close(fd);
	if (failed)
		flashThrow(the, "%s cannot be read: %s", path, strerror(error));
}
