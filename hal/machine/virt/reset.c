/*
 * Why the machine starts again. The reason lies in RAM that the startup leaves alone; the test device of the board
 * resets or ends the machine.
 */
#include "machine-inside.h"
#include <stdio.h>
#include <string.h>

#define TEST_DEVICE (*(volatile uint32_t*)0x00100000)
#define RTC ((volatile uint32_t*)0x00101000)

enum { testPass = 0x5555, testFail = 0x3333, testReset = 0x7777 };

#define MAGIC 0x534f5452u
/* So many failures in a row, none of which let the program settle, and the machine stops. */
#define FAILURES_MOST 5u

static struct {
	uint32_t magic;
	MachineReset reason;
	uint32_t failures;
	char detail[FAULT_TEXT_BYTES];
} kept __attribute__((section(".preserve")));

/* What is written there is read by another life of the program: the compiler must not think that nobody will. */
static void keep(void)
{
	__asm__ volatile("" : : "r"(&kept) : "memory");
}

static char text[FAULT_TEXT_BYTES + 32];
static bool stopOnFault;

static const char* const reasons[resetReasons] = {"power-on",		  "restart asked for",	"trap",			"watchdog",
												  "memory exhausted", "the program failed", "damaged image"};

void machineReadReset(void)
{
	if (kept.magic != MAGIC || kept.reason >= resetReasons) {
		memset(&kept, 0, sizeof kept);
		kept.magic = MAGIC;
	}
	if (machineWatchdogBit() && kept.reason == resetPower)
		machineReset(resetWatchdog, "not even interrupts ran any more");
	kept.detail[sizeof kept.detail - 1] = 0;
	if (kept.reason != resetPower)
		snprintf(text, sizeof text, "%s%s%s", reasons[kept.reason], kept.detail[0] != 0 ? ": " : "", kept.detail);
	kept.reason = resetPower;
	kept.detail[0] = 0;
}

const char* machineResetText(void)
{
	return text;
}

void machineSettled(void)
{
	kept.failures = 0;
}

void machineStopOnFault(bool stop)
{
	stopOnFault = stop;
}

bool machineStopsOnFault(void)
{
	return stopOnFault;
}

void machineOff(int code)
{
	if (machineFiguresEveryMs() > 0)
		printf("instructions %lu%06lu\n", (unsigned long)(machineInstructions() / 1000000u),
			   (unsigned long)(machineInstructions() % 1000000u));
	kept.magic = 0;
	keep();
	TEST_DEVICE = code == 0 ? testPass : ((uint32_t)code << 16 | testFail);
	for (;;)
		;
}

void machineReset(MachineReset reason, const char* detail)
{
	machineMask();
	printf("\nreset: %s%s%s\n", reasons[reason], detail[0] != 0 ? ": " : "", detail);
	if (stopOnFault)
		machineOff(1);
	kept.reason = reason;
	snprintf(kept.detail, sizeof kept.detail, "%s", detail);
	if (reason != resetAsked && ++kept.failures >= FAILURES_MOST) {
		printf("stopped after %u failures in a row\n", FAILURES_MOST);
		machineOff(1);
	}
	keep();
	TEST_DEVICE = testReset;
	for (;;)
		;
}

uint64_t machineWallSeconds(void)
{
	/* Reading the low half holds the high half. Nanoseconds. */
	uint32_t low = RTC[0];
	return ((uint64_t)RTC[1] << 32 | low) / 1000000000u;
}
