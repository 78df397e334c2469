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

/* One `@ "xs_f"` of a module; laid out as the engine's txHostFunctionBuilder. */
typedef struct {
	HostFunction address; /* NULL: no C file has it */
	int32_t length;
	uint32_t id;
} HostBinding;

typedef struct {
	const char* specifier;
	uint32_t offset, byteLength; /* in hostCode */
	const HostBinding* bindings;
	const char* const* bindingNames;
	int bindingCount;
} HostModule;
/* Sorted by specifier. */
extern const HostModule hostModules[];
extern const int hostModuleCount;
extern const uint8_t hostCode[];
/* The names of the code in the order of their identifiers, the first of which is hostFirstKey; zero-terminated. */
extern const char hostNames[];
extern const int32_t hostFirstKey;
extern const int hostNameCount;

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
	const char* main; /* specifier of the main module */
} HostCreation;
extern const HostCreation hostCreation;

/* Names of properties that C asks for, and the identifiers they get when the machine is made (see mc.xs.h). */
extern const char* const hostIdNames[];
extern const int hostIdCount;

/* ---- Process ---- */
/* What the TypeScript program gets of them. */
extern int hostArgumentCount;
extern char** hostArguments;
/* All arguments are the TypeScript program's, but for a first argument --main SPECIFIER. Returns the specifier of the
 * main module: that one, or `main`. */
const char* hostTakeArguments(int count, char* arguments[], const char* main);

#endif
