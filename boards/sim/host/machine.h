/* Inside the host, where the engine's own headers are seen. Native modules never include this. */
#ifndef SOTTO_MACHINE_H
#define SOTTO_MACHINE_H

#include "xsAll.h"
#include "xsScript.h"
#include "host.h"

/* create-fresh.c or a board's own: with names and globals. NULL: there is no memory for it, or why not was told. */
txMachine* hostCreateMachine(txCreation* creation);
/* create.c */
txMachine* hostCreateFresh(txCreation* creation);

/* bindings.c: global names every program may use: native, Native, trace. */
void hostInstallGlobals(txMachine* the);
/* Its functions are not static: the builder finds them by their names, where a heap that leads to them is kept in
 * flash. */
void hostNative(txMachine* the);
void hostNativeClass(txMachine* the);
void hostConstructNative(txMachine* the);
void hostTrace(txMachine* the);

/* program.c */
/* Before any other name is made. False: the tables were made for another engine. */
bool hostRegisterNames(txMachine* the);
HostFunction hostFindNative(const char* name);

/* report.c: says what was thrown, with its stack, on standard error. */
void hostReport(txMachine* the, const char* what, txSlot* thrown);

/* Of the board: the program cannot go on, and its fault has been told. */
void hostStop(bool memory, const char* why) __attribute__((noreturn));

/* loop.h, which is written against xs.h, as the host sees it. */
extern int loopRun(txMachine* the, void (*afterEntry)(txMachine* the));
extern void loopExit(int code);
extern void loopCatchSignals(void);

#endif
