/*
 * The VM's heap on a bare board: one region, from whose low end chunks grow up and from whose high end slots grow down.
 * Blocks touch, so the engine makes one of them; nothing is given back before the machine ends.
 */
#include "machine.h"
#include "figures-line.h"
#include "hal/machine/virt/machine.h"

extern uint8_t __vm_start[], __vm_end[], __interrupt_stack[];

/* Kept free below what the engine may use of the C stack: natives and the key agreements need it. */
#define STACK_MARGIN_BYTES 4096

void fxCreateMachinePlatform(txMachine* the)
{
	the->heapLow = __vm_start;
	the->heapHigh = __vm_end;
	hostFiguresStart(the);
}

void fxDeleteMachinePlatform(txMachine* the)
{
	(void)the;
}

void* fxAllocateChunks(txMachine* the, txSize byteLength)
{
	uint8_t* start = the->heapLow;
	size_t rounded = ((size_t)byteLength + 7) & ~(size_t)7;
	if (rounded > (size_t)(the->heapHigh - the->heapLow))
		return NULL;
	the->heapLow += rounded;
	return start;
}

void fxFreeChunks(txMachine* the, void* chunks)
{
	(void)the;
	(void)chunks;
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	size_t byteLength = (size_t)count * sizeof(txSlot);
	if (byteLength > (size_t)(the->heapHigh - the->heapLow))
		return NULL;
	the->heapHigh -= byteLength;
	return (txSlot*)the->heapHigh;
}

void fxFreeSlots(txMachine* the, void* slots)
{
	(void)the;
	(void)slots;
}

char* fxCStackLimit(void)
{
	return (char*)__interrupt_stack + STACK_MARGIN_BYTES;
}
