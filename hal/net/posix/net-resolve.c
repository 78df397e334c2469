/*
 * Names to addresses on POSIX. getaddrinfo blocks, so it runs on threads of its own, never more than RESOLVE_THREADS;
 * the answer is posted to the VM and goes on to resolve.ts.
 */
#include "net-dns.h"
#include "net.h"
#include "hal/vm/vm.h"
#include "mc.xs.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define RESOLVE_THREADS 4
#define RESOLVE_ADDRESSES 8
/** Longest name of the DNS, with its end. */
#define RESOLVE_NAME_LENGTH DNS_NAME_LENGTH

typedef struct Query Query;
struct Query {
	Query* next;
	VmPost* post;
	xsSlot self;
	xsSlot* onResult;
	char name[RESOLVE_NAME_LENGTH];
	/** EAI_ code of getaddrinfo, with errno for EAI_SYSTEM. */
	int error, systemError;
	char addresses[RESOLVE_ADDRESSES][NET_ADDRESS_LENGTH];
	int count;
	/** For service records: the type asked for, and what was found; 0 and NULL for addresses. */
	int type;
	DnsAnswer* answer;
	bool done, remembered;
	/** On the queue or with a thread: the thread frees it when its owner has gone. */
	bool pending, abandoned;
	int calling;
};

/** Names waiting, and the threads at work: under the mutex. */
static struct {
	pthread_mutex_t mutex;
	Query* first;
	Query** last;
	int threads;
} resolver = {.mutex = PTHREAD_MUTEX_INITIALIZER, .last = &resolver.first};

static void resolveAdd(Query* query, const struct sockaddr* address, socklen_t byteLength)
{
	NetAddress copy = {.byteLength = byteLength};
	int port;
	if (query->count == RESOLVE_ADDRESSES)
		return;
	memcpy(&copy.storage, address, byteLength);
	netFormatAddress(&copy, query->addresses[query->count], &port);
	if (query->addresses[query->count][0])
		query->count++;
}

static void resolveLookUp(Query* query)
{
	if (query->answer) {
		dnsAsk(query->name, query->type, query->answer);
		return;
	}
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
	struct addrinfo* list = NULL;
	query->error = getaddrinfo(query->name, NULL, &hints, &list);
	query->systemError = errno;
	if (query->error)
		return;
	/* IPv4 first: it is what most phone networks carry. */
	for (int pass = 0; pass < 2; pass++)
		for (struct addrinfo* info = list; info; info = info->ai_next)
			if ((info->ai_family == AF_INET) == (pass == 0))
				resolveAdd(query, info->ai_addr, info->ai_addrlen);
	freeaddrinfo(list);
}

static void resolveFree(Query* query)
{
	free(query->answer);
	free(query);
}

static void* resolveRun(void* unused)
{
	(void)unused;
	pthread_mutex_lock(&resolver.mutex);
	while (resolver.first) {
		Query* query = resolver.first;
		resolver.first = query->next;
		if (!resolver.first)
			resolver.last = &resolver.first;
		if (!query->abandoned) {
			pthread_mutex_unlock(&resolver.mutex);
			resolveLookUp(query);
			pthread_mutex_lock(&resolver.mutex);
		}
		query->pending = false;
		query->done = true;
		if (query->abandoned)
			resolveFree(query);
		else
			vmPost(query->post);
	}
	resolver.threads--;
	pthread_mutex_unlock(&resolver.mutex);
	return NULL;
}

/** Puts a query on the queue and sees to it that a thread takes it; false, with errno, when none can be had. */
static bool resolveQueue(Query* query)
{
	bool served = true;
	pthread_mutex_lock(&resolver.mutex);
	if (resolver.threads < RESOLVE_THREADS) {
		pthread_t thread;
		int error = pthread_create(&thread, NULL, resolveRun, NULL);
		if (error == 0) {
			pthread_detach(thread);
			resolver.threads++;
		} else if (resolver.threads == 0) {
			served = false;
			errno = error;
		}
	}
	if (served) {
		query->pending = true;
		*resolver.last = query;
		resolver.last = &query->next;
	}
	pthread_mutex_unlock(&resolver.mutex);
	return served;
}

/** Frees the record, or leaves that to the thread that has it. */
static void resolveRelease(Query* query)
{
	pthread_mutex_lock(&resolver.mutex);
	bool pending = query->pending;
	VmPost* post = query->post;
	query->post = NULL;
	query->abandoned = true;
	pthread_mutex_unlock(&resolver.mutex);
	if (post)
		vmPostDelete(post);
	if (!pending)
		resolveFree(query);
}

void xs_net_resolve_destructor(void* data)
{
	if (data)
		resolveRelease(data);
}

static void resolveMark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Query* query = data;
	if (query->onResult)
		(*markRoot)(the, query->onResult);
}

static const xsHostHooks resolveHooks = {xs_net_resolve_destructor, resolveMark, NULL};

/** The query is over: its object no longer holds it. */
static void resolveDetach(xsMachine* the, Query* query, xsSlot* self)
{
	if (query->remembered)
		xsForget(query->self);
	query->remembered = false;
	xsmcSetHostData(*self, NULL);
}

/** Appends to the array in xsResult; xsVar(2) is used up. */
static void resolveNumber(xsMachine* the, xsIndex* at, int number)
{
	xsmcSetInteger(xsVar(2), number);
	xsmcSetIndex(xsResult, (*at)++, xsVar(2));
}

static void resolveText(xsMachine* the, xsIndex* at, const char* text)
{
	xsmcSetString(xsVar(2), (char*)text);
	xsmcSetIndex(xsResult, (*at)++, xsVar(2));
}

/** The fields of all records, one after the other, as dns.ts takes them apart. */
static void resolveRecords(xsMachine* the, const Query* query)
{
	xsIndex at = 0;
	for (int i = 0; i < query->answer->count; i++) {
		const DnsRecord* record = &query->answer->records[i];
		resolveNumber(the, &at, record->numbers[0]);
		resolveNumber(the, &at, record->numbers[1]);
		if (query->type == DNS_SRV)
			resolveNumber(the, &at, record->numbers[2]);
		else {
			resolveText(the, &at, record->flags);
			resolveText(the, &at, record->service);
		}
		resolveText(the, &at, record->name);
	}
}

static void resolveDeliver(xsMachine* the, void* refcon)
{
	Query* query = refcon;
	if (!query->done)
		return;
	xsBeginHost(the);
	xsmcVars(4);
	xsVar(0) = xsAccess(query->self);
	xsVar(1) = xsReference(query->onResult);
	resolveDetach(the, query, &xsVar(0));
	xsmcSetNewArray(xsResult, 0);
	for (int i = 0; i < query->count; i++) {
		xsmcSetString(xsVar(2), query->addresses[i]);
		xsmcSetIndex(xsResult, (xsIndex)i, xsVar(2));
	}
	xsmcSetInteger(xsVar(3), query->answer ? (xsIntegerValue)(query->answer->ttlSec & 0x7fffffff) : 0);
	if (query->answer && !query->answer->error)
		resolveRecords(the, query);
	if (query->answer && query->answer->error)
		xsmcSetString(xsVar(2), (char*)query->answer->error);
	else if (query->error) {
		const char* reason = query->error == EAI_SYSTEM	  ? netReason(query->systemError)
							 : query->error == EAI_NONAME ? "no such name"
							 : query->error == EAI_AGAIN  ? "the name server does not answer"
														  : gai_strerror(query->error);
		xsmcSetString(xsVar(2), (char*)reason);
	} else
		xsmcSetUndefined(xsVar(2));
	resolveRelease(query);
	xsCallFunction3(xsVar(1), xsVar(0), xsResult, xsVar(2), xsVar(3));
	xsEndHost(the);
}

void xs_net_resolve_constructor(xsMachine* the)
{
	Query* query = calloc(1, sizeof(*query));
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
	query->type = netInteger(the, &xsArg(0), xsID_type, "type", 0, 0, 65535);
	if (query->type != 0) {
		if (query->type != DNS_SRV && query->type != DNS_NAPTR)
			xsRangeError("type: expected %d or %d", DNS_SRV, DNS_NAPTR);
		query->answer = calloc(1, sizeof(*query->answer));
		if (!query->answer)
			xsUnknownError("out of memory");
	}
	query->post = vmPostNew(the, resolveDeliver, query);
	if (!query->post)
		xsUnknownError("out of memory");
	query->self = xsThis;
	xsRemember(query->self);
	query->remembered = true;
	NetAddress address;
	if (query->type == 0 && netParseAddress(query->name, 0, &address)) {
		resolveAdd(query, (struct sockaddr*)&address.storage, address.byteLength);
		query->done = true;
		vmPost(query->post);
	} else if (!resolveQueue(query)) {
		query->error = EAI_SYSTEM;
		query->systemError = errno;
		query->done = true;
		vmPost(query->post);
	}
}

void xs_net_resolve_close(xsMachine* the)
{
	Query* query = xsmcGetHostData(xsThis);
	if (!query)
		return;
	query = xsmcGetHostDataValidate(xsThis, (void*)&resolveHooks);
	resolveDetach(the, query, &xsThis);
	resolveRelease(query);
}
