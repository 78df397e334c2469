/*
 * From startup.S to the program's main. Its arguments, one to a line, are what QEMU's loader device puts at the begin
 * of RAM at every reset (scripts/virt/qemu.ts): they stand for what hardware has in a settings partition.
 */
#include "machine-inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { ARGUMENTS_MAX = 24, ARGUMENT_BYTES = 1024 };
#define MAGIC "sotto arguments\n"
/* Of a test program: a fault ends the machine, and nothing it does takes too long. */
#define NO_RESET "--no-reset"
/* A fixed address instead of DHCP's, as net-device.h has it. */
#define NETWORK "--network="

static char argumentText[ARGUMENT_BYTES] __attribute__((section(".arguments")));
static char* argumentList[ARGUMENTS_MAX + 2];

/* Figures of the machine on the console, so often in milliseconds. */
#define COLLECT "--collect="
#define WATCHDOG "--watchdog="
#define FIGURES "--figures="

static const char* network;
static uint32_t figuresEveryMs, watchdogMs, collectEveryMs;

extern int main(int argc, char* argv[]);

static int machineArguments(char*** arguments)
{
	int count = 1;
	char* at = argumentText + sizeof MAGIC - 1;
	argumentList[0] = "sotto";
	argumentText[sizeof argumentText - 1] = 0;
	if (memcmp(argumentText, MAGIC, sizeof MAGIC - 1) == 0)
		while (*at != 0 && count < ARGUMENTS_MAX) {
			char* end = strchr(at, '\n');
			argumentList[count++] = at;
			if (strncmp(at, FIGURES, sizeof FIGURES - 1) == 0) {
				figuresEveryMs = (uint32_t)strtoul(at + sizeof FIGURES - 1, NULL, 10);
				count--;
			}
			if (strncmp(at, COLLECT, sizeof COLLECT - 1) == 0) {
				collectEveryMs = (uint32_t)strtoul(at + sizeof COLLECT - 1, NULL, 10);
				count--;
			}
			if (strncmp(at, WATCHDOG, sizeof WATCHDOG - 1) == 0) {
				watchdogMs = (uint32_t)strtoul(at + sizeof WATCHDOG - 1, NULL, 10);
				count--;
			}
			if (strncmp(at, NETWORK, sizeof NETWORK - 1) == 0) {
				network = at + sizeof NETWORK - 1;
				count--;
			}
			if (strncmp(at, NO_RESET, sizeof NO_RESET - 1) == 0) {
				machineStopOnFault(true);
				count--;
			}
			if (end == NULL)
				break;
			*end = 0;
			at = end + 1;
		}
	argumentList[count] = NULL;
	*arguments = argumentList;
	return count;
}

uint32_t machineCollectEveryMs(void)
{
	return collectEveryMs;
}

uint32_t machineWatchdogMs(uint32_t otherwiseMs)
{
	return watchdogMs != 0 ? watchdogMs : otherwiseMs;
}

uint32_t machineFiguresEveryMs(void)
{
	return figuresEveryMs;
}

int gettimeofday(struct timeval* time, void* zone)
{
	(void)zone;
	time->tv_sec = (time_t)machineWallSeconds();
	time->tv_usec = (suseconds_t)(machineNowUs() % 1000000u);
	return 0;
}

void _exit(int code)
{
	/* It gave up because C had no memory for it: that is no end, and another start may fare better. */
	if ((code & 0xff) != 0 && machineHeapRefused())
		machineReset(resetMemory, "the C heap is full");
	machineOff(code & 0xff);
}

void machineStart(void)
{
	char** arguments;
	int count;
	machineCapMemory();
	machineReadReset();
	if (!machineImageGood())
		machineReset(resetImage, "its check sum is wrong");
	machineInterruptsOn();
	if (machineResetText()[0] != 0)
		printf("started again: %s\n", machineResetText());
	count = machineArguments(&arguments);
	if (!machineStopsOnFault())
		machineWatchdogStart();
	machineBoardStart(network);
	_exit(main(count, arguments));
}
