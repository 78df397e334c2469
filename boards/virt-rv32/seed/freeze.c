/*
 * Constants in flash cannot be written, so the engine writes to a copy in RAM that an alias number leads to; every
 * number costs a pointer in RAM. Functions, prototypes of classes, scopes and what else is only read get none: they are
 * frozen.
 */
#include "seed.h"

void seedMarkFree(txMachine* the)
{
	for (txSlot* slot = the->freeHeap; slot != NULL; slot = slot->next)
		slot->flag |= XS_MARK_FLAG;
}

void seedUnmarkFree(txMachine* the)
{
	for (txSlot* slot = the->freeHeap; slot != NULL; slot = slot->next)
		slot->flag &= (txFlag)~XS_MARK_FLAG;
}

static void freezeProperty(txSlot* property)
{
	if (property->kind != XS_ACCESSOR_KIND)
		property->flag |= XS_DONT_SET_FLAG;
	property->flag |= XS_DONT_DELETE_FLAG;
}

static void freezeInstance(txSlot* instance)
{
	for (txSlot* property = instance->next; property != NULL; property = property->next)
		freezeProperty(property);
	instance->flag |= XS_DONT_PATCH_FLAG;
}

static txSlot* prototypeOf(txMachine* the, const txSlot* constructor)
{
	(void)the;
	for (txSlot* property = constructor->next; property != NULL; property = property->next)
		if (property->ID == mxID(_prototype) && !(property->flag & XS_INTERNAL_FLAG) &&
			property->kind == XS_REFERENCE_KIND)
			return property->value.reference;
	return NULL;
}

/* An instance that the engine has no copy of, or that nothing of ours changes. */
static bool isConstant(const txSlot* first)
{
	switch (first->kind) {
	case XS_MAP_KIND:
	case XS_SET_KIND:
	case XS_WEAK_MAP_KIND:
	case XS_WEAK_SET_KIND:
	case XS_WEAK_REF_KIND:
	case XS_ARRAY_BUFFER_KIND:
	case XS_DATA_VIEW_KIND:
	case XS_TYPED_ARRAY_KIND:
	case XS_PROMISE_KIND:
	case XS_PROXY_KIND:
	case XS_REGEXP_KIND:
	case XS_GLOBAL_KIND:
		return true;
	default:
		/* native keeps the functions that it has found. */
		if (first->kind == XS_CALLBACK_KIND && first->value.callback.address == hostNative)
			return false;
		return first->ID == XS_ENVIRONMENT_BEHAVIOR || seedIsFunction(first);
	}
}

static bool isFrozenProperty(const txSlot* property)
{
	return (property->flag & XS_DONT_DELETE_FLAG) &&
		   (property->kind == XS_ACCESSOR_KIND || (property->flag & XS_DONT_SET_FLAG));
}

static bool isFrozen(txMachine* the, txSlot* instance)
{
	txSlot* property = instance->next;
	if (!(instance->flag & XS_DONT_PATCH_FLAG))
		return false;
	for (; property != NULL && (property->flag & XS_INTERNAL_FLAG); property = property->next)
		if (property->kind == XS_ARRAY_KIND) {
			txIndex length = fxGetIndexSize(the, property);
			for (txIndex i = 0; i < length; i++)
				if (!isFrozenProperty(property->value.array.address + i))
					return false;
		}
	for (; property != NULL; property = property->next)
		if (!isFrozenProperty(property))
			return false;
	return true;
}

/* What an instance hides: private fields, and what its methods would change in place. */
static void petrify(txSlot* instance)
{
	for (txSlot* property = instance->next; property != NULL && (property->flag & XS_INTERNAL_FLAG);
		 property = property->next) {
		if (property->kind == XS_PRIVATE_KIND)
			for (txSlot* field = property->value.private.first; field != NULL; field = field->next)
				freezeProperty(field);
		else if (property->kind == XS_ARRAY_BUFFER_KIND || property->kind == XS_DATE_KIND ||
				 property->kind == XS_MAP_KIND || property->kind == XS_SET_KIND || property->kind == XS_REGEXP_KIND ||
				 property->kind == XS_WEAK_MAP_KIND || property->kind == XS_WEAK_SET_KIND)
			property->flag |= XS_DONT_SET_FLAG;
	}
}

static bool holdsFunction(const txSlot* closure)
{
	return closure->kind == XS_REFERENCE_KIND && seedIsFunction(closure->value.reference->next);
}

/* The global object finds its names by this table, and would write what it has found into it. */
static void fillGlobals(txSlot* instance)
{
	txSlot* table = instance->next;
	for (txSlot* property = table->next; property != NULL; property = property->next)
		if (property->ID < table->value.table.length)
			table->value.table.address[property->ID] = property;
}

void seedFreeze(txMachine* the)
{
	txID count = 1; /* 0: none */
	seedMarkFree(the);
	seedEachSlot(slot)
	{
		txSlot* first = slot->kind == XS_INSTANCE_KIND ? slot->next : NULL;
		if (first == NULL || !(first->flag & XS_INTERNAL_FLAG) || !isConstant(first))
			continue;
		if (first->kind == XS_GLOBAL_KIND)
			fillGlobals(slot);
		freezeInstance(slot);
		if (slot->flag & XS_CAN_CONSTRUCT_FLAG) {
			txSlot* prototype = prototypeOf(the, slot);
			if (prototype != NULL)
				freezeInstance(prototype);
		}
	}
	seedEachSlot(slot)
	{
		if (slot->kind == XS_INSTANCE_KIND) {
			if (isFrozen(the, slot)) {
				slot->ID = XS_NO_ID;
				petrify(slot);
			} else
				slot->ID = count++;
		}
	}
	seedEachSlot(slot)
	{
		txSlot* closure = slot->kind == XS_CLOSURE_KIND ? slot->value.closure : NULL;
		if (closure == NULL)
			continue;
		if (holdsFunction(closure))
			closure->flag |= XS_DONT_SET_FLAG;
		if (!(closure->flag & XS_DONT_SET_FLAG)) {
			if (closure->ID == XS_NO_ID)
				closure->ID = count++;
			slot->flag &= (txFlag)~XS_DONT_SET_FLAG;
		}
	}
	the->aliasCount = count;
}
