/* Of the engine from npm and of the SDK's. */
#include "xsAll.h"
#include "boards/sim/host/figures.h"

void hostHeapFigures(void* machine, double figures[FIGURES])
{
	txMachine* the = machine;
	for (int i = 0; i < FIGURES; i++)
		figures[i] = 0;
	figures[figureSlots] = (double)the->currentHeapCount * sizeof(txSlot);
	figures[figureSlotsReserved] = (double)the->maximumHeapCount * sizeof(txSlot);
	figures[figureChunks] = (double)the->currentChunksSize;
	figures[figureChunksReserved] = (double)the->maximumChunksSize;
	figures[figureKeys] = (double)the->keyIndex;
#ifdef mxInstrument
	figures[figureStackPeak] = (double)((char*)the->stackTop - (char*)the->stackPeak);
	figures[figureParserPeak] = (double)the->peakParserSize;
	figures[figureCollections] = (double)the->garbageCollectionCount;
#endif
}
