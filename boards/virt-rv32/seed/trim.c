/*
 * What a phone has no use for: each function's own length and name (stack traces take names from elsewhere), and the
 * prototype of one that is no class: `new` with it throws a TypeError, as TypeScript already says that it must not be.
 */
#include "seed.h"

static bool isTrimmed(const txSlot* property)
{
	if (property->ID == mxID(_length))
		return property->kind == XS_INTEGER_KIND;
	return property->ID == mxID(_name) && (property->kind == XS_STRING_KIND || property->kind == XS_STRING_X_KIND) &&
		   (property->flag & (XS_DONT_ENUM_FLAG | XS_DONT_SET_FLAG)) == (XS_DONT_ENUM_FLAG | XS_DONT_SET_FLAG);
}

/* Made with every function of the old kind: an object that leads back to the function, and nothing else. */
static bool isUnusedPrototype(const txSlot* function, const txSlot* property)
{
	const txSlot *code = function->next, *constructor;
	if (code->kind != XS_CODE_X_KIND || (code->flag & (XS_BASE_FLAG | XS_DERIVED_FLAG)) != 0 ||
		property->ID != mxID(_prototype) || property->kind != XS_REFERENCE_KIND)
		return false;
	constructor = property->value.reference->next;
	return constructor != NULL && constructor->next == NULL && constructor->ID == mxID(_constructor) &&
		   constructor->kind == XS_REFERENCE_KIND && constructor->value.reference == function;
}

static void trimFunction(txSlot* function)
{
	txSlot** address = &mxFunctionInstanceHome(function)->next;
	while (*address != NULL) {
		if (isUnusedPrototype(function, *address)) {
			function->flag &= (txFlag)~XS_CAN_CONSTRUCT_FLAG;
			*address = (*address)->next;
		} else if (isTrimmed(*address))
			*address = (*address)->next;
		else
			address = &(*address)->next;
	}
}

void seedTrim(txMachine* the)
{
	seedMarkFree(the);
	seedEachSlot(slot)
	{
		if (slot->kind == XS_INSTANCE_KIND && seedIsFunction(slot->next))
			trimFunction(slot);
	}
	/* Its identifier serves a profiler alone; without it, the methods of a class have one home (preload.ts). */
	seedEachSlot(slot)
	{
		if (slot->kind == XS_HOME_KIND)
			slot->ID = XS_NO_ID;
	}
	seedUnmarkFree(the);
	fxCollectGarbage(the);
}
