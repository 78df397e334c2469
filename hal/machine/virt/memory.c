/*
 * The C heap and the stacks. malloc is the C library's; it is wrapped so that an interrupt may use it too (libsrtp
 * does, when a source is heard for the first time), and so that what is used can be told.
 */
#include "machine-inside.h"
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char __heap_start[], __heap_end[], __stacks_start[], __interrupt_stack[], __stack[];
extern void* __real_malloc(size_t);
extern void* __real_realloc(void*, size_t);
extern void __real_free(void*);

#define HEADER_BYTES 4u
#define PAINT 0xA5u

static char* brk = __heap_start;
static uint32_t used, peak;

void* sbrk(ptrdiff_t increment)
{
	char* before = brk;
	if (increment > __heap_end - brk) {
		errno = ENOMEM;
		return (void*)-1;
	}
	brk += increment;
	return before;
}

static void count(void* block)
{
	if (block == NULL)
		return;
	used += (uint32_t)malloc_usable_size(block) + HEADER_BYTES;
	if (used > peak)
		peak = used;
}

static void uncount(void* block)
{
	if (block != NULL)
		used -= (uint32_t)malloc_usable_size(block) + HEADER_BYTES;
}

void* __wrap_malloc(size_t byteLength)
{
	uint32_t before = machineMask();
	void* block = __real_malloc(byteLength);
	count(block);
	machineUnmask(before);
	return block;
}

void* __wrap_calloc(size_t number, size_t byteLength)
{
	size_t all;
	void* block;
	if (__builtin_mul_overflow(number, byteLength, &all))
		return NULL;
	block = __wrap_malloc(all);
	if (block != NULL)
		memset(block, 0, all);
	return block;
}

void* __wrap_realloc(void* block, size_t byteLength)
{
	uint32_t before = machineMask();
	void* grown;
	uncount(block);
	grown = __real_realloc(block, byteLength);
	count(grown != NULL || byteLength == 0 ? grown : block);
	machineUnmask(before);
	return grown;
}

void __wrap_free(void* block)
{
	uint32_t before = machineMask();
	uncount(block);
	__real_free(block);
	machineUnmask(before);
}

MachineHeap machineHeap(void)
{
	return (MachineHeap){used, peak, (uint32_t)(__heap_end - __heap_start)};
}

static MachineStack stackOf(const char* low, const char* high)
{
	const char* at = low;
	while (at < high && (uint8_t)*at == PAINT)
		at++;
	return (MachineStack){(uint32_t)(high - at), (uint32_t)(high - low)};
}

MachineStack machineMainStack(void)
{
	return stackOf(__interrupt_stack, __stack);
}

MachineStack machineInterruptStack(void)
{
	return stackOf(__stacks_start, __interrupt_stack);
}
