/* The XS engine's platform on this computer: which services it takes from its own defaults and which from this host. */
#ifndef SOTTO_XSPLAT_H
#define SOTTO_XSPLAT_H

#undef mxLinux
#define mxLinux 1
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1

/* The waiter fields belong to Atomics; promiseJobs is set by fxQueuePromiseJobs and cleared by the loop. */
#define mxMachinePlatform                                                                                              \
	int promiseJobs;                                                                                                   \
	void* waiterCondition;                                                                                             \
	void* waiterData;                                                                                                  \
	void* waiterLink;

#define mxUseDefaultMachinePlatform 1
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultChunkAllocation 1
#define mxUseDefaultSlotAllocation 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultDebug 1
/* Ours, in stack-limit.c: the engine asks at each regular expression it compiles, and glibc reads a file to answer. */
#define mxUseDefaultCStackLimit 0
/* Ours: fxFindModule, fxLoadModule (program.c), fxQueuePromiseJobs (loop.c), fxAbort (report.c). */

#endif
