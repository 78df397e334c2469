#include "flash-layout.h"

const FlashPartition flashPartitions[] = {
	{"device.key", 0, 1},
	{"settings.flash", 1, 32},
	{"secrets.flash", 33, 64},
	/* For tests of the store, in the place of a phone's secrets and behind them. */
	{"store.flash", 33, 64},
	{"other.flash", 97, 31},
	{NULL, 0, 0},
};
