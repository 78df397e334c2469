/* The program cannot go on: the board starts again and remembers why. */
#include "machine.h"
#include "hal/machine/virt/machine.h"

void hostStop(bool memory, const char* why)
{
	machineReset(memory ? resetMemory : resetException, why);
}
