/* Restart, why the last run ended, and how much memory there is. */
#include "xsmc.h"
#include "mc.xs.h"
#include <esp_heap_caps.h>
#include <esp_system.h>

/* From boards/sim/sdk/engine.c, which sees the inside of the SDK's engine: the first four are slots and chunks. */
extern int hostHeapFigures(xsMachine* the, double* figures, int capacity);

void xs_process_restart(xsMachine* the)
{
	(void)the;
	esp_restart();
}

void xs_process_reset_reason(xsMachine* the)
{
	char* reason = NULL;
	switch (esp_reset_reason()) {
	case ESP_RST_PANIC:
		reason = "the program failed and was started again";
		break;
	case ESP_RST_INT_WDT:
	case ESP_RST_TASK_WDT:
	case ESP_RST_WDT:
		reason = "the program hung and the watchdog started it again";
		break;
	case ESP_RST_BROWNOUT:
		reason = "the supply voltage was too low";
		break;
	default:
		break;
	}
	if (reason)
		xsmcSetString(xsResult, reason);
}

void xs_process_gc(xsMachine* the)
{
	xsCollectGarbage();
}

void xs_process_heap(xsMachine* the)
{
	double figures[6];
	hostHeapFigures(the, figures, 4);
	figures[4] = (double)heap_caps_get_free_size(MALLOC_CAP_8BIT);
	figures[5] = (double)heap_caps_get_minimum_free_size(MALLOC_CAP_8BIT);
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	for (int i = 0; i < 6; i++) {
		xsmcSetNumber(xsVar(0), figures[i]);
		xsmcSetIndex(xsResult, i, xsVar(0));
	}
}
