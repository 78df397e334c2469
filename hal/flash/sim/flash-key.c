/*
 * The device key on the simulator: 32 random octets in a file that only its owner can read. Hardware derives it from
 * eFuses.
 */
#include "flash-files.h"
#include "../flash.h"
#include "mc.xs.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int flashFillKey(int fd, size_t byteLength)
{
	uint8_t key[FLASH_DEVICE_KEY_LENGTH];
	if (getentropy(key, byteLength))
		return -1;
	int failed = flashWrite(fd, key, byteLength, 0);
	explicit_bzero(key, sizeof(key));
	return failed;
}

/* (path, out) fills `out` with the key, which is made when the file does not exist. */
void xs_flash_device_key(xsMachine* the)
{
	char path[FLASH_PATH_LENGTH];
	uint8_t key[FLASH_DEVICE_KEY_LENGTH];
	struct stat status;
	flashPath(the, &xsArg(0), path);
	int fd = flashOpenFile(the, path, 0600, flashFillKey, sizeof(key));
	int failed = fstat(fd, &status);
	if (!failed && status.st_size != sizeof(key)) {
		close(fd);
		flashThrow(the, "device key file %s has %lld bytes instead of %d; it was left as it is", path,
				   (long long)status.st_size, FLASH_DEVICE_KEY_LENGTH);
	}
	failed = failed || flashRead(fd, key, sizeof(key), 0);
	int error = errno;
	close(fd);
	if (failed)
		flashThrow(the, "device key file %s cannot be read: %s", path, strerror(error));
	void* out;
	xsUnsignedValue byteLength;
	xsmcGetBufferWritable(xsArg(1), &out, &byteLength);
	if (byteLength == sizeof(key))
		memcpy(out, key, sizeof(key));
	explicit_bzero(key, sizeof(key));
	if (byteLength != sizeof(key))
		xsRangeError("out: expected %d bytes", FLASH_DEVICE_KEY_LENGTH);
}
