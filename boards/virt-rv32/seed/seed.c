/*
 * The machine that main asks for, when this program is the seed: it never gets it. In goes a list of modules in the
 * program (hostPreload), out comes the file that --preload=FILE names.
 */
#include "words.h"
#include "hal/machine/virt/machine.h"

#define OPTION "--preload="

extern const char* const hostPreload[];

static void share(txMachine* the)
{
	txSlot* realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
	txSlot* modules = mxOwnModules(realm)->value.reference;
	for (txSlot* module = modules->next; module != NULL; module = module->next)
		mxModuleInstanceInternal(module->value.reference)->value.module.realm = NULL;
	/* Where fxCloneMachine looks for the scope of all modules and for the modules. */
	mxException.kind = XS_REFERENCE_KIND;
	mxException.value.reference = mxRealmClosures(realm)->value.reference;
	mxProgram.value.reference = modules;
	mxHosts = mxUndefined;
	mxModuleQueue = mxUndefined;
	mxUnhandledPromises = mxUndefined;
	mxDuringJobs = mxUndefined;
	mxFinalizationRegistries = mxUndefined;
	mxPendingJobs = mxUndefined;
	mxRunningJobs = mxUndefined;
	mxBreakpoints = mxUndefined;
	mxHostInspectors = mxUndefined;
	mxInstanceInspectors = mxUndefined;
}

static void load(txMachine* the)
{
	fxBeginHost(the);
	for (const char* const* specifier = hostPreload; *specifier != NULL; specifier++) {
		mxPushStringC((txString)*specifier);
		fxAwaitImport(the, XS_IMPORT_NAMESPACE);
		mxPop();
	}
	fxEndHost(the);
}

static uint32_t placeSlots(SeedWords* it)
{
	size_t count = 0;
	uint32_t place = 0;
	uint32_t* at;
	for (const txSlot* heap = it->the->firstHeap; heap != NULL; heap = heap->next)
		count += (size_t)(heap->value.reference - heap - 1);
	/* Behind the chunks; nothing is allocated any more. */
	it->places = at = (uint32_t*)(void*)it->the->heapLow;
	if (count * sizeof(uint32_t) > (size_t)(it->the->heapHigh - it->the->heapLow)) {
		seedFail(it, "the region of the VM is too small for the seed", count);
		return 0;
	}
	for (const txSlot* heap = it->the->firstHeap; heap != NULL; heap = heap->next)
		for (const txSlot* slot = heap + 1; slot < heap->value.reference; slot++)
			*at++ = (slot->flag & XS_MARK_FLAG) ? 0 : ++place;
	return place;
}

static void writeTable(SeedWords* it, const char* name, txSlot** table, uint32_t count)
{
	seedSection(it, name);
	for (uint32_t i = 0; i < count; i++)
		seedReference(it, table[i]);
}

static bool writeAll(txMachine* the, const char* file)
{
	static SeedWords words;
	SeedWords* it = &words;
	uint32_t count;
	it->the = the;
	it->file = seedOpen(file);
	if (it->file < 0)
		return false;
	count = placeSlots(it);
	if (it->failed)
		return false;
	seedValue(it, "slots", count);
	seedValue(it, "aliases", (uint32_t)the->aliasCount);
	seedValue(it, "profile", (uint32_t)the->profileID);
	seedSection(it, "data");
	seedEachSlot(slot)
	{
		seedData(it, slot);
	}
	for (txSlot* slot = the->stack; slot < the->stackTop; slot++)
		seedData(it, slot);
	seedSection(it, "slots");
	seedEachSlot(slot)
	{
		seedSlot(it, slot, false);
	}
	seedSection(it, "stack");
	for (txSlot* slot = the->stack; slot < the->stackTop; slot++)
		seedSlot(it, slot, false);
	writeTable(it, "keys", the->keyArray, the->keyIndex);
	writeTable(it, "names", the->nameTable, (uint32_t)the->nameModulo);
	writeTable(it, "symbols", the->symbolTable, (uint32_t)the->symbolModulo);
	seedSection(it, "end");
	seedFlush(it);
	return seedClose(it->file) && !it->failed;
}

txMachine* hostCreateMachine(txCreation* creation)
{
	txMachine* the = hostCreateFresh(creation);
	const char* option = hostArgumentCount > 0 ? hostArguments[0] : "";
	if (the == NULL || strncmp(option, OPTION, sizeof OPTION - 1) != 0)
		return NULL;
	load(the);
	seedStrip(the);
	share(the);
	seedTrim(the);
	seedFreeze(the);
	machineOff(writeAll(the, option + sizeof OPTION - 1) ? 0 : 1);
}
