/* Of a program that has no heap at hand (boards/virt-rv32/host/preloaded.c has one). */
#include "machine.h"

txMachine* hostCreateMachine(txCreation* creation)
{
	return hostCreateFresh(creation);
}
