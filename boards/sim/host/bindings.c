/* Globals of every program: native and Native, as SDK 8.2's compiler provides them, and trace. */
#include "machine.h"

static HostFunction mustFindNative(txMachine* the, txString name)
{
	HostFunction found = hostFindNative(name);
	if (found == NULL)
		mxReferenceError("there is no native \"%s\"", name);
	return found;
}

/* native("xs_f"): a host function, made once and kept as a property of native itself. */
void hostNative(txMachine* the)
{
	txString name = fxToString(the, mxArgv(0));
	HostFunction found = mustFindNative(the, name);
	txID id = fxNewNameC(the, name);
	mxPushSlot(mxFunction);
	mxGetID(id);
	if (the->stack->kind == XS_UNDEFINED_KIND) {
		mxPop();
		fxNewHostFunction(the, (txCallback)found, 0, XS_NO_ID, XS_NO_ID);
		mxDub();
		mxPushSlot(mxFunction);
		mxSetID(id);
		mxPop();
	}
	mxPullSlot(mxResult);
}

/* super() of a class that extends Native(...): an instance with a place for host data and the class's destructor. */
void hostConstructNative(txMachine* the)
{
	txSlot* prototype;
	txSlot* instance;
	txSlot* host;
	if (mxTarget->kind == XS_UNDEFINED_KIND)
		mxTypeError("call: class");
	mxPushSlot(mxFunction);
	mxGetID(mxID(_prototype));
	prototype = fxGetInstance(the, the->stack)->next;
	mxPop();
	mxPushSlot(mxTarget);
	mxGetID(mxID(_prototype));
	fxNewHostInstance(the);
	instance = fxGetInstance(the, the->stack);
	host = instance->next;
	if (host == NULL || host->kind != XS_HOST_KIND) {
		host = fxNewSlot(the);
		host->next = instance->next;
		host->flag = XS_INTERNAL_FLAG;
		host->kind = XS_HOST_KIND;
		host->value.host.data = NULL;
		host->value.host.variant.destructor = prototype->value.host.variant.destructor;
		instance->next = host;
	}
	mxPullSlot(mxResult);
}

void hostNativeClass(txMachine* the)
{
	HostFunction found = mustFindNative(the, fxToString(the, mxArgv(0)));
	fxNewHostObject(the, (txDestructor)(void*)found);
	fxNewHostConstructor(the, hostConstructNative, 0, XS_NO_ID);
	mxPullSlot(mxResult);
}

/* trace(...values): the SDK's debug output, here standard error, without a line end of its own. */
void hostTrace(txMachine* the)
{
	for (txInteger i = 0; i < mxArgc; i++)
		fputs(fxToString(the, mxArgv(i)), stderr);
}

static void installGlobal(txMachine* the, txString name, txCallback callback)
{
	fxNewHostFunction(the, callback, 1, XS_NO_ID, XS_NO_ID);
	mxPushSlot(&mxGlobal);
	mxSetID(fxNewNameC(the, name));
	mxPop();
}

void hostInstallGlobals(txMachine* the)
{
	installGlobal(the, "native", hostNative);
	installGlobal(the, "Native", hostNativeClass);
	installGlobal(the, "trace", hostTrace);
}
