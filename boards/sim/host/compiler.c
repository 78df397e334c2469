/*
 * The engine's parser as a program of its own, run by the builder: modules in, bytecode out that the phone runs where
 * it lies in its executable. Names get the identifiers they will have in the phone's machine, because that machine
 * registers the same names in the same order before anything else; so code needs no relocation and can be constant.
 *
 *     compiler LIST CODE NAMES INDEX [lines|unnamed]
 *
 * LIST has a line for each module: specifier, tab, file, tab, name for stack traces. CODE is all code, NAMES all new
 * names (zero-terminated, in order), INDEX text: "keys FIRST COUNT", then for each module "module OFFSET LENGTH
 * SPECIFIER", for each function that is in no other "code OFFSET LENGTH", and for each of its natives "host LENGTH
 * IDENTIFIER NAME". With `lines`, code keeps files and lines; with
 * `unnamed`, it forgets what local variables are called.
 */
#include "xsAll.h"
#include "xsScript.h"
#include "code.h"

/* In the engine's xsRun.c, which declares it for itself alone. */
extern void fxRemapIDs(txMachine* the, txByte* codeBuffer, txSize codeSize, txID* theIDs);

static struct {
	FILE* code;
	FILE* index;
	long offset;
	bool lines;
	bool unnamedLocals;
	bool failed;
} output;

static void reportParse(void* console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	fprintf(stderr, "%s:%d: ", path != NULL ? path : "?", (int)line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	output.failed = true;
}

/* FILE.map gives the positions of the source that FILE was made from. */
static txScript* parse(txMachine* the, const char* file, const char* shown)
{
	txParser storage;
	txParser* parser = &storage;
	txParserJump jump;
	txScript* volatile script = NULL;
	FILE* stream = fopen(file, "r");
	FILE* volatile map = NULL;
	txString mapName = NULL;
	char mapFile[C_PATH_MAX];
	const txUnsigned flags = mxCFlag | (output.lines ? mxDebugFlag : 0);
	if (stream == NULL) {
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		return NULL;
	}
	snprintf(mapFile, sizeof mapFile, "%s.map", file);
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	parser->reportError = reportParse;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser->path = fxNewParserSymbol(parser, (txString)file);
		fxParserTree(parser, stream, (txGetter)fgetc, flags, &mapName);
		map = output.lines ? fopen(mapFile, "r") : NULL;
		if (map != NULL) {
			fxParserSourceMap(parser, map, (txGetter)fgetc, flags, &mapName);
			/* Another path than the nodes have: this is what makes the coder look their lines up. */
			parser->path = fxNewParserSymbol(parser, (txString)shown);
		}
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fclose(stream);
	if (map != NULL)
		fclose(map);
	if (parser->errorCount > 0)
		output.failed = true;
	fxTerminateParser(parser);
	return script;
}

/* The code of a function behind one of the three instructions that have it. */
static void indexFunction(const txByte* start, const txByte* p, const txByte** functionEnd)
{
	const txByte* code;
	long byteLength;
	if (p < *functionEnd)
		return;
	switch (*(const txU1*)p) {
	case XS_CODE_CODE_1:
		code = p + 2;
		byteLength = *(const txS1*)(p + 1);
		break;
	case XS_CODE_CODE_2: {
		txS2 length;
		memcpy(&length, p + 1, sizeof length);
		code = p + 3;
		byteLength = length;
		break;
	}
	default: {
		txS4 length;
		memcpy(&length, p + 1, sizeof length);
		code = p + 5;
		byteLength = length;
	}
	}
	fprintf(output.index, "code %ld %ld\n", output.offset + (long)(code - start), byteLength);
	*functionEnd = code + byteLength;
}

/* The forms that are run in place: the engine then points into the code instead of copying it. */
static void rewriteInPlace(txByte* p, const txByte* end)
{
	const txByte* const start = p;
	const txByte* functionEnd = p;
	while (p < end) {
		const txU1 code = *(txU1*)p;
		const size_t byteLength = codeByteLength(p);
		if (code == XS_CODE_CODE_1 || code == XS_CODE_CODE_2 || code == XS_CODE_CODE_4)
			indexFunction(start, p, &functionEnd);
		switch (code) {
		case XS_CODE_CODE_1:
			*(txU1*)p = XS_CODE_CODE_ARCHIVE_1;
			break;
		case XS_CODE_CODE_2:
			*(txU1*)p = XS_CODE_CODE_ARCHIVE_2;
			break;
		case XS_CODE_CODE_4:
			*(txU1*)p = XS_CODE_CODE_ARCHIVE_4;
			break;
		case XS_CODE_STRING_1:
			*(txU1*)p = XS_CODE_STRING_ARCHIVE_1;
			break;
		case XS_CODE_STRING_2:
			*(txU1*)p = XS_CODE_STRING_ARCHIVE_2;
			break;
		case XS_CODE_STRING_4:
			*(txU1*)p = XS_CODE_STRING_ARCHIVE_4;
			break;
		}
		p += byteLength;
	}
}

/* Which symbols something else than a local variable is called by. */
static void markNames(const txScript* script, bool* isName)
{
	const txByte* p = script->codeBuffer;
	const txByte* end = p + script->codeSize;
	while (p < end) {
		const txU1 code = *(const txU1*)p;
		if (codeHasID(p) && code != XS_CODE_NEW_LOCAL && code != XS_CODE_NEW_CLOSURE)
			isName[codeID(p)] = true;
		p += codeByteLength(p);
	}
	if (script->hostsBuffer != NULL) {
		txByte* host = script->hostsBuffer;
		txID count;
		mxDecodeID(host, count);
		for (txID i = 0; i < count; i++) {
			txID id;
			host++;
			mxDecodeID(host, id);
			isName[id] = true;
			host += strlen((char*)host) + 1;
		}
	}
}

static txID* registerSymbols(txMachine* the, txScript* script)
{
	txByte* p = script->symbolsBuffer;
	txID count;
	txID* ids;
	bool* isName;
	mxDecodeID(p, count);
	ids = calloc((size_t)count + 1, sizeof(txID));
	isName = calloc((size_t)count + 1, sizeof(bool));
	memset(isName, !output.unnamedLocals, (size_t)count + 1);
	markNames(script, isName);
	ids[0] = XS_NO_ID;
	for (txID i = 1; i < count; i++) {
		/* A variable's name is for messages alone; a private field is found by it. */
		ids[i] = fxNewNameC(the, isName[i] || *p == '#' ? (txString)p : (txString) "(variable)");
		p += strlen((char*)p) + 1;
	}
	free(isName);
	return ids;
}

static void writeModule(txMachine* the, const char* specifier, txScript* script)
{
	txID* ids = registerSymbols(the, script);
	fxNewNameC(the, (txString)specifier);
	fxRemapIDs(the, script->codeBuffer, script->codeSize, ids);
	fprintf(output.index, "module %ld %ld %s\n", output.offset, (long)script->codeSize, specifier);
	rewriteInPlace(script->codeBuffer, script->codeBuffer + script->codeSize);
	fwrite(script->codeBuffer, 1, (size_t)script->codeSize, output.code);
	output.offset += script->codeSize;
	if (script->hostsBuffer != NULL) {
		txByte* p = script->hostsBuffer;
		txID count;
		mxDecodeID(p, count);
		for (txID i = 0; i < count; i++) {
			int length = *(txS1*)p++;
			txID id;
			mxDecodeID(p, id);
			if (id != XS_NO_ID)
				id = ids[id];
			fprintf(output.index, "host %d %ld %s\n", length, id == XS_NO_ID ? -1L : (long)id, (char*)p);
			p += strlen((char*)p) + 1;
		}
	}
	free(ids);
}

static void compileList(txMachine* the, FILE* list)
{
	char* line = NULL;
	size_t size = 0;
	while (getline(&line, &size, list) > 0) {
		char* specifier = strtok(line, "\t");
		char* file = strtok(NULL, "\t");
		char* shown = strtok(NULL, "\n");
		txScript* script = shown != NULL ? parse(the, file, shown) : NULL;
		if (script != NULL) {
			writeModule(the, specifier, script);
			fxDeleteScript(script);
		} else
			output.failed = true;
	}
	free(line);
}

static void writeNames(txMachine* the, txID first, FILE* names)
{
	for (txID id = first; id < the->keyIndex; id++) {
		const char* name = fxGetKeyName(the, id);
		fwrite(name, 1, strlen(name) + 1, names);
	}
	fprintf(output.index, "keys %ld %ld\n", (long)first, (long)(the->keyIndex - first));
}

int main(int argc, char* argv[])
{
	txCreation creation = {
		.initialChunkSize = 1 << 20,
		.incrementalChunkSize = 1 << 20,
		.initialHeapCount = 1 << 16,
		.incrementalHeapCount = 1 << 16,
		.stackCount = 4096,
		.initialKeyCount = 16384,
		.incrementalKeyCount = 4096,
		.nameModulo = 1993,
		.symbolModulo = 127,
		/* The longest source map must fit. */
		.parserBufferSize = 4 << 20,
		.parserTableModulo = 1993,
	};
	FILE *list, *names;
	txMachine* the;
	txID first;
	if (argc < 5)
		return 2;
	list = fopen(argv[1], "r");
	output.code = fopen(argv[2], "w");
	names = fopen(argv[3], "w");
	output.index = fopen(argv[4], "w");
	output.lines = argc > 5 && strcmp(argv[5], "lines") == 0;
	output.unnamedLocals = argc > 5 && strcmp(argv[5], "unnamed") == 0;
	if (list == NULL || output.code == NULL || names == NULL || output.index == NULL) {
		perror("compiler");
		return 2;
	}
	fxInitializeSharedCluster();
	the = fxCreateMachine(&creation, "compiler", NULL, XS_NO_ID);
	first = the->keyIndex;
	fxBeginHost(the);
	compileList(the, list);
	fxEndHost(the);
	writeNames(the, first, names);
	if (fclose(output.code) != 0 || fclose(names) != 0 || fclose(output.index) != 0) {
		perror("compiler");
		return 2;
	}
	fclose(list);
	fxDeleteMachine(the);
	fxTerminateSharedCluster();
	return output.failed ? 1 : 0;
}

/* ---- What the engine asks of a host; nothing is ever run here ---- */

txID fxFindModule(txMachine* the, txSlot* realm, txID moduleID, txSlot* slot)
{
	(void)the;
	(void)realm;
	(void)moduleID;
	(void)slot;
	return XS_NO_ID;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	(void)the;
	(void)module;
	(void)moduleID;
}

void fxQueuePromiseJobs(txMachine* the)
{
	(void)the;
}

void fxAbort(txMachine* the, int status)
{
	(void)the;
	fprintf(stderr, "the compiler's engine stopped (%d)\n", status);
	exit(2);
}
