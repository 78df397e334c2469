/*
 * Built-ins that nothing names go, and the linker then leaves their C out: a built-in function stays when a module's
 * bytecode, the program's C or the engine itself asks for a property of its name. One whose name is put together at
 * run time would be missed: a TypeError then says that it is no function.
 */
#include "seed.h"
#include "code.h"

/* Made by the builder: names that the engine's C asks for. */
extern const txID seedEngineIds[];
extern const int seedEngineIdCount;
/* Modules that those import which are not loaded here. */
extern const char* const hostEntryImports[];

static uint8_t isUsed[XS_ID_COUNT];

static void use(txID id)
{
	if (id < XS_ID_COUNT)
		isUsed[id] = 1;
}

static void useCode(const uint8_t* p, const uint8_t* end)
{
	while (p < end) {
		if (codeHasID(p))
			use(codeID(p));
		p += codeByteLength(p);
	}
}

static bool isBuiltIn(const txSlot* instance)
{
	return instance != NULL && seedIsFunction(instance->next) &&
		   (instance->next->kind == XS_CALLBACK_KIND || instance->next->kind == XS_CALLBACK_X_KIND);
}

static bool isUnused(const txSlot* property)
{
	if ((property->flag & XS_INTERNAL_FLAG) || property->ID >= XS_ID_COUNT || property->ID == XS_NO_ID ||
		property->ID < XS_SYMBOL_ID_COUNT || isUsed[property->ID])
		return false;
	if (property->kind == XS_ACCESSOR_KIND)
		return isBuiltIn(property->value.accessor.getter);
	return property->kind == XS_REFERENCE_KIND && isBuiltIn(property->value.reference);
}

/* The prototype stays, since the engine may look at it. */
static void forgetConstructor(txMachine* the, const txSlot* global)
{
	if (global->kind != XS_REFERENCE_KIND)
		return;
	for (const txSlot* property = global->value.reference->next; property != NULL; property = property->next) {
		if (property->ID != mxID(_prototype) || property->kind != XS_REFERENCE_KIND)
			continue;
		for (txSlot** address = &property->value.reference->next; *address != NULL; address = &(*address)->next)
			if ((*address)->ID == mxID(_constructor) && !((*address)->flag & XS_INTERNAL_FLAG)) {
				*address = (*address)->next;
				return;
			}
	}
}

/* Objects that hold functions alone, and constructors that the engine never makes anything with. */
static void stripGlobals(txMachine* the)
{
	static const txID few[] = {_Atomics, _SharedArrayBuffer,	_Proxy,		  _Reflect,
							   _WeakRef, _FinalizationRegistry, _Compartment, _ModuleSource};
	for (size_t i = 0; i < sizeof few / sizeof *few; i++) {
		if (isUsed[few[i]])
			continue;
		forgetConstructor(the, &the->stackPrototypes[-1 - few[i]]);
		the->stackPrototypes[-1 - few[i]] = mxUndefined;
		for (txSlot** address = &mxGlobal.value.reference->next; *address != NULL; address = &(*address)->next)
			if ((*address)->ID == few[i] && !((*address)->flag & XS_INTERNAL_FLAG)) {
				*address = (*address)->next;
				break;
			}
		mxGlobal.value.reference->next->value.table.address[few[i]] = NULL;
	}
}

static bool isImported(const char* specifier)
{
	for (const char* const* import = hostEntryImports; *import != NULL; import++)
		if (strcmp(*import, specifier) == 0)
			return true;
	return false;
}

/* Modules are linked: what they export is asked for by those alone that begin when the phone does. */
static void stripExports(txMachine* the)
{
	txSlot* realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
	for (txSlot* module = mxOwnModules(realm)->value.reference->next; module != NULL; module = module->next) {
		txSlot* exports = mxModuleInstanceExports(module->value.reference);
		const char* specifier = fxGetKeyName(the, mxModuleInstanceInternal(module->value.reference)->value.module.id);
		if (exports->kind == XS_REFERENCE_KIND && !isImported(specifier))
			exports->value.reference->next = NULL;
	}
}

void seedStrip(txMachine* the)
{
	stripExports(the);
	for (int i = 0; i < hostModuleCount; i++)
		useCode(hostCode + hostModules[i].offset, hostCode + hostModules[i].offset + hostModules[i].byteLength);
	for (int i = 0; i < hostIdCount; i++)
		use(fxNewNameC(the, (txString)hostIdNames[i]));
	for (int i = 0; i < seedEngineIdCount; i++)
		use(seedEngineIds[i]);
	stripGlobals(the);
	seedMarkFree(the);
	seedEachSlot(slot)
	{
		if (slot->kind != XS_INSTANCE_KIND)
			continue;
		for (txSlot** address = &slot->next; *address != NULL;) {
			if (isUnused(*address))
				*address = (*address)->next;
			else
				address = &(*address)->next;
		}
	}
	seedUnmarkFree(the);
}
