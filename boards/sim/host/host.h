/*
 * What the builder makes for one program, and what the simulator's own modules (process, Resource) ask of the host. It
 * is read both beside xsAll.h (the host) and beside xs.h (native modules), so it includes neither.
 */
#ifndef SOTTO_HOST_H
#define SOTTO_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Made by the builder for one program ---- */
typedef void (*HostFunction)(void);
typedef struct {
	const char* name;
	HostFunction address;
} HostNative;
/* Sorted by name. */
extern const HostNative hostNatives[];
extern const int hostNativeCount;

typedef struct {
	const char* name;
	const uint8_t* bytes;
	const uint8_t* end;
} HostResource;
/* Sorted by name. */
extern const HostResource hostResources[];
extern const int hostResourceCount;
const HostResource* hostFindResource(const char* name);

typedef struct {
	int32_t chunkInitial, chunkIncremental; /* bytes */
	int32_t heapInitial, heapIncremental;	/* slots */
	int32_t stack;							/* slots */
	int32_t keyInitial, keyIncremental;		/* keys */
	int32_t nameModulo, symbolModulo;
	int32_t parserBuffer, parserModulo;
	const char* main; /* specifier of the main module */
} HostCreation;
extern const HostCreation hostCreation;

/* Names of properties that C asks for, and the identifiers they get when the machine is made (see mc.xs.h). */
extern const char* const hostIdNames[];
extern const int hostIdCount;

/* ---- Process ---- */
extern int hostArgumentCount;
extern char** hostArguments;

#endif
