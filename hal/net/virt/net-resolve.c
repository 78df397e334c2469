/* Names to addresses on a bare board: lwIP asks the name server that DHCP or the setting told. IPv4. */
#include "../net.h"
#include "hal/machine/virt/machine.h"
#include "hal/vm/vm.h"
#include "mc.xs.h"
#include <lwip/dns.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LENGTH 256
/* How long it is good that there are no service records. */
#define SERVICE_TTL_SEC 3600

typedef struct {
	VmPost* post;
	xsSlot self;
	xsSlot* onResult;
	char name[NAME_LENGTH];
	char address[NET_ADDRESS_LENGTH];
	/* asked: lwIP will call back; it frees the record when its owner has gone. */
	bool done, remembered, asked, abandoned;
	/* It is about service records, of which lwIP knows nothing: there are none. */
	bool service;
} Query;

static void found(const char* name, const ip_addr_t* address, void* refcon)
{
	Query* query = refcon;
	(void)name;
	query->asked = false;
	if (query->abandoned) {
		free(query);
		return;
	}
	if (address != NULL)
		ipaddr_ntoa_r(address, query->address, sizeof query->address);
	query->done = true;
	vmPost(query->post);
}

static void ask(Query* query)
{
	uint32_t before = machineMask();
	ip_addr_t address;
	err_t error = dns_gethostbyname(query->name, &address, found, query);
	query->asked = error == ERR_INPROGRESS;
	if (error == ERR_OK)
		ipaddr_ntoa_r(&address, query->address, sizeof query->address);
	if (!query->asked) {
		query->done = true;
		vmPost(query->post);
	}
	machineUnmask(before);
}

static void release(Query* query)
{
	uint32_t before = machineMask();
	VmPost* post = query->post;
	bool asked = query->asked;
	query->post = NULL;
	query->abandoned = true;
	machineUnmask(before);
	vmPostDelete(post);
	if (!asked)
		free(query);
}

void xs_net_resolve_destructor(void* data)
{
	if (data)
		release(data);
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Query* query = data;
	if (query->onResult)
		(*markRoot)(the, query->onResult);
}

static const xsHostHooks resolveHooks = {xs_net_resolve_destructor, mark, NULL};

/* The query is over: its object no longer holds it. */
static void detach(xsMachine* the, Query* query, xsSlot* self)
{
	if (query->remembered)
		xsForget(query->self);
	query->remembered = false;
	xsmcSetHostData(*self, NULL);
}

static void deliver(xsMachine* the, void* refcon)
{
	Query* query = refcon;
	if (!query->done)
		return;
	xsBeginHost(the);
	xsmcVars(4);
	xsVar(0) = xsAccess(query->self);
	xsVar(1) = xsReference(query->onResult);
	detach(the, query, &xsVar(0));
	xsmcSetNewArray(xsResult, 0);
	if (query->address[0] != 0) {
		xsmcSetString(xsVar(2), query->address);
		xsmcSetIndex(xsResult, 0, xsVar(2));
		xsmcSetUndefined(xsVar(2));
	} else if (query->service)
		xsmcSetUndefined(xsVar(2));
	else
		xsmcSetString(xsVar(2), "the name server does not know it or does not answer");
	xsmcSetInteger(xsVar(3), SERVICE_TTL_SEC);
	release(query);
	xsCallFunction3(xsVar(1), xsVar(0), xsResult, xsVar(2), xsVar(3));
	xsEndHost(the);
}

void xs_net_resolve_constructor(xsMachine* the)
{
	Query* query = calloc(1, sizeof *query);
	if (!query)
		xsUnknownError("out of memory");
	query->post = vmPostNew(the, deliver, query);
	if (!query->post) {
		free(query);
		xsUnknownError("out of memory");
	}
	xsmcSetHostData(xsThis, query);
	xsSetHostHooks(xsThis, (xsHostHooks*)&resolveHooks);
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_name);
	const char* name = xsmcToString(xsVar(0));
	if (!*name || strlen(name) >= sizeof query->name)
		xsRangeError("name: expected 1..%d characters", NAME_LENGTH - 1);
	strcpy(query->name, name);
	query->onResult = netCallback(the, &xsArg(0), xsID_onResult);
	if (!query->onResult)
		xsTypeError("onResult: missing");
	xsmcGet(xsVar(0), xsArg(0), xsID_type);
	query->service = xsmcTypeOf(xsVar(0)) != xsUndefinedType;
	query->self = xsThis;
	xsRemember(query->self);
	query->remembered = true;
	if (query->service) {
		query->done = true;
		vmPost(query->post);
	} else
		ask(query);
}

void xs_net_resolve_close(xsMachine* the)
{
	Query* query = xsmcGetHostData(xsThis);
	if (!query)
		return;
	query = xsmcGetHostDataValidate(xsThis, (void*)&resolveHooks);
	detach(the, query, &xsThis);
	release(query);
}
