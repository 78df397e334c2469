/* What the files of this folder need of each other. */
#ifndef SOTTO_MACHINE_INSIDE_H
#define SOTTO_MACHINE_INSIDE_H

#include "machine.h"

/* startup.S: after RAM is set up. */
void machineStart(void);
/* What startup.S keeps of the level that a trap interrupted. */
typedef struct {
	uint32_t ra, t0, t1, t2, a[8], t3, t4, t5, t6;
	/* The stack pointer of that level. */
	uint32_t interrupted;
	uint32_t unused[3];
} MachineFrame;
void machineTrap(uint32_t cause, uint32_t at, uint32_t value, const MachineFrame* frame);
/* fault.c: one line, cut where there is no more room. */
#define FAULT_TEXT_BYTES 224
void machineFaultText(char* text, size_t byteLength, uint32_t cause, uint32_t at, uint32_t value,
					  const MachineFrame* frame);
void machineHangText(char* text, size_t byteLength, uint32_t at, const MachineFrame* frame);
/* memory.c: which stack has grown into the guard at its end, where an access to this address failed; NULL: neither. */
const char* machineFullStack(uint32_t address);
/* interrupts.c */
/* Nothing behind the VM's region can be read or written from now on, whatever RAM QEMU has there; nor can the guards of
   the stacks. */
void machineCapMemory(void);
void machineInterruptsOn(void);
/* image.c */
bool machineImageGood(void);
/* reset.c: at the start, before anything else may fail. */
void machineReadReset(void);
/* watchdog.c: whether the device started the machine. Once, before machineWatchdogStart. */
bool machineWatchdogBit(void);
/* From now on interrupts must run at least every eight seconds. */
void machineWatchdogStart(void);

#endif
