/* How deep C may go. Asked once for each thread: glibc reads a file of the system to answer for the first one. */
#include "machine.h"

/* Kept free below what the engine may use. */
#define MARGIN_BYTES (128 * 1024)

char* fxCStackLimit(void)
{
	static _Thread_local char* limit;
	pthread_attr_t attributes;
	void* lowest;
	size_t byteLength;
	if (limit != NULL)
		return limit;
	pthread_attr_init(&attributes);
	if (pthread_getattr_np(pthread_self(), &attributes) == 0 &&
		pthread_attr_getstack(&attributes, &lowest, &byteLength) == 0)
		limit = (char*)lowest + MARGIN_BYTES;
	pthread_attr_destroy(&attributes);
	return limit;
}
