/* Connections of a bare board's sockets. What has arrived waits in lwIP's own buffers, and the window stays closed for
 * it. */
#include "sockets.h"
#include "sockets-inside.h"
#include "hal/machine/virt/machine.h"
#include <errno.h>
#include <poll.h>
#include <string.h>

/* A writer is woken when there is room for so much. */
#define ROOM_BYTES 512

static err_t arrived(void* refcon, struct tcp_pcb* pcb, struct pbuf* bytes, err_t error)
{
	Socket* it = refcon;
	(void)pcb;
	(void)error;
	if (bytes == NULL)
		it->finished = true;
	else if (it->received == NULL) {
		it->received = bytes;
		it->receivedOffset = 0;
	} else
		pbuf_cat(it->received, bytes);
	return ERR_OK;
}

/* lwIP has freed the connection. */
static void failed(void* refcon, err_t error)
{
	Socket* it = refcon;
	it->tcp = NULL;
	it->error = it->connecting && error == ERR_RST	  ? ECONNREFUSED
				: it->connecting && error == ERR_ABRT ? ETIMEDOUT
													  : socketErrno(error);
	it->connecting = false;
	it->finished = true;
}

static err_t connected(void* refcon, struct tcp_pcb* pcb, err_t error)
{
	Socket* it = refcon;
	(void)pcb;
	(void)error;
	it->connecting = false;
	it->connected = true;
	return ERR_OK;
}

static void attach(Socket* it, struct tcp_pcb* tcp)
{
	it->tcp = tcp;
	tcp_arg(tcp, it);
	tcp_recv(tcp, arrived);
	tcp_err(tcp, failed);
}

Socket* socketStreamNew(struct tcp_pcb* tcp)
{
	Socket* it = socketNew(socketStream);
	if (it == NULL)
		return NULL;
	if (tcp == NULL)
		tcp = tcp_new();
	if (tcp == NULL) {
		it->kind = socketFree;
		errno = ENOBUFS;
		return NULL;
	}
	attach(it, tcp);
	return it;
}

void socketStreamClose(Socket* it)
{
	for (unsigned i = 0; i < it->acceptedCount; i++) {
		socketStreamClose(it->accepted[i]);
		it->accepted[i]->kind = socketFree;
	}
	it->acceptedCount = 0;
	if (it->received != NULL) {
		if (it->tcp != NULL)
			tcp_recved(it->tcp, (u16_t)(it->received->tot_len - it->receivedOffset));
		pbuf_free(it->received);
		it->received = NULL;
	}
	if (it->tcp == NULL)
		return;
	tcp_arg(it->tcp, NULL);
	if (it->kind != socketListener) {
		tcp_recv(it->tcp, NULL);
		tcp_err(it->tcp, NULL);
	} else
		tcp_accept(it->tcp, NULL);
	if (tcp_close(it->tcp) != ERR_OK)
		tcp_abort(it->tcp);
	it->tcp = NULL;
}

short socketStreamEvents(const Socket* it)
{
	int events = 0;
	if (it->received != NULL || it->finished)
		events |= POLLIN;
	if (it->tcp != NULL && it->connected && tcp_sndbuf(it->tcp) >= ROOM_BYTES)
		events |= POLLOUT;
	/* As POSIX has it: a connection that failed can be written, and the writer is told. */
	if (it->tcp == NULL)
		events |= POLLOUT | POLLHUP | (it->error != 0 ? POLLERR : 0);
	return (short)events;
}

int socketStreamConnect(Socket* it, const ip_addr_t* ip, uint16_t port)
{
	err_t error;
	if (it->tcp == NULL)
		return socketFail(EINVAL);
	it->peer = *ip;
	it->peerPort = port;
	it->connecting = true;
	error = tcp_connect(it->tcp, ip, port, connected);
	if (error == ERR_OK)
		return socketFail(EINPROGRESS);
	it->connecting = false;
	return socketFail(socketErrno(error));
}

ssize_t recv(int descriptor, void* bytes, size_t byteLength, int flags)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	ssize_t result = -1;
	(void)flags;
	if (it == NULL || it->kind != socketStream)
		errno = EBADF;
	else if (it->received != NULL) {
		size_t waiting = it->received->tot_len - it->receivedOffset;
		if (byteLength > waiting)
			byteLength = waiting;
		pbuf_copy_partial(it->received, bytes, (u16_t)byteLength, (u16_t)it->receivedOffset);
		it->receivedOffset += byteLength;
		/* What has been read goes back at once, buffer by buffer. */
		while (it->received != NULL && it->receivedOffset >= it->received->len) {
			struct pbuf* rest = it->received->next;
			it->receivedOffset -= it->received->len;
			if (rest != NULL)
				pbuf_ref(rest);
			pbuf_free(it->received);
			it->received = rest;
			if (rest == NULL)
				it->receivedOffset = 0;
		}
		if (it->tcp != NULL)
			tcp_recved(it->tcp, (u16_t)byteLength);
		result = (ssize_t)byteLength;
	} else if (it->error != 0) {
		errno = it->error;
		it->error = 0;
	} else if (it->finished)
		result = 0;
	else
		errno = EAGAIN;
	machineUnmask(before);
	return result;
}

ssize_t send(int descriptor, const void* bytes, size_t byteLength, int flags)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	ssize_t result = -1;
	(void)flags;
	if (it == NULL || it->kind != socketStream)
		errno = EBADF;
	else if (it->tcp == NULL)
		errno = it->error != 0 ? it->error : EPIPE;
	else if (!it->connected || tcp_sndbuf(it->tcp) == 0 || tcp_sndqueuelen(it->tcp) >= TCP_SND_QUEUELEN)
		errno = EAGAIN;
	else {
		if (byteLength > tcp_sndbuf(it->tcp))
			byteLength = tcp_sndbuf(it->tcp);
		err_t error = tcp_write(it->tcp, bytes, (u16_t)byteLength, TCP_WRITE_FLAG_COPY);
		if (error == ERR_OK) {
			tcp_output(it->tcp);
			result = (ssize_t)byteLength;
		} else
			errno = error == ERR_MEM ? EAGAIN : socketErrno(error);
	}
	machineUnmask(before);
	return result;
}

/* A piece that does not go through whole ends it; an error counts only if nothing went before. */
static ssize_t inPieces(int descriptor, const struct iovec* pieces, size_t count, bool out)
{
	ssize_t all = 0;
	for (size_t i = 0; i < count; i++) {
		ssize_t done;
		if (pieces[i].iov_len == 0)
			continue;
		done = out ? send(descriptor, pieces[i].iov_base, pieces[i].iov_len, 0)
				   : recv(descriptor, pieces[i].iov_base, pieces[i].iov_len, 0);
		if (done < 0)
			return all > 0 ? all : -1;
		all += done;
		if ((size_t)done < pieces[i].iov_len)
			break;
	}
	return all;
}

ssize_t readv(int descriptor, const struct iovec* pieces, int count)
{
	return inPieces(descriptor, pieces, (size_t)count, false);
}

ssize_t sendmsg(int descriptor, const struct msghdr* message, int flags)
{
	(void)flags;
	return inPieces(descriptor, message->msg_iov, message->msg_iovlen, true);
}

/* ---- Listening ---- */

static err_t accepted(void* refcon, struct tcp_pcb* tcp, err_t error)
{
	Socket* listener = refcon;
	Socket* it;
	if (error != ERR_OK || tcp == NULL)
		return ERR_VAL;
	if (listener == NULL || listener->acceptedCount == SOCKET_ACCEPTED || (it = socketStreamNew(tcp)) == NULL)
		return ERR_MEM;
	it->connected = true;
	it->peer = tcp->remote_ip;
	it->peerPort = tcp->remote_port;
	listener->accepted[listener->acceptedCount++] = it;
	return ERR_OK;
}

int listen(int descriptor, int backlog)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	struct tcp_pcb* listening = NULL;
	(void)backlog;
	if (it != NULL && it->kind == socketStream && it->tcp != NULL) {
		listening = tcp_listen(it->tcp);
		if (listening != NULL) {
			it->kind = socketListener;
			it->tcp = listening;
			tcp_arg(listening, it);
			tcp_accept(listening, accepted);
		} else
			errno = EADDRINUSE;
	}
	machineUnmask(before);
	return listening != NULL ? 0 : -1;
}

int accept(int descriptor, struct sockaddr* address, socklen_t* byteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	int result = -1;
	if (it != NULL && it->kind == socketListener && it->acceptedCount > 0) {
		Socket* first = it->accepted[0];
		memmove(it->accepted, it->accepted + 1, --it->acceptedCount * sizeof *it->accepted);
		socketTell(&first->peer, first->peerPort, address, byteLength);
		result = socketDescriptor(first);
	} else if (it != NULL)
		errno = EAGAIN;
	machineUnmask(before);
	return result;
}
