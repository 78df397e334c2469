/*
 * The program's modules: from specifier to source file to the engine's script. The builder writes program.map, one line
 * for each module: specifier, tab, lowered file, tab, name for stack traces.
 */
#include "machine.h"

typedef struct {
	char* specifier;
	char* file;
	char* shown;
} ProgramModule;

static struct {
	ProgramModule* modules;
	int count;
} program;

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

static int compareModules(const void* a, const void* b)
{
	return strcmp(((const ProgramModule*)a)->specifier, ((const ProgramModule*)b)->specifier);
}

bool hostOpenProgram(const char* file)
{
	FILE* stream = fopen(file, "r");
	char* line = NULL;
	size_t size = 0;
	int capacity = 0;
	if (stream == NULL)
		return false;
	while (getline(&line, &size, stream) > 0) {
		char* specifier = strtok(line, "\t");
		char* source = strtok(NULL, "\t");
		char* shown = strtok(NULL, "\n");
		if (shown == NULL)
			continue;
		if (program.count == capacity) {
			capacity = capacity * 2 + 64;
			program.modules = realloc(program.modules, sizeof(ProgramModule) * (size_t)capacity);
			if (program.modules == NULL)
				abort();
		}
		program.modules[program.count++] = (ProgramModule){strdup(specifier), strdup(source), strdup(shown)};
	}
	free(line);
	fclose(stream);
	qsort(program.modules, (size_t)program.count, sizeof(ProgramModule), compareModules);
	return true;
}

static const ProgramModule* findModule(const char* specifier)
{
	ProgramModule key = {.specifier = (char*)specifier};
	if (program.count == 0)
		return NULL;
	return bsearch(&key, program.modules, (size_t)program.count, sizeof(ProgramModule), compareModules);
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

/* ---- Host functions of one module: the C entry points its `@` bodies name ---- */

/* The engine runs a module right after fxResolveModule got its script, and then asks for its host functions. */
static struct {
	int count;
	txHostFunctionBuilder* builders;
} moduleHosts;

static void buildModuleHosts(txMachine* the)
{
	fxBuildHosts(the, moduleHosts.count, moduleHosts.builders);
	mxPullSlot(mxResult);
}

/* hostsBuffer: a count, then for each its argument count, the symbol of its name and the C name. */
static bool bindHosts(txMachine* the, txScript* script, const char* shown)
{
	txByte* p = script->symbolsBuffer;
	txString* symbols;
	txID count, id;
	bool ok = true;
	mxDecodeID(p, count);
	symbols = calloc((size_t)count + 1, sizeof(txString));
	for (txID i = 1; i < count; i++) {
		symbols[i] = (txString)p;
		p += strlen((char*)p) + 1;
	}
	p = script->hostsBuffer;
	mxDecodeID(p, count);
	/* It stays for as long as the program: the engine keeps pointers to it. */
	moduleHosts.builders = calloc((size_t)count, sizeof(txHostFunctionBuilder));
	moduleHosts.count = count;
	for (txID i = 0; i < count; i++) {
		txHostFunctionBuilder* builder = moduleHosts.builders + i;
		builder->length = *p++;
		mxDecodeID(p, id);
		builder->id = id == XS_NO_ID ? XS_NO_ID : fxNewNameC(the, symbols[id]);
		builder->callback = (txCallback)hostFindNative((char*)p);
		if (builder->callback == NULL) {
			fprintf(stderr, "%s: there is no native \"%s\"\n", shown, (char*)p);
			ok = false;
		}
		p += strlen((char*)p) + 1;
	}
	free(symbols);
	if (ok)
		script->callback = buildModuleHosts;
	return ok;
}

static void reportParse(void* console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	fprintf(stderr, "%s:%d: ", path != NULL ? path : "?", (int)line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

/* The lowered file, with positions of the source it was made from (FILE.map). */
static txScript* parseModule(txMachine* the, const ProgramModule* module)
{
	txParser storage;
	txParser* parser = &storage;
	txParserJump jump;
	txScript* volatile script = NULL;
	FILE* stream = fopen(module->file, "r");
	FILE* volatile map = NULL;
	txString mapName = NULL;
	char mapFile[C_PATH_MAX];
	const txUnsigned flags = mxCFlag | mxDebugFlag;
	if (stream == NULL)
		return NULL;
	snprintf(mapFile, sizeof mapFile, "%s.map", module->file);
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser->reportError = reportParse;
		parser->path = fxNewParserSymbol(parser, module->file);
		fxParserTree(parser, stream, (txGetter)fgetc, flags, &mapName);
		map = fopen(mapFile, "r");
		if (map != NULL) {
			mapName = mapFile;
			fxParserSourceMap(parser, map, (txGetter)fgetc, flags, &mapName);
			/* Another path than the nodes have: this is what makes the coder look their lines up. */
			parser->path = fxNewParserSymbol(parser, module->shown);
		}
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fclose(stream);
	if (map != NULL)
		fclose(map);
	if (the->peakParserSize < parser->total)
		the->peakParserSize = parser->total;
	fxTerminateParser(parser);
	return script;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	const ProgramModule* it = findModule(fxGetKeyName(the, moduleID));
	txScript* script = it != NULL ? parseModule(the, it) : NULL;
	if (script == NULL)
		return;
	if (script->hostsBuffer != NULL && !bindHosts(the, script, it->shown)) {
		fxDeleteScript(script);
		return;
	}
	fxResolveModule(the, module, moduleID, script, NULL, NULL);
}
