/*
 * The watchdog behind the watchdog: a device of its own (QEMU's i6300esb, on the PCI bus), which starts the machine
 * again when not even interrupts run any more. An alarm keeps it quiet; a machine without the device does without.
 * Intel 6300ESB I/O Controller Hub, datasheet 300641-004, chapter 16.
 */
#include "machine-inside.h"

#define CONFIGURATION 0x30000000u
#define WINDOW 0x40000000u
#define SLOTS 32u
#define DEVICE_ID 0x25ab8086u
/* Two stages, each of so many ticks of 33 MHz divided by 2 to the 15th: eight seconds, then a reset. */
#define STAGE_TICKS 4028u
#define QUIET_EVERY_US 500000u

enum { configId = 0x00, configCommand = 0x04, configBase = 0x10, configMode = 0x60, configLock = 0x68 };
enum { commandMemory = 1 << 1, modeNoInterrupt = 3, lockEnable = 1 << 1 };
enum { regFirst = 0x00, regSecond = 0x04, regReload = 0x0c };
enum { reloadTimers = 1 << 8, reloadTimedOut = 1 << 9 };

static volatile uint8_t* config;

static void put(unsigned reg, uint32_t value)
{
	/* Each write has to be allowed by these two. */
	*(volatile uint8_t*)(WINDOW + regReload) = 0x80;
	*(volatile uint8_t*)(WINDOW + regReload) = 0x86;
	if (reg == regReload)
		*(volatile uint16_t*)(WINDOW + reg) = (uint16_t)value;
	else
		*(volatile uint32_t*)(WINDOW + reg) = value;
}

bool machineWatchdogBit(void)
{
	for (unsigned slot = 0; slot < SLOTS && config == NULL; slot++) {
		volatile uint8_t* at = (volatile uint8_t*)(CONFIGURATION + (slot << 15));
		if (*(volatile uint32_t*)(at + configId) == DEVICE_ID)
			config = at;
	}
	if (config == NULL)
		return false;
	*(volatile uint32_t*)(config + configBase) = WINDOW;
	*(volatile uint16_t*)(config + configCommand) = commandMemory;
	bool bit = (*(volatile uint16_t*)(WINDOW + regReload) & reloadTimedOut) != 0;
	put(regReload, reloadTimedOut);
	return bit;
}

static void quiet(void* refcon)
{
	(void)refcon;
	put(regReload, reloadTimers);
	machineAlarm(alarmWatchdog, machineNowUs() + QUIET_EVERY_US, quiet, NULL);
}

void machineWatchdogStart(void)
{
	if (config == NULL)
		return;
	*(volatile uint16_t*)(config + configMode) = modeNoInterrupt;
	put(regFirst, STAGE_TICKS);
	put(regSecond, STAGE_TICKS);
	*(config + configLock) = lockEnable;
	quiet(NULL);
}
