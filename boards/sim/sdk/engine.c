/* What the SDK build's host needs from inside the engine, and its public C interface does not say. */
#include "xsAll.h"
#include "boards/sim/sdk/engine.h"

const char* engineMainModule(const void* preparation)
{
	return ((const txPreparation*)preparation)->main;
}

/* As boards/sim/host/figures.c. The SDK's release engine does not count peaks and collections: they are 0 here. */
int hostHeapFigures(txMachine* the, double* figures, int capacity)
{
	const double all[] = {
		(double)the->currentHeapCount * sizeof(txSlot),
		(double)the->maximumHeapCount * sizeof(txSlot),
		(double)the->currentChunksSize,
		(double)the->maximumChunksSize,
		0,
		0,
		(double)the->keyIndex,
		0,
	};
	int count = (int)(sizeof all / sizeof *all);
	if (count > capacity)
		count = capacity;
	c_memcpy(figures, all, sizeof(double) * (size_t)count);
	return count;
}
