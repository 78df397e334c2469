/*
 * The program of the SDK's headless Linux build (mcconfig -p x-cli-lin): makes the machine that the SDK's linker
 * prepared, imports the main module the manifest names and runs GLib's loop. The counterpart of boards/sim/host/main.c.
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "boards/sim/host/host.h"
#include "boards/sim/sdk/engine.h"
#include "hal/vm/loop.h"
#include <stdio.h>
#include <unistd.h>

/* Made by the SDK's linker. */
extern void* xsPreparationAndCreation(xsCreation** creation);
extern xsMachine* fxPrepareMachine(xsCreation* creation, void* preparation, char* name, void* context, void* archive);

/* The error's stack, which begins with its message, or whatever else was thrown. */
static void report(xsMachine* machine, const char* what)
{
	xsSlot thrown = machine->stackTop[-2]; /* what xsException is, outside any frame */
	xsBeginHost(machine);
	{
		xsmcVars(2);
		xsVar(0) = thrown;
		if (xsmcTypeOf(xsVar(0)) == xsReferenceType) {
			xsmcGet(xsVar(1), xsVar(0), xsID("stack"));
			if (xsmcTest(xsVar(1)))
				xsVar(0) = xsVar(1);
		}
		fprintf(stderr, "%s: %s\n", what, xsmcToString(xsVar(0)));
	}
	xsEndHost(machine);
}

/* The engine calls it for everything it cannot go on from. */
void fxAbort(xsMachine* the, int status)
{
	static bool reporting;
	if (!reporting) {
		reporting = true;
		if (status == xsUnhandledExceptionExit)
			report(the, "unhandled exception");
		else if (status == xsUnhandledRejectionExit)
			report(the, "unhandled rejection");
		else
			fprintf(stderr, "the VM stopped: %s\n", fxAbortString(status));
	}
	fflush(NULL);
	_exit(1);
}

int main(int argc, char* argv[])
{
	xsCreation* creation = NULL;
	void* preparation = xsPreparationAndCreation(&creation);
	const char* specifier = hostTakeArguments(argc, argv, engineMainModule(preparation));
	xsMachine* machine;
	int code;
	loopCatchSignals();
	machine = fxPrepareMachine(creation, preparation, "sotto", NULL, NULL);
	if (machine == NULL) {
		fprintf(stderr, "no memory for the VM\n");
		return 2;
	}
	xsBeginHost(machine);
	{
		xsResult = xsAwaitImport(specifier, XS_IMPORT_NAMESPACE);
	}
	xsEndHost(machine);
	code = loopRun(machine, NULL);
	xsDeleteMachine(machine);
	return code;
}
