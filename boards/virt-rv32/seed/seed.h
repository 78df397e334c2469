/*
 * The seed is the phone's own program, run once in QEMU while it is built: it loads every module that keeps no state,
 * and writes the VM's heap as it then is into a file, from which the builder makes constants for the phone's flash
 * (scripts/builder/preload.ts). None of this is in the phone.
 */
#ifndef SOTTO_SEED_H
#define SOTTO_SEED_H

#include "machine.h"
#include <stdio.h>

/* freeze.c: what cannot change is made so, the rest gets a number by which the phone keeps its changed copy. */
void seedFreeze(txMachine* the);
/* trim.c: slots that nothing of ours reads go, and equal ones become one. Garbage is collected after it. */
void seedTrim(txMachine* the);
/* strip.c: built-in functions that nothing names go. */
void seedStrip(txMachine* the);

/* host-file.c: QEMU's semihosting. */
int seedOpen(const char* file);
bool seedPut(int file, const void* bytes, size_t byteLength);
bool seedClose(int file);

/* Of each slot of the heap that is in use, freed ones being marked (seedMarkFree). */
#define seedEachSlot(SLOT)                                                                                             \
	for (txSlot* seedHeap = the->firstHeap; seedHeap != NULL; seedHeap = seedHeap->next)                               \
		for (txSlot* SLOT = seedHeap + 1; SLOT < seedHeap->value.reference; SLOT++)                                    \
			if (!(SLOT->flag & XS_MARK_FLAG))
void seedMarkFree(txMachine* the);
void seedUnmarkFree(txMachine* the);

static inline bool seedIsFunction(const txSlot* property)
{
	return property != NULL && (property->flag & XS_INTERNAL_FLAG) &&
		   (property->kind == XS_CALLBACK_KIND || property->kind == XS_CALLBACK_X_KIND ||
			property->kind == XS_CODE_KIND || property->kind == XS_CODE_X_KIND);
}

#endif
