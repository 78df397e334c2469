#ifndef SOTTO_SYS_UIO_H
#define SOTTO_SYS_UIO_H

#include <stddef.h>
#include <sys/types.h>

struct iovec {
	void* iov_base;
	size_t iov_len;
};

/* Of connections alone. */
ssize_t readv(int descriptor, const struct iovec* pieces, int count);

#endif
