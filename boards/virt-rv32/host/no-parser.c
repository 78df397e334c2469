/* Programs come as bytecode: eval and Function throw a SyntaxError, and the engine's parser is not linked. */
#include "xsAll.h"
#include "xsScript.h"

txScript* fxParseScript(txMachine* the, void* stream, txGetter getter, txUnsigned flags)
{
	(void)the;
	(void)stream;
	(void)getter;
	(void)flags;
	return NULL;
}
