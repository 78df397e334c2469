/*
 * The machine begins with the heap that the builder left in flash: built-ins and modules as they were once all of them
 * had been loaded (boards/virt-rv32/seed). What is written to is copied to RAM by the engine.
 */
#include "machine.h"

/* Made by the builder. */
extern const txPreparation hostPreparation;

txMachine* hostCreateMachine(txCreation* creation)
{
	/* Only read, by an engine that has no const. */
	return fxPrepareMachine(creation, (txPreparation*)(uintptr_t)&hostPreparation, "sotto", NULL, NULL);
}
