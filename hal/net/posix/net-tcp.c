/*
 * TCP connections as scripts see them: made, read, written, closed, and their callbacks. Bytes come from the rings that
 * net-tcp-io.c fills and go on to tcp.ts, and the other way.
 */
#include "net-tcp.h"
#include "mc.xs.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** How long bytes written before close() may take to leave. */
#define TCP_LINGER_MS 5000

static void tcpStop(NetTcp* tcp)
{
	if (tcp->watched)
		netRemove(&tcp->entry);
	tcp->watched = false;
	if (tcp->post)
		vmPostDelete(tcp->post);
	tcp->post = NULL;
	if (tcp->entry.fd >= 0)
		close(tcp->entry.fd);
	tcp->entry.fd = -1;
}

void xs_net_tcp_destructor(void* data)
{
	NetTcp* tcp = data;
	if (!tcp)
		return;
	tcpStop(tcp);
	tlsFree(tcp->tls);
	free(tcp);
}

static void tcpMark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	NetTcp* tcp = data;
	if (tcp->onReadable)
		(*markRoot)(the, tcp->onReadable);
	if (tcp->onWritable)
		(*markRoot)(the, tcp->onWritable);
	if (tcp->onError)
		(*markRoot)(the, tcp->onError);
}

static const xsHostHooks tcpHooks = {xs_net_tcp_destructor, tcpMark, NULL};

NetTcp* netTcpThis(xsMachine* the)
{
	NetTcp* tcp = xsmcGetHostDataValidate(xsThis, (void*)&tcpHooks);
	if (!tcp)
		xsUnknownError("TCP connection is closed");
	return tcp;
}

static void tcpRelease(NetTcp* tcp);

/** Whether to call back about readable, writable or the end; clears the first two. */
static void tcpNews(NetTcp* tcp, int* readable, int* writable, bool* ended)
{
	netLock();
	*readable = tcp->readable ? (int)tcp->in.length : 0;
	*writable = tcp->writable && tcp->connected && !tcp->ended ? (int)(TCP_RING_BYTES - tcp->out.length) : 0;
	*ended = tcp->ended && tcp->in.length == 0;
	tcp->readable = tcp->writable = false;
	netUnlock();
}

static void tcpDeliver(xsMachine* the, void* refcon)
{
	NetTcp* tcp = refcon;
	int readable, writable;
	bool ended;
	tcp->calling++;
	tcpNews(tcp, &readable, &writable, &ended);
	if (writable && tcp->onWritable) {
		xsBeginHost(the);
		xsmcSetInteger(xsResult, writable);
		xsCallFunction1(xsReference(tcp->onWritable), tcp->self, xsResult);
		xsEndHost(the);
	}
	if (readable && tcp->onReadable && !tcp->closed) {
		xsBeginHost(the);
		xsmcSetInteger(xsResult, readable);
		xsCallFunction1(xsReference(tcp->onReadable), tcp->self, xsResult);
		xsEndHost(the);
	}
	if (ended && tcp->onError && !tcp->closed) {
		xsSlot* onError = tcp->onError;
		/* The end is told once. */
		tcp->onError = NULL;
		xsBeginHost(the);
		xsmcVars(1);
		xsVar(0) = xsReference(onError);
		const char* what = tcp->connected ? "connection with" : "cannot connect to";
		if (tcp->tls && *tlsReason(tcp->tls))
			netErrorFor(the, &xsResult, what, &tcp->remote, "tls", tlsReason(tcp->tls));
		else
			netError(the, &xsResult, what, &tcp->remote, tcp->error);
		xsCallFunction1(xsVar(0), tcp->self, xsResult);
		xsEndHost(the);
	}
	if (--tcp->calling == 0 && tcp->closed)
		tcpRelease(tcp);
}

/** A connection begun by us. Bad arguments throw; whatever the network says comes to onError. */
static void tcpConnect(xsMachine* the, NetTcp* tcp)
{
	netAddressOption(the, &xsArg(0), NULL, 0, &tcp->remote);
	tcp->entry.fd = netSocket(&tcp->remote, SOCK_STREAM);
	if (tcp->entry.fd < 0)
		netThrow(the, "cannot connect to", &tcp->remote, errno);
	tcp->connecting = true;
	if (connect(tcp->entry.fd, (struct sockaddr*)&tcp->remote.storage, tcp->remote.byteLength) == 0) {
		tcp->connecting = false;
		/* TLS has its handshake first. */
		tcp->connected = tcp->writable = tcp->tls == NULL;
	} else if (errno != EINPROGRESS && errno != EINTR) {
		tcp->connecting = false;
		tcpEnd(tcp, errno);
	}
}

/** A connection that a listener accepted: its descriptor moves over. */
static void tcpFrom(xsMachine* the, NetTcp* tcp, xsSlot* option)
{
	NetTcp* from = xsmcGetHostDataValidate(*option, (void*)&tcpHooks);
	if (!from || from->watched || from->entry.fd < 0)
		xsTypeError("from: not a connection that a Listener has just given");
	tcp->remote = from->remote;
	tcp->entry.fd = from->entry.fd;
	from->entry.fd = -1;
	tcp->connected = tcp->writable = true;
}

static NetTcp* tcpNew(xsMachine* the)
{
	NetTcp* tcp = calloc(1, sizeof(*tcp));
	if (!tcp)
		xsUnknownError("out of memory");
	tcp->entry = (NetEntry){.fd = -1, .ready = tcpReady, .owner = tcp, .pollIndex = -1};
	xsmcSetHostData(xsThis, tcp);
	xsSetHostHooks(xsThis, (xsHostHooks*)&tcpHooks);
	return tcp;
}

/** Everything that the options say and that TLS has in common with TCP; afterwards the I/O thread has the connection.
 */
static void tcpStart(xsMachine* the, NetTcp* tcp)
{
	tcp->onReadable = netCallback(the, &xsArg(0), xsID_onReadable);
	tcp->onWritable = netCallback(the, &xsArg(0), xsID_onWritable);
	tcp->onError = netCallback(the, &xsArg(0), xsID_onError);
	netTarget(the, &xsThis, &xsArg(0));
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_from);
	if (xsmcTypeOf(xsVar(0)) == xsUndefinedType)
		tcpConnect(the, tcp);
	else if (tcp->tls)
		xsTypeError("from: TLS is for connections that this device makes");
	else
		tcpFrom(the, tcp, &xsVar(0));
	if (tcp->tls)
		tlsAttach(tcp->tls, tcp->entry.fd);
	xsmcGet(xsVar(0), xsArg(0), xsID_nodelay);
	int nodelay = xsmcTest(xsVar(0)) ? 1 : 0;
	setsockopt(tcp->entry.fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof(nodelay));
	tcp->post = vmPostNew(the, tcpDeliver, tcp);
	if (!tcp->post)
		xsUnknownError("out of memory");
	netLock();
	tcpInterest(tcp);
	netUnlock();
	if (tcp->ended || tcp->writable)
		vmPost(tcp->post);
	if (!netAdd(&tcp->entry)) {
		int error = errno;
		tcpStop(tcp);
		netThrow(the, "cannot connect to", &tcp->remote, error);
	}
	tcp->watched = true;
	tcp->self = xsThis;
	xsRemember(tcp->self);
	tcp->remembered = true;
}

void xs_net_tcp_constructor(xsMachine* the)
{
	NetTcp* tcp = tcpNew(the);
	/* The listener makes one without options, as the vessel of an accepted descriptor. */
	if (netGiven(the, 0))
		tcpStart(the, tcp);
}

void xs_net_tls_constructor(xsMachine* the)
{
	NetTcp* tcp = tcpNew(the);
	netTlsOptions(the, tcp);
	tcp->entry.slow = true;
	tcpStart(the, tcp);
}

void netTcpAdopt(xsMachine* the, xsSlot* slot, int fd)
{
	NetTcp* tcp = xsmcGetHostDataValidate(*slot, (void*)&tcpHooks);
	if (!tcp || tcp->watched || tcp->entry.fd >= 0) {
		close(fd);
		xsTypeError("not an empty TCP object");
	}
	tcp->entry.fd = fd;
	tcp->remote.byteLength = sizeof(tcp->remote.storage);
	/* The peer may be gone already; then its address stays unknown. */
	if (getpeername(fd, (struct sockaddr*)&tcp->remote.storage, &tcp->remote.byteLength))
		tcp->remote.byteLength = 0;
}

/** After close(), once no callback is on the stack: bytes still to send leave by the I/O thread, which then frees all.
 */
static void tcpRelease(NetTcp* tcp)
{
	netLock();
	/* TLS has a word of goodbye to say, too. */
	bool lingering = tcp->watched && tcp->connected && !tcp->ended && (tcp->out.length > 0 || tcp->tls);
	VmPost* post = tcp->post;
	if (lingering) {
		tcp->lingering = true;
		tcp->post = NULL;
		tcp->entry.deadlineMs = netNowMs() + TCP_LINGER_MS;
		tcp->entry.events = POLLOUT;
		netWake();
	}
	netUnlock();
	if (lingering)
		vmPostDelete(post);
	else
		xs_net_tcp_destructor(tcp);
}

void xs_net_tcp_close(xsMachine* the)
{
	NetTcp* tcp = xsmcGetHostData(xsThis);
	if (!tcp)
		return;
	tcp = xsmcGetHostDataValidate(xsThis, (void*)&tcpHooks);
	if (tcp->remembered)
		xsForget(tcp->self);
	xsmcSetHostData(xsThis, NULL);
	tcp->closed = true;
	if (!tcp->calling)
		tcpRelease(tcp);
}

void xs_net_tcp_read(xsMachine* the)
{
	NetTcp* tcp = netTcpThis(the);
	netLock();
	size_t length = tcp->in.length;
	netUnlock();
	if (netGiven(the, 0)) {
		double wanted = xsmcToNumber(xsArg(0));
		if (!(wanted >= 1))
			xsRangeError("byteLength: expected 1 or more");
		if (wanted < (double)length)
			length = (size_t)wanted;
	}
	if (length == 0)
		return;
	/* Allocated without the lock: this may collect garbage. The thread only ever adds to the ring. */
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)length);
	void* bytes;
	xsUnsignedValue byteLength;
	xsmcGetBufferWritable(xsResult, &bytes, &byteLength);
	netLock();
	struct iovec pieces[2];
	ringPieces(&tcp->in, true, pieces);
	size_t first = pieces[0].iov_len < length ? pieces[0].iov_len : length;
	memcpy(bytes, pieces[0].iov_base, first);
	memcpy((uint8_t*)bytes + first, pieces[1].iov_base, length - first);
	ringTake(&tcp->in, length);
	/* The end waited for the last byte to be read. */
	if (tcp->ended && tcp->in.length == 0 && tcp->post)
		vmPost(tcp->post);
	tcpInterest(tcp);
	netUnlock();
}

void xs_net_tcp_write(xsMachine* the)
{
	NetTcp* tcp = netTcpThis(the);
	void* bytes;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(0), &bytes, &byteLength);
	netLock();
	size_t room = tcp->connected && !tcp->ended ? TCP_RING_BYTES - tcp->out.length : 0;
	if (byteLength <= room) {
		struct iovec pieces[2];
		ringPieces(&tcp->out, false, pieces);
		size_t first = pieces[0].iov_len < byteLength ? pieces[0].iov_len : byteLength;
		memcpy(pieces[0].iov_base, bytes, first);
		memcpy(pieces[1].iov_base, (uint8_t*)bytes + first, byteLength - first);
		tcp->out.length += byteLength;
		tcpSend(tcp);
		room = tcp->ended ? 0 : TCP_RING_BYTES - tcp->out.length;
		tcpInterest(tcp);
		byteLength = 0;
	}
	/* After the end there is nobody to write to, and onError says so. */
	bool blocked = byteLength > 0 && !tcp->ended;
	netUnlock();
	if (blocked)
		xsRangeError("write: %u bytes, room for %u", (unsigned)byteLength, (unsigned)room);
	xsmcSetInteger(xsResult, (xsIntegerValue)room);
}

/** False while no address is known. */
static bool tcpRemote(xsMachine* the, char text[NET_ADDRESS_LENGTH], int* port)
{
	NetTcp* tcp = netTcpThis(the);
	if (tcp->remote.byteLength == 0)
		return false;
	netFormatAddress(&tcp->remote, text, port);
	return true;
}

void xs_net_tcp_get_remoteAddress(xsMachine* the)
{
	char text[NET_ADDRESS_LENGTH];
	int port;
	if (tcpRemote(the, text, &port))
		xsmcSetString(xsResult, text);
}

void xs_net_tcp_get_remotePort(xsMachine* the)
{
	char text[NET_ADDRESS_LENGTH];
	int port;
	if (tcpRemote(the, text, &port))
		xsmcSetInteger(xsResult, port);
}

/** False while there is no connection. */
static bool tcpLocal(xsMachine* the, char text[NET_ADDRESS_LENGTH], int* port)
{
	NetTcp* tcp = netTcpThis(the);
	NetAddress address = {.byteLength = sizeof(address.storage)};
	if (!tcp->connected || tcp->entry.fd < 0 ||
		getsockname(tcp->entry.fd, (struct sockaddr*)&address.storage, &address.byteLength))
		return false;
	netFormatAddress(&address, text, port);
	return true;
}

void xs_net_tcp_get_localAddress(xsMachine* the)
{
	char text[NET_ADDRESS_LENGTH];
	int port;
	if (tcpLocal(the, text, &port))
		xsmcSetString(xsResult, text);
}

void xs_net_tcp_get_localPort(xsMachine* the)
{
	char text[NET_ADDRESS_LENGTH];
	int port;
	if (tcpLocal(the, text, &port))
		xsmcSetInteger(xsResult, port);
}
