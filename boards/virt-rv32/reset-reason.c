/* The native half of reset-reason.ts. */
#include "xsmc.h"
#include "mc.xs.h"
#include "hal/machine/virt/machine.h"

void xs_reset_reason(xsMachine* the)
{
	const char* text = machineResetText();
	if (text[0] != 0)
		xsmcSetString(xsResult, (char*)text);
}
