/*
 * The program of this computer's build: makes the machine with the sizes of the manifest, imports the main module and
 * runs the loop. PROGRAM.map lies beside the executable.
 */
#include "machine.h"

extern txID hostIds[];

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

void hostRunJobs(txMachine* the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	fxCheckUnhandledRejections(the, 1);
}

static void imported(txMachine* the)
{
	*mxResult = mxUndefined;
}

static void importFailed(txMachine* the)
{
	mxException = *mxArgv(0);
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
}

static void importMain(txMachine* the, const char* specifier)
{
	fxBeginHost(the);
	mxPushStringC((txString)specifier);
	fxRunImport(the, mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm, XS_NO_ID);
	mxDub();
	mxGetID(mxID(_then));
	mxCall();
	fxNewHostFunction(the, imported, 1, XS_NO_ID, XS_NO_ID);
	fxNewHostFunction(the, importFailed, 1, XS_NO_ID, XS_NO_ID);
	mxRunCount(2);
	mxPop();
	fxEndHost(the);
}

static txMachine* createMachine(void)
{
	txCreation creation = {
		.initialChunkSize = hostCreation.chunkInitial,
		.incrementalChunkSize = hostCreation.chunkIncremental,
		.initialHeapCount = hostCreation.heapInitial,
		.incrementalHeapCount = hostCreation.heapIncremental,
		.stackCount = hostCreation.stack,
		.initialKeyCount = hostCreation.keyInitial,
		.incrementalKeyCount = hostCreation.keyIncremental,
		.nameModulo = hostCreation.nameModulo,
		.symbolModulo = hostCreation.symbolModulo,
		/* Only for JSON and the like: no source is parsed here. */
		.parserBufferSize = 1024,
		.parserTableModulo = 53,
	};
	return hostCreateMachine(&creation);
}

int main(int argc, char* argv[])
{
	const char* specifier = hostTakeArguments(argc, argv, hostCreation.main);
	txMachine* the;
	int code;
	loopCatchSignals();
	fxInitializeSharedCluster();
	the = createMachine();
	if (the == NULL) {
		fprintf(stderr, "no memory for the VM\n");
		return 2;
	}
	fxBeginHost(the);
	for (int i = 0; i < hostIdCount; i++)
		hostIds[i] = fxNewNameC(the, (txString)hostIdNames[i]);
	fxEndHost(the);
	importMain(the, specifier);
	code = loopRun(the, hostRunJobs);
	fxDeleteMachine(the);
	fxTerminateSharedCluster();
	return code;
}
