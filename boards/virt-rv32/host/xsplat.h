/* The XS engine's platform on a bare 32-bit board: no system below, the VM's heap in one region of fixed size. */
#ifndef SOTTO_XSPLAT_H
#define SOTTO_XSPLAT_H

#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define mxBigEndian 0
#define mxLittleEndian 1
#define mxUnalignedAccess 0
#define mxMisalignedSettersCrash 1
#define mxIntegerDivideOverflowException 0

/* What little of sockets the engine's headers name. */
typedef int txSocket;
#define mxNoSocket -1
#define PATH_MAX 256
#define htonl(VALUE) __builtin_bswap32(VALUE)
#define ntohl(VALUE) __builtin_bswap32(VALUE)

/* heapLow and heapHigh are vm-memory.c's. The waiter fields belong to Atomics. */
#define mxMachinePlatform                                                                                              \
	uint8_t* heapLow;                                                                                                  \
	uint8_t* heapHigh;                                                                                                 \
	int promiseJobs;                                                                                                   \
	void* waiterCondition;                                                                                             \
	void* waiterData;                                                                                                  \
	void* waiterLink;

#define mxUseDefaultMachinePlatform 0
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultChunkAllocation 0
#define mxUseDefaultSlotAllocation 0
#define mxUseDefaultParseScript 0
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultDebug 1
/* Ours: vm-memory.c, stop.c, and what the shared host has. */
#define mxUseDefaultCStackLimit 0

#endif
