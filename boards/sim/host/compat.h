/*
 * Our native C is written for the Moddable SDK 8.2. This header is put before every such file and supplies what that
 * SDK has and the XS 13.3 we build here lacks.
 */
#ifndef SOTTO_COMPAT_H
#define SOTTO_COMPAT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "xs.h"
#include "xsmc.h"

/* In the engine, but not declared in its xs.h: undeclared, its result would be cut to 32 bits. */
extern void* fxGetHostDataIf(xsMachine*, xsSlot*);

#define xsmcToReference(_SLOT) fxToReference(the, &(_SLOT))
#define xsmcSetStringX(_SLOT, _STRING) fxStringX(the, &(_SLOT), (char*)(_STRING))
#define xsGetHostDataIf(_SLOT) fxGetHostDataIf(the, &(_SLOT))
#define xsmcGetHostDataIf(_SLOT) fxGetHostDataIf(the, &(_SLOT))

#ifndef C_NULL
#define C_NULL NULL
#endif
#define c_malloc malloc
#define c_calloc calloc
#define c_realloc realloc
#define c_free free
#define c_memcpy memcpy
#define c_memmove memmove
#define c_memset memset
#define c_memcmp memcmp
#define c_strcmp strcmp
#define c_strlen strlen

#endif
