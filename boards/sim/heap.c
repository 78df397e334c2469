/* The native half of heap.ts. */
#include "xsmc.h"
#include "mc.xs.h"
#include "boards/sim/host/figures.h"

void xs_heap_collect(xsMachine* the)
{
	xsCollectGarbage();
}

void xs_heap_figures(xsMachine* the)
{
	double figures[FIGURES];
	hostHeapFigures(the, figures);
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	for (int i = 0; i < FIGURES; i++) {
		xsmcSetNumber(xsVar(0), figures[i]);
		xsmcSetIndex(xsResult, i, xsVar(0));
	}
}
