/*
 * Mutexes for one core without threads: what holds one holds interrupts off. They must be given back in the opposite
 * order, and nobody waits while holding one.
 */
#ifndef SOTTO_PTHREAD_H
#define SOTTO_PTHREAD_H

#include <errno.h>
#include "hal/machine/virt/machine.h"

typedef struct {
	uint32_t before;
} pthread_mutex_t;
typedef int pthread_t;

#define PTHREAD_MUTEX_INITIALIZER                                                                                      \
	{                                                                                                                  \
		0                                                                                                              \
	}

static inline int pthread_mutex_lock(pthread_mutex_t* mutex)
{
	mutex->before = machineMask();
	return 0;
}

static inline int pthread_mutex_unlock(pthread_mutex_t* mutex)
{
	machineUnmask(mutex->before);
	return 0;
}

/* There are no threads to be had. */
static inline int pthread_create(pthread_t* thread, const void* attributes, void* (*run)(void*), void* refcon)
{
	(void)thread;
	(void)attributes;
	(void)run;
	(void)refcon;
	return EAGAIN;
}

static inline int pthread_join(pthread_t thread, void** result)
{
	(void)thread;
	(void)result;
	return EINVAL;
}

#endif
