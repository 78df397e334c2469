/* What the SDK build's host needs from inside the engine, and its public C interface does not say. */
#include "xsAll.h"
#include "boards/sim/sdk/engine.h"

const char* engineMainModule(const void* preparation)
{
	return ((const txPreparation*)preparation)->main;
}
