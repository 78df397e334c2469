#ifndef SOTTO_SYS_RANDOM_H
#define SOTTO_SYS_RANDOM_H

#include <sys/types.h>

/* From the board's entropy device; -1 with EIO where it does not answer. */
ssize_t getrandom(void* bytes, size_t byteLength, unsigned flags);

#endif
