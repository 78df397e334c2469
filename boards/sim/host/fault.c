/* What happens when the program throws and nobody catches: the words and the stack on standard error, exit code 1. */
#include "machine.h"

void hostReport(txMachine* the, const char* what, txSlot* thrown)
{
	txSlot exception = *thrown;
	mxTry(the)
	{
		/* A frame of our own: what threw may have left none, and the stack's text is made by a getter. */
		fxBeginHost(the);
		mxPushSlot(&exception);
		if (the->stack->kind == XS_REFERENCE_KIND) {
			txSlot* copy = the->stack;
			mxPushSlot(copy);
			mxGetID(fxNewNameC(the, "stack"));
			if (the->stack->kind == XS_STRING_KIND || the->stack->kind == XS_STRING_X_KIND)
				*copy = *the->stack;
			mxPop();
		}
		fprintf(stderr, "%s: %s\n", what, fxToString(the, the->stack));
	}
	mxCatch(the)
	{
		fprintf(stderr, "%s, and it could not be shown\n", what);
	}
}

/* The engine calls it for everything it cannot go on from. */
void fxAbort(txMachine* the, int status)
{
	static bool reporting;
	if (!reporting) {
		reporting = true;
		switch (status) {
		case XS_UNHANDLED_EXCEPTION_EXIT:
			hostReport(the, "unhandled exception", &mxException);
			break;
		case XS_UNHANDLED_REJECTION_EXIT:
			hostReport(the, "unhandled rejection", &mxException);
			break;
		case XS_NOT_ENOUGH_MEMORY_EXIT:
			fprintf(stderr, "the VM is out of memory\n");
			break;
		case XS_STACK_OVERFLOW_EXIT:
			fprintf(stderr, "the VM's stack is full (manifest: creation.stack)\n");
			break;
		default:
			fprintf(stderr, "the VM stopped (%d)\n", status);
		}
	}
	fflush(NULL);
	_exit(1);
}
