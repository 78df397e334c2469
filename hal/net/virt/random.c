#include "hal/machine/virt/virtio.h"
#include <errno.h>
#include <sys/random.h>

ssize_t getrandom(void* bytes, size_t byteLength, unsigned flags)
{
	(void)flags;
	if (virtioRandom(bytes, byteLength))
		return (ssize_t)byteLength;
	errno = EIO;
	return -1;
}
