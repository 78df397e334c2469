/* What the files of this folder need of each other. */
#ifndef SOTTO_MACHINE_INSIDE_H
#define SOTTO_MACHINE_INSIDE_H

#include "machine.h"

/* startup.S: after RAM is set up. */
void machineStart(void);
/* What startup.S keeps of the level that a trap interrupted. */
typedef struct {
	uint32_t ra, t0, t1, t2, a[8], t3, t4, t5, t6;
	/* The stack pointer of the main level; 0: an interrupt was running, and the stack goes on behind this. */
	uint32_t interrupted;
	uint32_t unused[3];
} MachineFrame;
void machineTrap(uint32_t cause, uint32_t at, uint32_t value, const MachineFrame* frame);
/* fault.c: one line, cut where there is no more room. */
#define FAULT_TEXT_BYTES 224
void machineFaultText(char* text, size_t byteLength, uint32_t cause, uint32_t at, uint32_t value,
					  const MachineFrame* frame);
void machineHangText(char* text, size_t byteLength, uint32_t at, const MachineFrame* frame);
/* memory.c: why nothing can be trusted any more; NULL: neither stack has grown over its end. */
const char* machineFullStack(void);
/* interrupts.c */
/* Nothing behind the VM's region can be read or written from now on, whatever RAM QEMU has there. */
void machineCapMemory(void);
void machineInterruptsOn(void);
/* image.c */
bool machineImageGood(void);
/* reset.c: at the start, before anything else may fail. */
void machineReadReset(void);

#endif
