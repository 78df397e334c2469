/*
 * What the machine uses, for whoever does not see the inside of the engine. Beside xsAll.h and beside xs.h, so it
 * includes neither.
 */
#ifndef SOTTO_FIGURES_H
#define SOTTO_FIGURES_H

/* In bytes, but for the last two. Reserved is the most there has been. An engine that does not count peaks and
 * collections gives 0 for them. */
enum {
	figureSlots,
	figureSlotsReserved,
	figureChunks,
	figureChunksReserved,
	figureStackPeak,
	figureParserPeak,
	figureKeys,
	figureCollections,
	FIGURES
};

/* The machine as both sides know it. */
void hostHeapFigures(void* machine, double figures[FIGURES]);

#endif
