/* Entropy of the simulator: the kernel's, always. A test that wants known numbers gives its own RandomSource. */
#include "../crypto.h"
#include <errno.h>
#include <sys/random.h>

int cryptoEntropy(void* data, size_t byteLength)
{
	uint8_t* at = data;
	while (byteLength > 0) {
		ssize_t count = getrandom(at, byteLength, 0);
		if (count < 0 && errno != EINTR)
			return errno;
		if (count > 0) {
			at += count;
			byteLength -= (size_t)count;
		}
	}
	return 0;
}
