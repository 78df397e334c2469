/* The program cannot go on: the board starts again and remembers why. */
#include "machine.h"
#include "hal/machine/virt/machine.h"

void hostStop(bool memory, const char* why)
{
	/* What C could not have makes an exception of some other name. */
	if (!memory && machineHeapRefused())
		machineReset(resetMemory, "the C heap is full");
	machineReset(memory ? resetMemory : resetException, why);
}
