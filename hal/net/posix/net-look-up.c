/*
 * Names to addresses by the system. getaddrinfo blocks, so it runs on threads of its own, never more than
 * RESOLVE_THREADS; net-resolve.c gives it names and takes addresses.
 */
#include "net-resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>

#define RESOLVE_THREADS 4

/** Names waiting, and the threads at work: under the lock. */
static struct {
	NetQuery* first;
	NetQuery** last;
	int threads;
} resolver = {.last = &resolver.first};

static const char* resolveReason(int error, int systemError)
{
	switch (error) {
	case EAI_SYSTEM:
		return netReason(systemError);
	case EAI_NONAME:
		return "no such name";
	case EAI_AGAIN:
		return "the name server does not answer";
	default:
		return "it cannot be looked up";
	}
}

static void resolveAsk(NetQuery* query)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
	struct addrinfo* list = NULL;
	int error = getaddrinfo(query->name, NULL, &hints, &list);
	if (error) {
		query->reason = resolveReason(error, errno);
		return;
	}
	/* IPv4 first: it is what most phone networks carry. */
	for (int pass = 0; pass < 2; pass++)
		for (struct addrinfo* info = list; info; info = info->ai_next) {
			NetAddress address = {.byteLength = info->ai_addrlen};
			if ((info->ai_family == AF_INET) != (pass == 0))
				continue;
			memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
			netLookUpAdd(query, &address);
		}
	freeaddrinfo(list);
}

static void* resolveRun(void* unused)
{
	(void)unused;
	netLock();
	while (resolver.first) {
		NetQuery* query = resolver.first;
		resolver.first = query->next;
		if (!resolver.first)
			resolver.last = &resolver.first;
		if (!query->abandoned) {
			netUnlock();
			resolveAsk(query);
			netLock();
		}
		netLookedUp(query);
	}
	resolver.threads--;
	netUnlock();
	return NULL;
}

void netLookUp(NetQuery* query)
{
	netLock();
	int error = 0;
	if (resolver.threads < RESOLVE_THREADS) {
		pthread_t thread;
		error = pthread_create(&thread, NULL, resolveRun, NULL);
		if (error == 0) {
			pthread_detach(thread);
			resolver.threads++;
		}
	}
	if (resolver.threads > 0) {
		*resolver.last = query;
		resolver.last = &query->next;
	} else {
		query->reason = netReason(error);
		netLookedUp(query);
	}
	netUnlock();
}
