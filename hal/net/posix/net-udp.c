/*
 * Datagrams on POSIX. The I/O thread fills a bounded queue and the error list; udp.ts reads them on the VM thread.
 * Sending needs no thread: a datagram goes out at once or not at all.
 */
#include "net.h"
#include "hal/vm/vm.h"
#include "mc.xs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/errqueue.h>
#include <netinet/in.h>
#endif

/** A small board takes no longer ones. */
#ifndef UDP_DATAGRAM_MAXIMUM
#define UDP_DATAGRAM_MAXIMUM 65536
#endif
#define UDP_QUEUE_DEFAULT 64
#define UDP_QUEUE_MAXIMUM 4096
/** Bytes that may wait in one socket's queue, whatever the number of datagrams. */
#define UDP_QUEUE_BYTES (256 * 1024)
#define UDP_ERRORS 16
/** Datagrams taken in one turn, so that no socket starves the others. */
#define UDP_TURN 64

typedef struct Datagram Datagram;
struct Datagram {
	Datagram* next;
	NetAddress from;
	size_t byteLength;
	uint8_t bytes[];
};

typedef struct {
	NetEntry entry;
	VmPost* post;
	xsSlot self;
	xsSlot* onReadable;
	xsSlot* onError;
	Datagram* first;
	Datagram** last;
	size_t byteLength;
	int count, capacity;
	/** Datagrams that arrived since onReadable was last called. */
	int fresh;
	double dropped;
	struct {
		int error;
		NetAddress address;
	} errors[UDP_ERRORS];
	int errorCount;
	bool watched, remembered;
	/** How deep we are in callbacks; the record is freed by the outermost one after a close inside. */
	int calling;
	bool closed;
} NetUdp;

static void udpFree(NetUdp* udp)
{
	while (udp->first) {
		Datagram* next = udp->first->next;
		free(udp->first);
		udp->first = next;
	}
	free(udp);
}

static void udpStop(NetUdp* udp)
{
	if (udp->watched)
		netRemove(&udp->entry);
	udp->watched = false;
	if (udp->post)
		vmPostDelete(udp->post);
	udp->post = NULL;
	if (udp->entry.fd >= 0)
		close(udp->entry.fd);
	udp->entry.fd = -1;
}

void xs_net_udp_destructor(void* data)
{
	NetUdp* udp = data;
	if (!udp)
		return;
	udpStop(udp);
	udpFree(udp);
}

static void udpMark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	NetUdp* udp = data;
	if (udp->onReadable)
		(*markRoot)(the, udp->onReadable);
	if (udp->onError)
		(*markRoot)(the, udp->onError);
}

static const xsHostHooks udpHooks = {xs_net_udp_destructor, udpMark, NULL};

static NetUdp* udpThis(xsMachine* the)
{
	NetUdp* udp = xsmcGetHostDataValidate(xsThis, (void*)&udpHooks);
	if (!udp)
		xsUnknownError("UDP socket is closed");
	return udp;
}

/** With the lock held. */
static void udpNoteError(NetUdp* udp, int error, const NetAddress* address)
{
	if (udp->errorCount == UDP_ERRORS || !udp->onError)
		return;
	udp->errors[udp->errorCount].error = error;
	udp->errors[udp->errorCount].address = *address;
	udp->errorCount++;
	vmPost(udp->post);
}

/** Collects what ICMP said about datagrams sent before, each with the address that one was for. With the lock held. */
static void udpDrainErrors(NetUdp* udp)
{
#ifdef __linux__
	for (int i = 0; i < UDP_TURN; i++) {
		uint8_t control[512];
		NetAddress to = {.byteLength = sizeof(struct sockaddr_storage)};
		struct msghdr message = {.msg_name = &to.storage,
								 .msg_namelen = to.byteLength,
								 .msg_control = control,
								 .msg_controllen = sizeof(control)};
		if (recvmsg(udp->entry.fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
		to.byteLength = message.msg_namelen;
		for (struct cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
			struct sock_extended_err report;
			bool four = header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR;
			bool six = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR;
			if ((!four && !six) || header->cmsg_len < CMSG_LEN(sizeof(report)))
				continue;
			memcpy(&report, CMSG_DATA(header), sizeof(report));
			udpNoteError(udp, (int)report.ee_errno, &to);
		}
	}
#endif
	int pending;
	socklen_t length = sizeof(pending);
	/* Reading it clears it: what it says was in the error queue. */
	getsockopt(udp->entry.fd, SOL_SOCKET, SO_ERROR, &pending, &length);
}

static void udpReady(NetEntry* entry, short revents)
{
	/* One buffer is enough: there is one I/O thread, and it holds the lock. */
	static uint8_t bytes[UDP_DATAGRAM_MAXIMUM];
	NetUdp* udp = entry->owner;
	if (revents & POLLERR)
		udpDrainErrors(udp);
	for (int i = 0; i < UDP_TURN; i++) {
		NetAddress from = {.byteLength = sizeof(from.storage)};
		ssize_t length =
			recvfrom(entry->fd, bytes, sizeof(bytes), MSG_DONTWAIT, (struct sockaddr*)&from.storage, &from.byteLength);
		if (length < 0) {
			if (errno == EINTR)
				continue;
			if (errno != EAGAIN && errno != EWOULDBLOCK)
				udpDrainErrors(udp);
			break;
		}
		Datagram* datagram = NULL;
		if (udp->count < udp->capacity && udp->byteLength + (size_t)length <= UDP_QUEUE_BYTES)
			datagram = malloc(sizeof(*datagram) + (size_t)length);
		if (!datagram) {
			udp->dropped++;
			continue;
		}
		datagram->next = NULL;
		datagram->from = from;
		datagram->byteLength = (size_t)length;
		memcpy(datagram->bytes, bytes, (size_t)length);
		*udp->last = datagram;
		udp->last = &datagram->next;
		udp->count++;
		udp->fresh++;
		udp->byteLength += (size_t)length;
		vmPost(udp->post);
	}
}

static void udpDeliver(xsMachine* the, void* refcon)
{
	NetUdp* udp = refcon;
	udp->calling++;
	netLock();
	int count = udp->fresh ? udp->count : 0;
	udp->fresh = 0;
	netUnlock();
	if (count && udp->onReadable) {
		xsBeginHost(the);
		xsmcSetInteger(xsResult, count);
		xsCallFunction1(xsReference(udp->onReadable), udp->self, xsResult);
		xsEndHost(the);
	}
	while (!udp->closed) {
		netLock();
		bool any = udp->errorCount > 0;
		int error = udp->errors[0].error;
		NetAddress address = udp->errors[0].address;
		if (any)
			memmove(&udp->errors[0], &udp->errors[1], (size_t)--udp->errorCount * sizeof(udp->errors[0]));
		netUnlock();
		if (!any)
			break;
		xsBeginHost(the);
		netError(the, &xsResult, "sending to", &address, error);
		xsCallFunction1(xsReference(udp->onError), udp->self, xsResult);
		xsEndHost(the);
	}
	if (--udp->calling == 0 && udp->closed)
		udpFree(udp);
}

/** Gives up a socket that could not be opened; its descriptor must not wait for the garbage collector. */
static void udpFail(xsMachine* the, NetUdp* udp, const NetAddress* address)
{
	int error = errno;
	udpStop(udp);
	netThrow(the, "cannot open UDP", address, error);
}

void xs_net_udp_constructor(xsMachine* the)
{
	NetUdp* udp = calloc(1, sizeof(*udp));
	if (!udp)
		xsUnknownError("out of memory");
	udp->entry = (NetEntry){.fd = -1, .events = POLLIN, .ready = udpReady, .owner = udp, .pollIndex = -1};
	udp->last = &udp->first;
	xsmcSetHostData(xsThis, udp);
	xsSetHostHooks(xsThis, (xsHostHooks*)&udpHooks);

	NetAddress address;
	netAddressOption(the, &xsArg(0), "0.0.0.0", 0, &address);
	udp->capacity =
		netInteger(the, &xsArg(0), xsID_queueLength, "queueLength", UDP_QUEUE_DEFAULT, 1, UDP_QUEUE_MAXIMUM);
	udp->onReadable = netCallback(the, &xsArg(0), xsID_onReadable);
	udp->onError = netCallback(the, &xsArg(0), xsID_onError);
	netTarget(the, &xsThis, &xsArg(0));

	udp->entry.fd = netSocket(&address, SOCK_DGRAM);
	if (udp->entry.fd < 0)
		udpFail(the, udp, &address);
#ifdef __linux__
	/* Without this the kernel does not say which destination refused. */
	int on = 1;
	if (address.storage.ss_family == AF_INET)
		setsockopt(udp->entry.fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	else
		setsockopt(udp->entry.fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
#endif
	if (bind(udp->entry.fd, (struct sockaddr*)&address.storage, address.byteLength))
		udpFail(the, udp, &address);
	udp->post = vmPostNew(the, udpDeliver, udp);
	if (!udp->post)
		xsUnknownError("out of memory");
	if (!netAdd(&udp->entry))
		udpFail(the, udp, &address);
	udp->watched = true;
	udp->self = xsThis;
	xsRemember(udp->self);
	udp->remembered = true;
}

void xs_net_udp_close(xsMachine* the)
{
	NetUdp* udp = xsmcGetHostData(xsThis);
	if (!udp)
		return;
	udp = xsmcGetHostDataValidate(xsThis, (void*)&udpHooks);
	if (udp->remembered)
		xsForget(udp->self);
	xsmcSetHostData(xsThis, NULL);
	udpStop(udp);
	udp->closed = true;
	if (!udp->calling)
		udpFree(udp);
}

void xs_net_udp_read(xsMachine* the)
{
	NetUdp* udp = udpThis(the);
	netLock();
	Datagram* datagram = udp->first;
	if (datagram) {
		udp->first = datagram->next;
		if (!udp->first)
			udp->last = &udp->first;
		udp->count--;
		udp->byteLength -= datagram->byteLength;
	}
	netUnlock();
	if (!datagram)
		return;
	char text[NET_ADDRESS_LENGTH];
	int port;
	netFormatAddress(&datagram->from, text, &port);
	xsTry
	{
		xsmcVars(1);
		xsmcSetArrayBuffer(xsResult, datagram->bytes, (xsIntegerValue)datagram->byteLength);
		xsmcSetString(xsVar(0), text);
		xsmcSet(xsResult, xsID_address, xsVar(0));
		xsmcSetInteger(xsVar(0), port);
		xsmcSet(xsResult, xsID_port, xsVar(0));
	}
	xsCatch
	{
		free(datagram);
		xsThrow(xsException);
	}
	free(datagram);
}

void xs_net_udp_write(xsMachine* the)
{
	NetUdp* udp = udpThis(the);
	char text[NET_ADDRESS_LENGTH];
	NetAddress to;
	double port = xsmcToNumber(xsArg(2));
	xsmcToStringBuffer(xsArg(1), text, sizeof(text));
	if (!(port >= 1 && port <= 65535))
		xsRangeError("port: expected an integer of 1..65535");
	if (!netParseAddress(text, (int)port, &to))
		xsRangeError("address: \"%s\" is no numeric IPv4 or IPv6 address", text);
	void* bytes;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(0), &bytes, &byteLength);
	netLock();
	int attempt = 0;
	while (sendto(udp->entry.fd, bytes, byteLength, MSG_NOSIGNAL, (struct sockaddr*)&to.storage, to.byteLength) < 0) {
		int error = errno;
		if (error == EINTR)
			continue;
		/* An ICMP error about an earlier datagram makes the kernel refuse this one; it belongs to the earlier address.
		 */
		if (attempt++ < 2 && error != EAGAIN && error != EMSGSIZE && error != EINVAL) {
			udpDrainErrors(udp);
			continue;
		}
		udpNoteError(udp, error, &to);
		break;
	}
	netUnlock();
}

void xs_net_udp_get_port(xsMachine* the)
{
	NetUdp* udp = udpThis(the);
	NetAddress address = {.byteLength = sizeof(address.storage)};
	char text[NET_ADDRESS_LENGTH];
	int port = 0;
	if (!getsockname(udp->entry.fd, (struct sockaddr*)&address.storage, &address.byteLength))
		netFormatAddress(&address, text, &port);
	xsmcSetInteger(xsResult, port);
}

void xs_net_udp_get_dropped(xsMachine* the)
{
	NetUdp* udp = udpThis(the);
	netLock();
	double dropped = udp->dropped;
	netUnlock();
	xsmcSetNumber(xsResult, dropped);
}
