/* What every entry point of this folder checks of its arguments, written once. */
#include "../crypto.h"
#include "mc.xs.h"

CryptoBytes cryptoReadable(xsMachine* the, xsSlot* slot, const char* name)
{
	void* data = NULL;
	xsUnsignedValue count = 0;
	if (!xsmcIsInstanceOf(*slot, xsTypedArrayPrototype))
		xsTypeError("%s: no Uint8Array", (char*)name);
	xsmcGetBufferReadable(*slot, &data, &count);
	return (CryptoBytes){data, count};
}

CryptoBytes cryptoReadableOf(xsMachine* the, xsSlot* slot, const char* name, size_t byteLength)
{
	CryptoBytes bytes = cryptoReadable(the, slot, name);
	if (bytes.byteLength != byteLength)
		xsRangeError("%s: %d bytes, not %d", (char*)name, (int)bytes.byteLength, (int)byteLength);
	return bytes;
}

CryptoBytes cryptoWritable(xsMachine* the, xsSlot* slot, const char* name, size_t byteLength)
{
	void* data = NULL;
	xsUnsignedValue count = 0;
	if (!xsmcIsInstanceOf(*slot, xsTypedArrayPrototype))
		xsTypeError("%s: no Uint8Array", (char*)name);
	xsmcGetBufferWritable(*slot, &data, &count);
	if (count != byteLength)
		xsRangeError("%s: %d bytes, not %d", (char*)name, (int)count, (int)byteLength);
	return (CryptoBytes){data, count};
}

void cryptoReadableParts(xsMachine* the, xsSlot* slot, const char* name, CryptoParts* parts)
{
	int i;
	xsmcGet(xsVar(0), *slot, xsID_length);
	parts->count = xsmcToInteger(xsVar(0));
	if (parts->count < 0 || parts->count > kCryptoPartsMaximum)
		xsRangeError("%s: %d parts, at most %d", (char*)name, parts->count, (int)kCryptoPartsMaximum);
	/* First all elements, which may run code of the VM; only then the pointers, which must not move any more. */
	for (i = 0; i < parts->count; i++)
		xsmcGetIndex(xsVar(i), *slot, i);
	for (i = 0; i < parts->count; i++)
		parts->part[i] = cryptoReadable(the, &xsVar(i), name);
}

void cryptoThrow(xsMachine* the, const char* name, long status)
{
	xsUnknownError("%s failed with status %d", (char*)name, (int)status);
}
