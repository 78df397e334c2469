/* Faults that no code of the phone has, for the tests of what the bare board does then. */
#include "xsmc.h"
#include "mc.xs.h"
#include "hal/machine/virt/machine.h"
#include <stdlib.h>
#include <string.h>

/* So much of a stack at a time. */
#define FRAME_BYTES 96

static volatile uint32_t sink;

/* No compiler can know that it never ends, or make a loop of it. */
__attribute__((noinline)) static void deeper(uint32_t depth)
{
	volatile uint8_t frame[FRAME_BYTES];
	frame[depth % FRAME_BYTES] = (uint8_t)depth;
	if (sink != depth)
		deeper(depth + 1);
	sink += frame[depth % FRAME_BYTES];
}

static void deeperInInterrupt(void* refcon)
{
	(void)refcon;
	deeper(sink + 1);
}

void xs_faults_hang(xsMachine* the)
{
	(void)the;
	for (;;)
		sink++;
}

void xs_faults_hang_masked(xsMachine* the)
{
	(void)the;
	machineMask();
	for (;;)
		sink++;
}

void xs_faults_stack(xsMachine* the)
{
	(void)the;
	deeper(sink + 1);
}

/* Soon, in the place of an alarm of the loop. */
void xs_faults_interrupt_stack(xsMachine* the)
{
	(void)the;
	machineAlarm(alarmLoop, machineNowUs() + 1000, deeperInInterrupt, NULL);
	for (;;)
		sink++;
}

/* Takes the C heap but for the given rest. */
void xs_faults_heap(xsMachine* the)
{
	MachineHeap heap = machineHeap();
	size_t rest = (size_t)xsmcToInteger(xsArg(0));
	for (size_t piece = heap.size; piece >= 64; piece /= 2)
		while (machineHeap().size - machineHeap().used > rest + piece && malloc(piece) != NULL)
			;
}

void xs_faults_trap(xsMachine* the)
{
	(void)the;
	void (*nowhere)(void) = (void (*)(void))(uintptr_t)sink;
	nowhere();
}
