/*
 * Listening for TCP on POSIX: the I/O thread accepts into a short queue; listener.ts takes connections from it on the
 * VM thread, and each goes on as a TCP object.
 */
#include "net.h"
#include "hal/vm/vm.h"
#include "mc.xs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/** Accepted connections that may wait here, and more that may wait with the kernel. */
#define LISTENER_PENDING 16
#define LISTENER_BACKLOG 64
/** How long to leave the kernel's queue alone when this process has no descriptor left. */
#define LISTENER_PAUSE_MS 100

typedef struct {
	NetEntry entry;
	VmPost* post;
	xsSlot self;
	xsSlot* onReadable;
	int pending[LISTENER_PENDING];
	int count;
	bool fresh, watched, remembered;
	int calling;
	bool closed;
} NetListener;

static void listenerStop(NetListener* listener)
{
	if (listener->watched)
		netRemove(&listener->entry);
	listener->watched = false;
	if (listener->post)
		vmPostDelete(listener->post);
	listener->post = NULL;
	if (listener->entry.fd >= 0)
		close(listener->entry.fd);
	listener->entry.fd = -1;
	while (listener->count > 0)
		close(listener->pending[--listener->count]);
}

void xs_net_listener_destructor(void* data)
{
	NetListener* listener = data;
	if (!listener)
		return;
	listenerStop(listener);
	free(listener);
}

static void listenerMark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	NetListener* listener = data;
	if (listener->onReadable)
		(*markRoot)(the, listener->onReadable);
}

static const xsHostHooks listenerHooks = {xs_net_listener_destructor, listenerMark, NULL};

static NetListener* listenerThis(xsMachine* the)
{
	NetListener* listener = xsmcGetHostDataValidate(xsThis, (void*)&listenerHooks);
	if (!listener)
		xsUnknownError("listener is closed");
	return listener;
}

static void listenerReady(NetEntry* entry, short revents)
{
	NetListener* listener = entry->owner;
	(void)revents;
	while (listener->count < LISTENER_PENDING) {
		int fd = accept(entry->fd, NULL, NULL);
		if (fd >= 0) {
			fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
			fcntl(fd, F_SETFD, FD_CLOEXEC);
			listener->pending[listener->count++] = fd;
			listener->fresh = true;
			vmPost(listener->post);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			entry->events = 0;
			entry->deadlineMs = netNowMs() + LISTENER_PAUSE_MS;
			return;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		/* Any other error belongs to a connection that is gone again. */
	}
	entry->events = listener->count < LISTENER_PENDING ? POLLIN : 0;
}

static void listenerDeliver(xsMachine* the, void* refcon)
{
	NetListener* listener = refcon;
	listener->calling++;
	netLock();
	int count = listener->fresh ? listener->count : 0;
	listener->fresh = false;
	netUnlock();
	if (count && listener->onReadable) {
		xsBeginHost(the);
		xsmcSetInteger(xsResult, count);
		xsCallFunction1(xsReference(listener->onReadable), listener->self, xsResult);
		xsEndHost(the);
	}
	if (--listener->calling == 0 && listener->closed)
		free(listener);
}

/** Gives up a listener that could not be opened; its descriptor must not wait for the garbage collector. */
static void listenerFail(xsMachine* the, NetListener* listener, const NetAddress* address)
{
	int error = errno;
	listenerStop(listener);
	netThrow(the, "cannot listen on", address, error);
}

void xs_net_listener_constructor(xsMachine* the)
{
	NetListener* listener = calloc(1, sizeof(*listener));
	if (!listener)
		xsUnknownError("out of memory");
	listener->entry =
		(NetEntry){.fd = -1, .events = POLLIN, .ready = listenerReady, .owner = listener, .pollIndex = -1};
	xsmcSetHostData(xsThis, listener);
	xsSetHostHooks(xsThis, (xsHostHooks*)&listenerHooks);

	NetAddress address;
	netAddressOption(the, &xsArg(0), "0.0.0.0", 0, &address);
	listener->onReadable = netCallback(the, &xsArg(0), xsID_onReadable);
	netTarget(the, &xsThis, &xsArg(0));
	listener->entry.fd = netSocket(&address, SOCK_STREAM);
	/* Connections of a server that has just ended do not keep its port. */
	int on = 1;
	if (listener->entry.fd < 0 || setsockopt(listener->entry.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
		bind(listener->entry.fd, (struct sockaddr*)&address.storage, address.byteLength) ||
		listen(listener->entry.fd, LISTENER_BACKLOG))
		listenerFail(the, listener, &address);
	listener->post = vmPostNew(the, listenerDeliver, listener);
	if (!listener->post)
		xsUnknownError("out of memory");
	if (!netAdd(&listener->entry))
		listenerFail(the, listener, &address);
	listener->watched = true;
	listener->self = xsThis;
	xsRemember(listener->self);
	listener->remembered = true;
}

void xs_net_listener_close(xsMachine* the)
{
	NetListener* listener = xsmcGetHostData(xsThis);
	if (!listener)
		return;
	listener = xsmcGetHostDataValidate(xsThis, (void*)&listenerHooks);
	if (listener->remembered)
		xsForget(listener->self);
	xsmcSetHostData(xsThis, NULL);
	listenerStop(listener);
	listener->closed = true;
	if (!listener->calling)
		free(listener);
}

/* Puts the oldest waiting connection into the empty TCP object given; false when none waits. */
void xs_net_listener_accept(xsMachine* the)
{
	NetListener* listener = listenerThis(the);
	int fd = -1;
	netLock();
	if (listener->count > 0) {
		fd = listener->pending[0];
		listener->count--;
		for (int i = 0; i < listener->count; i++)
			listener->pending[i] = listener->pending[i + 1];
		if (!listener->entry.events && !listener->entry.deadlineMs) {
			listener->entry.events = POLLIN;
			netWake();
		}
	}
	netUnlock();
	if (fd >= 0)
		netTcpAdopt(the, &xsArg(0), fd);
	xsmcSetBoolean(xsResult, fd >= 0);
}

void xs_net_listener_get_port(xsMachine* the)
{
	NetListener* listener = listenerThis(the);
	NetAddress address = {.byteLength = sizeof(address.storage)};
	char text[NET_ADDRESS_LENGTH];
	int port = 0;
	if (!getsockname(listener->entry.fd, (struct sockaddr*)&address.storage, &address.byteLength))
		netFormatAddress(&address, text, &port);
	xsmcSetInteger(xsResult, port);
}
