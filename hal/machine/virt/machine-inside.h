/* What the files of this folder need of each other. */
#ifndef SOTTO_MACHINE_INSIDE_H
#define SOTTO_MACHINE_INSIDE_H

#include "machine.h"

/* startup.S: after RAM is set up. */
void machineStart(void);
void machineTrap(uint32_t cause, uint32_t at, uint32_t value, uint32_t from);
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
