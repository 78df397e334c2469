/* Each file appears whole or not at all, whatever happens to the computer. */
#include "flash-files.h"
#include "mc.xs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void flashThrow(xsMachine* the, const char* format, ...)
{
	char message[2 * FLASH_PATH_LENGTH];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	int v = xsmcVars(1);
	xsmcSetString(xsVar(v), message);
	xsmcNew(xsResult, xsGlobal, xsID_Error, &xsVar(v), NULL);
	xsThrow(xsResult);
}

void flashPath(xsMachine* the, xsSlot* slot, char path[FLASH_PATH_LENGTH])
{
	if (xsmcTypeOf(*slot) != xsStringType)
		xsTypeError("path: expected a string");
	const char* text = xsmcToString(*slot);
	if (!*text || strlen(text) >= FLASH_PATH_LENGTH - 32)
		xsRangeError("path: expected 1..%d characters", FLASH_PATH_LENGTH - 33);
	strcpy(path, text);
}

int flashWrite(int fd, const void* bytes, size_t byteLength, off_t offset)
{
	while (byteLength > 0) {
		ssize_t done = pwrite(fd, bytes, byteLength, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		bytes = (const uint8_t*)bytes + done;
		byteLength -= (size_t)done;
		offset += done;
	}
	return 0;
}

int flashRead(int fd, void* bytes, size_t byteLength, off_t offset)
{
	while (byteLength > 0) {
		ssize_t done = pread(fd, bytes, byteLength, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = EIO;
		if (done <= 0)
			return -1;
		bytes = (uint8_t*)bytes + done;
		byteLength -= (size_t)done;
		offset += done;
	}
	return 0;
}

/** The folder of a path, "." when it has none. */
static void flashFolder(const char* path, char folder[FLASH_PATH_LENGTH])
{
	const char* slash = strrchr(path, '/');
	if (!slash)
		strcpy(folder, ".");
	else if (slash == path)
		strcpy(folder, "/");
	else {
		memcpy(folder, path, (size_t)(slash - path));
		folder[slash - path] = 0;
	}
}

/** Makes a folder and those it lies in; -1 with errno. */
static int flashMakeFolder(char* folder)
{
	if (mkdir(folder, 0777) == 0 || errno == EEXIST)
		return 0;
	char* slash = strrchr(folder, '/');
	if (errno != ENOENT || !slash || slash == folder)
		return -1;
	*slash = 0;
	int above = flashMakeFolder(folder);
	*slash = '/';
	return above ? -1 : mkdir(folder, 0777);
}

/** Writes a new file beside `path` and links it there; -1 with errno. Another process that was faster is no error. */
static int flashCreate(const char* path, mode_t mode, int (*fill)(int fd, size_t byteLength), size_t byteLength,
					   const char* folder)
{
	char fresh[FLASH_PATH_LENGTH];
	snprintf(fresh, sizeof(fresh), "%s.%ld.new", path, (long)getpid());
	unlink(fresh);
	int fd = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return -1;
	int failed = fill(fd, byteLength) || fsync(fd);
	int error = errno;
	close(fd);
	if (!failed && link(fresh, path) && errno != EEXIST) {
		failed = -1;
		error = errno;
	}
	unlink(fresh);
	if (failed) {
		errno = error;
		return -1;
	}
	int directory = open(folder, O_RDONLY | O_CLOEXEC);
	if (directory >= 0) {
		fsync(directory);
		close(directory);
	}
	return 0;
}

int flashOpenFile(xsMachine* the, const char* path, mode_t mode, int (*fill)(int fd, size_t byteLength),
				  size_t byteLength)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		flashThrow(the, "%s cannot be opened for writing: %s", path, strerror(errno));
	char folder[FLASH_PATH_LENGTH];
	flashFolder(path, folder);
	if (flashMakeFolder(folder))
		flashThrow(the, "state folder %s cannot be made: %s", folder, strerror(errno));
	if (flashCreate(path, mode, fill, byteLength, folder))
		flashThrow(the, "state folder %s is not writable: %s", folder, strerror(errno));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		flashThrow(the, "%s cannot be opened for writing: %s", path, strerror(errno));
	return fd;
}
