/*
 * The one way from a C thread into the VM. A thread never touches the machine: it posts, and the deliver function runs
 * on the VM's own thread when the VM is idle.
 */
#ifndef SOTTO_VM_H
#define SOTTO_VM_H

#include "xsmc.h"

/* Runs on the VM thread, inside no xsBeginHost. */
typedef void (*VmDeliver)(xsMachine* the, void* refcon);
typedef struct VmPost VmPost;

/* On the VM thread. NULL where there is no memory. While it exists the program does not end by itself. */
VmPost* vmPostNew(xsMachine* the, VmDeliver deliver, void* refcon);
/* From any thread. Any number of posts before the delivery are one delivery. */
void vmPost(VmPost* post);
/* On the VM thread, also from inside a delivery. The deliver function never runs after this. The caller makes sure that
   no other thread posts any more. */
void vmPostDelete(VmPost* post);

/* A descriptor that the VM thread waits for, for sockets that need no thread of their own. */
typedef struct VmWatch VmWatch;
/* Runs on the VM thread, inside no xsBeginHost; events are those of poll(). */
typedef void (*VmReady)(xsMachine* the, int events, void* refcon);
VmWatch* vmWatchNew(xsMachine* the, int descriptor, int events, VmReady ready, void* refcon);
void vmWatchSet(VmWatch* watch, int events);
/* Before the descriptor is closed; also from inside its ready function. */
void vmWatchDelete(VmWatch* watch);

#endif
