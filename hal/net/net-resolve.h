/*
 * A name that is being looked up: net-resolve.c has the side that scripts see, a port (posix/net-look-up.c,
 * virt/net-look-up-lwip.c) finds the addresses.
 */
#ifndef SOTTO_HAL_NET_RESOLVE_H
#define SOTTO_HAL_NET_RESOLVE_H

#include "net.h"
#include "hal/vm/vm.h"

#define RESOLVE_ADDRESSES 8
/** Longest name of the DNS, with its end. */
#define RESOLVE_NAME_LENGTH 256

typedef struct NetQuery NetQuery;
struct NetQuery {
	/** For the port's own queue. */
	NetQuery* next;
	char name[RESOLVE_NAME_LENGTH];
	/** What the port found, in the order of trying; or why there is none, in plain words that last. */
	char addresses[RESOLVE_ADDRESSES][NET_ADDRESS_LENGTH];
	int count;
	const char* reason;
	/** Nobody waits for it any more: the port need not look. */
	bool abandoned;

	/* Of net-resolve.c. */
	VmPost* post;
	xsSlot self;
	xsSlot* onResult;
	/** `pending`: the port has it. */
	bool pending, done, remembered;
};

/** Of the port, on the VM thread without the lock: begins to look, and calls netLookedUp once, maybe before this
 * returns. */
void netLookUp(NetQuery* query);
/** The port has nothing more to do with it; it may be freed in here. With the lock held. */
void netLookedUp(NetQuery* query);
/** Adds an address, if there is room. */
void netLookUpAdd(NetQuery* query, const NetAddress* address);

#endif
