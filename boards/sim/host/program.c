/*
 * The program's modules: from specifier to the bytecode that lies in this executable. The builder makes the tables; see
 * compiler.c for what is in them.
 */
#include "machine.h"

_Static_assert(sizeof(HostBinding) == sizeof(txHostFunctionBuilder) &&
				   offsetof(HostBinding, id) == offsetof(txHostFunctionBuilder, id),
			   "the builder's tables are what the engine reads");

HostFunction hostFindNative(const char* name)
{
	int low = 0, high = hostNativeCount - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(name, hostNatives[middle].name);
		if (order == 0)
			return hostNatives[middle].address;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}

static const HostModule* findModule(const char* specifier)
{
	int low = 0, high = hostModuleCount - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(specifier, hostModules[middle].specifier);
		if (order == 0)
			return hostModules + middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}

bool hostRegisterNames(txMachine* the)
{
	const char* name = hostNames;
	if (the->keyIndex != (txID)hostFirstKey)
		return false;
	for (int i = 0; i < hostNameCount; i++) {
		/* The names stay where they are. */
		fxNewNameX(the, (txString)name);
		name += strlen(name) + 1;
	}
	return the->keyIndex == (txID)(hostFirstKey + hostNameCount);
}

/* Resolves "./name" and "../name" against the specifier of the importing module, in place. */
static bool resolveRelative(char* name, size_t size, const char* importer)
{
	char buffer[C_PATH_MAX];
	char* rest = name;
	char* slash;
	if (strlen(importer) + strlen(name) + 2 > sizeof buffer)
		return false;
	strcpy(buffer, importer);
	slash = strrchr(buffer, '/');
	*(slash != NULL ? slash : buffer) = 0;
	while (strncmp(rest, "./", 2) == 0 || strncmp(rest, "../", 3) == 0) {
		if (rest[1] == '/') {
			rest += 2;
			continue;
		}
		if (*buffer == 0)
			return false;
		slash = strrchr(buffer, '/');
		*(slash != NULL ? slash : buffer) = 0;
		rest += 3;
	}
	if (*buffer != 0)
		strcat(buffer, "/");
	strcat(buffer, rest);
	if (strlen(buffer) >= size)
		return false;
	strcpy(name, buffer);
	return true;
}

txID fxFindModule(txMachine* the, txSlot* realm, txID moduleID, txSlot* slot)
{
	char name[C_PATH_MAX];
	char* dot;
	(void)realm;
	fxToStringBuffer(the, slot, name, sizeof name);
	if (name[0] == '.' && (moduleID == XS_NO_ID || !resolveRelative(name, sizeof name, fxGetKeyName(the, moduleID))))
		return XS_NO_ID;
	dot = strrchr(name, '.');
	if (dot != NULL && (strcmp(dot, ".js") == 0 || strcmp(dot, ".mjs") == 0))
		*dot = 0;
	if (findModule(name) == NULL) {
		fprintf(stderr, "module \"%s\" is not in the program%s%s\n", name, moduleID == XS_NO_ID ? "" : "; imported by ",
				moduleID == XS_NO_ID ? "" : fxGetKeyName(the, moduleID));
		return XS_NO_ID;
	}
	return fxNewNameC(the, name);
}

/* The engine runs a module right after fxResolveModule got its script, and then asks for its host functions. */
static const HostModule* starting;

static void buildBindings(txMachine* the)
{
	fxBuildHosts(the, starting->bindingCount, (txHostFunctionBuilder*)starting->bindings);
	mxPullSlot(mxResult);
}

static bool isComplete(const HostModule* module)
{
	for (int i = 0; i < module->bindingCount; i++) {
		if (module->bindings[i].address == NULL) {
			fprintf(stderr, "module \"%s\": there is no native \"%s\"\n", module->specifier, module->bindingNames[i]);
			return false;
		}
	}
	return true;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	const HostModule* it = findModule(fxGetKeyName(the, moduleID));
	txScript script = {.version = {XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION, 0}};
	if (it == NULL || !isComplete(it))
		return;
	starting = it;
	script.callback = it->bindingCount > 0 ? buildBindings : NULL;
	/* Without a symbolsBuffer the engine takes the code as it is and leaves it where it is. */
	script.codeBuffer = (txByte*)(hostCode + it->offset);
	script.codeSize = (txSize)it->byteLength;
	fxResolveModule(the, module, moduleID, &script, NULL, NULL);
}
