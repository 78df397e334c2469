/*
 * The bare machine below every device of a virt board: interrupts, the clock and its alarms, reset. One core, machine
 * mode. Two levels run on it: the main level, where the VM lives, and interrupts, which never nest and have a stack of
 * their own. What the main level shares with them it touches between machineMask and machineUnmask.
 */
#ifndef SOTTO_MACHINE_VIRT_H
#define SOTTO_MACHINE_VIRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Interrupts ---- */

/* Holds interrupts off, and tells what to give back to machineUnmask; pairs may nest. */
uint32_t machineMask(void);
void machineUnmask(uint32_t before);
/* The longest time that interrupts were held off or one ran, in instructions, since the last call. */
uint32_t machineLongestMasked(void);
typedef void (*MachineRun)(void* refcon);
/* run is called at interrupt level whenever line (1 to 53) of the interrupt controller is up, and takes its cause away.
 */
void machineOnLine(unsigned line, MachineRun run, void* refcon);
/* Main level: waits until an interrupt has run. machineMask() must be in force, so that none is missed before. */
void machineWait(void);
/* When the last such wait ended. */
uint64_t machineWokeUs(void);

/* ---- Clock ---- */

/* Monotonic, microseconds since the machine was switched on. */
uint64_t machineNowUs(void);
/* Seconds since 1970 by the board's clock. */
uint64_t machineWallSeconds(void);
/* What the core has done while it was not asleep. With QEMU's -icount shift=N: instructions times two to the N. */
uint64_t machineInstructions(void);

typedef enum { alarmMedia, alarmNetwork, alarmLoop, alarmWatchdog, alarmCount } MachineAlarm;
/* run is called once at interrupt level when the moment has come. 0: never. From either level. */
void machineAlarm(MachineAlarm which, uint64_t whenUs, MachineRun run, void* refcon);

/* ---- Watchdog and reset ---- */

/* The main level says that it lives. Once it has said so and then is silent for the given time, the machine resets. */
void machineFeed(uint32_t withinMs);

typedef enum {
	resetPower, /* the machine was switched on */
	resetAsked,
	resetTrap,
	resetWatchdog,
	resetMemory, /* of the VM or of C */
	resetException,
	resetImage, /* the image in flash is damaged */
	resetReasons
} MachineReset;

/* Why the machine started this time, in one line; "" after power-on. */
const char* machineResetText(void);
/* Remembers why, with one line of detail, says it on the console and starts again. After several in a row that came
   soon it stops instead: a phone that cannot start must not wear itself out. */
void machineReset(MachineReset reason, const char* detail) __attribute__((noreturn));
/* Switches the machine off; QEMU ends with this code. */
void machineOff(int code) __attribute__((noreturn));
/* The program runs as it should: failures from now on are not counted with those before. */
void machineSettled(void);
/* Instead of starting again, fatal faults switch the machine off with code 1, and the watchdog sleeps. For test
   programs. */
void machineStopOnFault(bool stop);
bool machineStopsOnFault(void);

/* ---- Start ---- */

/* Of the board: runs before main. network: the setting of --network, or NULL. */
void machineBoardStart(const char* network);
/* Of --figures: how often they are wanted; 0: never. */
uint32_t machineFiguresEveryMs(void);
/* Of --collect: how often garbage is to be collected, needed or not; 0: when the VM wants it. */
uint32_t machineCollectEveryMs(void);
/* Of --watchdog, for tests; else the time given. */
uint32_t machineWatchdogMs(uint32_t otherwiseMs);

/* ---- Memory ---- */

/* Whose memory it is: by the code that asked for it, or the library that it is in. */
typedef enum { ownerCrypto, ownerMedia, ownerNetwork, ownerVm, ownerScreen, ownerOthers, owners } MachineOwner;
const char* machineOwnerName(MachineOwner owner);
/* Bytes of the C heap and of static data; the most that they ever were together. */
uint32_t machineOwned(MachineOwner owner, uint32_t* peak);
/* Bytes of the C heap in use, most ever in use, and all there are. */
typedef struct {
	uint32_t used, peak, size;
} MachineHeap;
MachineHeap machineHeap(void);
/* The C heap once had no room for what was asked of it. */
bool machineHeapRefused(void);
/* Most of a stack that was ever used, and its size, in bytes. */
typedef struct {
	uint32_t peak, size;
} MachineStack;
MachineStack machineMainStack(void);
MachineStack machineInterruptStack(void);

#endif
