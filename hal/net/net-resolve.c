/*
 * Names to addresses, as scripts see it: a query begins here on the VM thread, a port looks the name up, and the answer
 * is posted to the VM and goes on to resolve.ts.
 */
#include "net-resolve.h"
#include "mc.xs.h"

#include <stdlib.h>
#include <string.h>

/** Frees the record, or leaves that to the port while it has it. */
static void resolveRelease(NetQuery* query)
{
	netLock();
	bool pending = query->pending;
	VmPost* post = query->post;
	query->post = NULL;
	query->abandoned = true;
	netUnlock();
	if (post)
		vmPostDelete(post);
	if (!pending)
		free(query);
}

void xs_net_resolve_destructor(void* data)
{
	if (data)
		resolveRelease(data);
}

static void resolveMark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	NetQuery* query = data;
	if (query->onResult)
		(*markRoot)(the, query->onResult);
}

static const xsHostHooks resolveHooks = {xs_net_resolve_destructor, resolveMark, NULL};

/** The query is over: its object no longer holds it. */
static void resolveDetach(xsMachine* the, NetQuery* query, xsSlot* self)
{
	if (query->remembered)
		xsForget(query->self);
	query->remembered = false;
	xsmcSetHostData(*self, NULL);
}

static void resolveDeliver(xsMachine* the, void* refcon)
{
	NetQuery* query = refcon;
	if (!query->done)
		return;
	xsBeginHost(the);
	xsmcVars(3);
	xsVar(0) = xsAccess(query->self);
	xsVar(1) = xsReference(query->onResult);
	resolveDetach(the, query, &xsVar(0));
	xsmcSetNewArray(xsResult, 0);
	for (int i = 0; i < query->count; i++) {
		xsmcSetString(xsVar(2), query->addresses[i]);
		xsmcSetIndex(xsResult, (xsIndex)i, xsVar(2));
	}
	if (query->count == 0 && query->reason)
		xsmcSetString(xsVar(2), (char*)query->reason);
	else
		xsmcSetUndefined(xsVar(2));
	resolveRelease(query);
	xsCallFunction2(xsVar(1), xsVar(0), xsResult, xsVar(2));
	xsEndHost(the);
}

void netLookUpAdd(NetQuery* query, const NetAddress* address)
{
	int port;
	if (query->count == RESOLVE_ADDRESSES)
		return;
	netFormatAddress(address, query->addresses[query->count], &port);
	if (query->addresses[query->count][0])
		query->count++;
}

void netLookedUp(NetQuery* query)
{
	query->pending = false;
	query->done = true;
	if (query->abandoned)
		free(query);
	else
		vmPost(query->post);
}

void xs_net_resolve_constructor(xsMachine* the)
{
	NetQuery* query = calloc(1, sizeof(*query));
	if (!query)
		xsUnknownError("out of memory");
	xsmcSetHostData(xsThis, query);
	xsSetHostHooks(xsThis, (xsHostHooks*)&resolveHooks);
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_name);
	const char* name = xsmcToString(xsVar(0));
	if (!*name || strlen(name) >= sizeof(query->name))
		xsRangeError("name: expected 1..%d characters", RESOLVE_NAME_LENGTH - 1);
	strcpy(query->name, name);
	query->onResult = netCallback(the, &xsArg(0), xsID_onResult);
	if (!query->onResult)
		xsTypeError("onResult: missing");
	query->post = vmPostNew(the, resolveDeliver, query);
	if (!query->post)
		xsUnknownError("out of memory");
	query->self = xsThis;
	xsRemember(query->self);
	query->remembered = true;
	NetAddress address;
	if (netParseAddress(query->name, 0, &address)) {
		netLookUpAdd(query, &address);
		query->done = true;
		vmPost(query->post);
	} else {
		query->pending = true;
		netLookUp(query);
	}
}

void xs_net_resolve_close(xsMachine* the)
{
	NetQuery* query = xsmcGetHostData(xsThis);
	if (!query)
		return;
	query = xsmcGetHostDataValidate(xsThis, (void*)&resolveHooks);
	resolveDetach(the, query, &xsThis);
	resolveRelease(query);
}
