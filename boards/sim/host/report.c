/* What happens when the program throws and nobody catches: the words and the stack on standard error, and the board
 * stops. */
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
	const char* why = "the VM stopped";
	if (!reporting) {
		reporting = true;
		switch (status) {
		case XS_UNHANDLED_EXCEPTION_EXIT:
			why = "unhandled exception";
			hostReport(the, why, &mxException);
			break;
		case XS_UNHANDLED_REJECTION_EXIT:
			why = "unhandled rejection";
			hostReport(the, why, &mxException);
			break;
		case XS_NOT_ENOUGH_MEMORY_EXIT:
			why = "the VM is out of memory";
			fprintf(stderr, "%s\n", why);
			break;
		case XS_STACK_OVERFLOW_EXIT:
			why = "the VM's stack is full";
			fprintf(stderr, "%s (manifest: creation.stack)\n", why);
			break;
		default:
			fprintf(stderr, "%s (%d)\n", why, status);
		}
	}
	hostStop(status == XS_NOT_ENOUGH_MEMORY_EXIT || status == XS_STACK_OVERFLOW_EXIT, why);
}
