/* The native half of resource.ts. */
#include "xsmc.h"
#include "mc.xs.h"
#include "host.h"

void xs_resource_destructor(void* data)
{
	(void)data; /* the bytes are the program's own */
}

void xs_resource_constructor(xsMachine* the)
{
	const char* path = xsmcToString(xsArg(0));
	const HostResource* resource = hostFindResource(path);
	if (resource == NULL)
		xsURIError("there is no resource \"%s\"", path);
	xsmcSetHostBuffer(xsThis, (void*)(uintptr_t)resource->bytes, (xsUnsignedValue)(resource->end - resource->bytes));
	xsmcPetrifyHostBuffer(xsThis);
}

void xs_resource_exists(xsMachine* the)
{
	xsmcSetBoolean(xsResult, hostFindResource(xsmcToString(xsArg(0))) != NULL);
}

void xs_resource_byteLength(xsMachine* the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)xsmcGetHostBufferLength(xsThis));
}

static xsIntegerValue position(xsMachine* the, xsSlot* argument, xsIntegerValue byteLength)
{
	xsIntegerValue at = xsmcToInteger(*argument);
	if (at < 0)
		at += byteLength;
	return at < 0 ? 0 : at > byteLength ? byteLength : at;
}

void xs_resource_slice(xsMachine* the)
{
	xsIntegerValue byteLength = (xsIntegerValue)xsmcGetHostBufferLength(xsThis);
	xsIntegerValue begin = xsmcArgc > 0 ? position(the, &xsArg(0), byteLength) : 0;
	xsIntegerValue end = byteLength;
	if (xsmcArgc > 1 && xsmcTypeOf(xsArg(1)) != xsUndefinedType)
		end = position(the, &xsArg(1), byteLength);
	if (end < begin)
		end = begin;
	xsmcSetArrayBuffer(xsResult, (uint8_t*)xsmcGetHostData(xsThis) + begin, end - begin);
}
