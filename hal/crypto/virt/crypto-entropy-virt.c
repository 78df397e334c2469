/* Entropy of a virt board: its virtio device, for us and for mbedTLS's generator. */
#include "../crypto.h"
#include "hal/machine/virt/virtio.h"
#include <errno.h>

int cryptoEntropy(void* data, size_t byteLength)
{
	return virtioRandom(data, byteLength) ? 0 : EIO;
}

/* Of mbedTLS (MBEDTLS_ENTROPY_HARDWARE_ALT): its source of entropy. */
int mbedtls_hardware_poll(void* data, unsigned char* output, size_t byteLength, size_t* given)
{
	(void)data;
	*given = virtioRandom(output, byteLength) ? byteLength : 0;
	return *given == byteLength ? 0 : -1;
}

/* Of libsodium: there is one implementation for this processor, so there is nothing to choose. */
int sodium_init(void)
{
	return 0;
}
