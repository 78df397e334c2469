/* A machine of its own: the engine's built-ins, the program's names and globals; every module is loaded when it is
 * asked for. */
#include "machine.h"

txMachine* hostCreateFresh(txCreation* creation)
{
	txMachine* the = fxCreateMachine(creation, "sotto", NULL, XS_NO_ID);
	if (the == NULL)
		return NULL;
	if (!hostRegisterNames(the)) {
		fprintf(stderr, "this program was compiled for another engine\n");
		return NULL;
	}
	fxBeginHost(the);
	hostInstallGlobals(the);
	fxEndHost(the);
	return the;
}
