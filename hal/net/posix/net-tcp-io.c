/*
 * What the I/O thread does with a TCP connection: connecting, receiving into one ring, sending from the other, and
 * sending the rest after close(). Bytes come from the kernel and go on to net-tcp.c, and the other way.
 */
#include "net-tcp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

int ringPieces(const Ring* ring, bool filled, struct iovec pieces[2])
{
	size_t start = filled ? ring->start : (ring->start + ring->length) % TCP_RING_BYTES;
	size_t length = filled ? ring->length : TCP_RING_BYTES - ring->length;
	size_t first = length < TCP_RING_BYTES - start ? length : TCP_RING_BYTES - start;
	pieces[0] = (struct iovec){(void*)&ring->bytes[start], first};
	pieces[1] = (struct iovec){(void*)&ring->bytes[0], length - first};
	return length == 0 ? 0 : length == first ? 1 : 2;
}

void ringTake(Ring* ring, size_t length)
{
	ring->start = (ring->start + length) % TCP_RING_BYTES;
	ring->length -= length;
}

void tcpInterest(NetTcp* tcp)
{
	short events = 0;
	if (tcp->tls)
		events = tlsInterest(tcp);
	else if (!tcp->ended) {
		if (tcp->connecting || tcp->out.length)
			events |= POLLOUT;
		if (tcp->connected && !tcp->lingering && tcp->in.length < TCP_RING_BYTES)
			events |= POLLIN;
	}
	if (events == tcp->entry.events)
		return;
	tcp->entry.events = events;
	netWake();
}

void tcpEnd(NetTcp* tcp, int error)
{
	if (tcp->ended)
		return;
	tcp->ended = true;
	tcp->error = error;
	tcp->out.length = 0;
	if (tcp->post)
		vmPost(tcp->post);
}

static void tcpReceive(NetTcp* tcp)
{
	struct iovec pieces[2];
	int count;
	while (!tcp->ended && (count = ringPieces(&tcp->in, false, pieces)) > 0) {
		ssize_t length = readv(tcp->entry.fd, pieces, count);
		if (length > 0) {
			tcp->in.length += (size_t)length;
			tcp->readable = true;
			if (tcp->post)
				vmPost(tcp->post);
		} else if (length == 0)
			tcpEnd(tcp, 0);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		else if (errno != EINTR)
			tcpEnd(tcp, errno);
	}
}

void tcpSend(NetTcp* tcp)
{
	/* The I/O thread encrypts. */
	if (tcp->tls)
		return;
	struct iovec pieces[2];
	int count;
	while (!tcp->ended && (count = ringPieces(&tcp->out, true, pieces)) > 0) {
		struct msghdr message = {.msg_iov = pieces, .msg_iovlen = (size_t)count};
		ssize_t length = sendmsg(tcp->entry.fd, &message, MSG_NOSIGNAL);
		if (length >= 0)
			ringTake(&tcp->out, (size_t)length);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		else if (errno != EINTR) {
			int error = errno;
			/* What the peer said before it went is still worth reading. */
			tcpReceive(tcp);
			tcpEnd(tcp, error);
		}
	}
	/* Told when half of the ring is free: telling of every few bytes would cost a callback each. */
	if (!tcp->ended && tcp->out.length <= TCP_RING_BYTES / 2) {
		tcp->writable = true;
		if (tcp->post)
			vmPost(tcp->post);
	}
}

void tcpReady(NetEntry* entry, short revents)
{
	NetTcp* tcp = entry->owner;
	if (tcp->tls) {
		tlsReady(tcp, revents);
		return;
	}
	if (tcp->connecting) {
		int error = 0;
		socklen_t length = sizeof(error);
		if (getsockopt(entry->fd, SOL_SOCKET, SO_ERROR, &error, &length))
			error = errno;
		tcp->connecting = false;
		if (error)
			tcpEnd(tcp, error);
		else {
			tcp->connected = true;
			tcp->writable = true;
			vmPost(tcp->post);
		}
	} else if (tcp->lingering) {
		tcpSend(tcp);
		if (tcp->ended || tcp->out.length == 0 || !revents) {
			netDrop(entry);
			close(entry->fd);
			free(tcp);
			return;
		}
	} else {
		/* First what was received: after a reset the kernel keeps nothing of it. */
		if (revents & (POLLIN | POLLHUP | POLLERR))
			tcpReceive(tcp);
		if (tcp->out.length)
			tcpSend(tcp);
	}
	tcpInterest(tcp);
}
