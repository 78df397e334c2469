/* What the machine uses, for process.ts and the bench. */
#include "machine.h"

int hostHeapFigures(txMachine* the, double* figures, int capacity)
{
	const double all[] = {
		(double)the->currentHeapCount * sizeof(txSlot),
		(double)the->maximumHeapCount * sizeof(txSlot),
		(double)the->currentChunksSize,
		(double)the->maximumChunksSize,
		(double)((char*)the->stackTop - (char*)the->stackPeak),
		(double)the->peakParserSize,
		(double)the->keyIndex,
		(double)the->garbageCollectionCount,
	};
	int count = (int)(sizeof all / sizeof *all);
	if (count > capacity)
		count = capacity;
	memcpy(figures, all, sizeof(double) * (size_t)count);
	return count;
}
