/* One line of JSON after "figures ", read by scripts/virt/figures.ts. Bytes, instructions, microseconds. */
#include "machine.h"
#include "figures-line.h"
#include "boards/sim/host/figures.h"
#include "hal/audio/virt/audio-figures.h"
#include "hal/machine/virt/machine.h"
#include "hal/net/virt/sockets.h"
#include <stdio.h>

typedef struct LoopTimer LoopTimer;
/* hal/vm/loop.h, which is written against xs.h. */
extern LoopTimer* loopTimerNew(double afterMs, double repeatMs, void (*run)(txMachine*, LoopTimer*, void*),
							   void* refcon);

extern uint8_t __vm_start[], __vm_end[];

static uint32_t longestMasked;

static void line(txMachine* the, LoopTimer* timer, void* refcon)
{
	double heap[FIGURES];
	AudioFigures voice;
	MachineHeap cHeap = machineHeap();
	MachineStack mainStack = machineMainStack(), interruptStack = machineInterruptStack();
	uint32_t masked = machineLongestMasked();
	(void)timer;
	(void)refcon;
	if (masked > longestMasked)
		longestMasked = masked;
	/* While garbage is in it, at the moments of these lines. */
	hostHeapFigures(the, heap);
	audioFigures(&voice);
	printf("figures {\"instructions\":%lu%06lu", (unsigned long)(machineInstructions() / 1000000u),
		   (unsigned long)(machineInstructions() % 1000000u));
	printf(",\"vm\":{\"slots\":%lu,\"slotsReserved\":%lu,\"chunks\":%lu,\"chunksReserved\":%lu,\"keys\":%lu,"
		   "\"collections\":%lu,\"region\":%lu,\"used\":%lu}",
		   (unsigned long)heap[figureSlots], (unsigned long)heap[figureSlotsReserved],
		   (unsigned long)heap[figureChunks], (unsigned long)heap[figureChunksReserved],
		   (unsigned long)heap[figureKeys], (unsigned long)heap[figureCollections],
		   (unsigned long)(__vm_end - __vm_start),
		   (unsigned long)(__vm_end - __vm_start) - (unsigned long)(the->heapHigh - the->heapLow));
	printf(",\"owners\":{");
	for (int owner = 0; owner < owners; owner++) {
		uint32_t peak, now = machineOwned((MachineOwner)owner, &peak);
		printf("%s\"%s\":[%lu,%lu]", owner > 0 ? "," : "", machineOwnerName((MachineOwner)owner), (unsigned long)now,
			   (unsigned long)peak);
	}
	printf("},\"heap\":{\"used\":%lu,\"peak\":%lu,\"size\":%lu}", (unsigned long)cHeap.used, (unsigned long)cHeap.peak,
		   (unsigned long)cHeap.size);
	printf(",\"stacks\":{\"main\":[%lu,%lu],\"interrupt\":[%lu,%lu]}", (unsigned long)mainStack.peak,
		   (unsigned long)mainStack.size, (unsigned long)interruptStack.peak, (unsigned long)interruptStack.size);
	printf(",\"voice\":{\"frames\":%lu,\"late\":%lu,\"instructions\":%lu,\"instructionsMost\":%lu,\"lateMostUs\":%lu}",
		   (unsigned long)voice.frames, (unsigned long)voice.lateFrames, (unsigned long)voice.instructions,
		   (unsigned long)voice.instructionsMost, (unsigned long)voice.lateMostUs);
	printf(",\"masked\":%lu,\"dropped\":%lu}\n", (unsigned long)longestMasked, (unsigned long)socketsDropped());
}

/* What is left is told at once: a little later there is garbage again. */
static void collect(txMachine* the, LoopTimer* timer, void* refcon)
{
	fxBeginHost(the);
	fxCollectGarbage(the);
	fxEndHost(the);
	if (machineFiguresEveryMs() > 0)
		line(the, timer, refcon);
}

void hostFiguresStart(txMachine* the)
{
	uint32_t everyMs = machineFiguresEveryMs(), collectEveryMs = machineCollectEveryMs();
	(void)the;
	if (everyMs > 0)
		(void)loopTimerNew(everyMs, everyMs, line, NULL);
	if (collectEveryMs > 0)
		(void)loopTimerNew(collectEveryMs, collectEveryMs, collect, NULL);
}
