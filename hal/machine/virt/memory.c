/*
 * The C heap and the stacks. malloc is the C library's; it is wrapped so that an interrupt may use it too (libsrtp
 * does, when a source is heard for the first time), and so that what is used can be told.
 */
#include "machine-inside.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char __heap_start[], __heap_end[], __stacks_start[], __interrupt_stack[], __stack[];
extern char __interrupt_stack_low[], __main_stack_low[];
extern void* __real_malloc(size_t);
extern void __real_free(void*);

/* Keeps the alignment that the C library gives. */
typedef struct {
	uint32_t byteLength;
	MachineOwner owner;
} Header;

#define PAINT 0xA5u

extern char __text_crypto[], __text_media[], __text_network[], __text_vm[], __text_screen[], __text_others[];
extern char __bss_crypto[], __bss_media[], __bss_network[], __bss_vm[], __bss_screen[], __bss_others[], __bss_end[];

static char* brk = __heap_start;
static uint32_t used, peak;
static uint32_t usedBy[owners], peakBy[owners];
static bool refused;

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

static MachineOwner ownerOf(const void* code)
{
	const char* at = code;
	if (at < __text_crypto || at >= __text_others)
		return ownerOthers;
	if (at < __text_media)
		return ownerCrypto;
	if (at < __text_network)
		return ownerMedia;
	if (at < __text_vm)
		return ownerNetwork;
	return at < __text_screen ? ownerVm : ownerScreen;
}

const char* machineOwnerName(MachineOwner owner)
{
	static const char* const names[owners] = {"crypto", "media", "network", "VM, outside its heap", "screen", "board"};
	return names[owner];
}

uint32_t machineOwned(MachineOwner owner, uint32_t* most)
{
	static const char* const starts[owners + 1] = {__bss_crypto, __bss_media,  __bss_network, __bss_vm,
												   __bss_screen, __bss_others, __bss_end};
	uint32_t fixed = (uint32_t)(starts[owner + 1] - starts[owner]);
	*most = fixed + peakBy[owner];
	return fixed + usedBy[owner];
}

static void* countIn(Header* block, size_t byteLength, MachineOwner owner)
{
	if (block == NULL)
		return NULL;
	block->byteLength = (uint32_t)(byteLength + sizeof(Header));
	block->owner = owner;
	used += block->byteLength;
	usedBy[owner] += block->byteLength;
	if (used > peak)
		peak = used;
	if (usedBy[owner] > peakBy[owner])
		peakBy[owner] = usedBy[owner];
	return block + 1;
}

static void countOut(const Header* block)
{
	used -= block->byteLength;
	usedBy[block->owner] -= block->byteLength;
}

static void* allocate(size_t byteLength, const void* caller)
{
	uint32_t before = machineMask();
	void* block = NULL;
	if (byteLength < SIZE_MAX - sizeof(Header))
		block = countIn(__real_malloc(byteLength + sizeof(Header)), byteLength, ownerOf(caller));
	if (block == NULL)
		refused = true;
	machineUnmask(before);
	return block;
}

void* __wrap_malloc(size_t byteLength)
{
	return allocate(byteLength, __builtin_return_address(0));
}

void* __wrap_calloc(size_t number, size_t byteLength)
{
	size_t all;
	void* block;
	if (__builtin_mul_overflow(number, byteLength, &all))
		return NULL;
	block = allocate(all, __builtin_return_address(0));
	if (block != NULL)
		memset(block, 0, all);
	return block;
}

void __wrap_free(void* block)
{
	uint32_t before;
	if (block == NULL)
		return;
	before = machineMask();
	countOut((Header*)block - 1);
	__real_free((Header*)block - 1);
	machineUnmask(before);
}

/* Not the C library's: that one would call malloc and free as they are wrapped here. */
void* __wrap_realloc(void* block, size_t byteLength)
{
	void* grown = allocate(byteLength, __builtin_return_address(0));
	if (block == NULL || grown == NULL)
		return grown;
	size_t old = ((Header*)block - 1)->byteLength - sizeof(Header);
	memcpy(grown, block, old < byteLength ? old : byteLength);
	__wrap_free(block);
	return grown;
}

MachineHeap machineHeap(void)
{
	return (MachineHeap){used, peak, (uint32_t)(__heap_end - __heap_start)};
}

bool machineHeapRefused(void)
{
	return refused;
}

const char* machineFullStack(uint32_t address)
{
	if (address >= (uint32_t)__interrupt_stack && address < (uint32_t)__main_stack_low)
		return "the stack of the program is full";
	if (address >= (uint32_t)__stacks_start && address < (uint32_t)__interrupt_stack_low)
		return "the stack of the interrupts is full";
	return NULL;
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
	return stackOf(__main_stack_low, __stack);
}

MachineStack machineInterruptStack(void)
{
	return stackOf(__interrupt_stack_low, __interrupt_stack);
}
